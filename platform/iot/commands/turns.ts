/** Who commands a thing goes one after the other, in the order they came. */
export class Turns {
  readonly #lines = new Map<string, (() => void)[]>();

  /**
   * Calls back when the turn has come: at once if nobody is before. The function returned gives the turn up, whether it has come or not;
   * calling it twice does nothing.
   */
  wait(thing: string, come: () => void): () => void {
    let line = this.#lines.get(thing);
    const first = line === undefined;
    if (line === undefined) this.#lines.set(thing, (line = []));
    line.push(come);
    if (first) come();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const at = line.indexOf(come);
      if (at === -1) return;
      line.splice(at, 1);
      if (line.length === 0) this.#lines.delete(thing);
      else if (at === 0) line[0]!();
    };
  }
}
