/**
 * Losses as they come one after another: loss periods and their lengths (RFC 3357, 4.2: a loss period is a run of consecutive losses).
 * Adds up exactly over the border of two blocks.
 */
export interface Bursts {
  messages: number;
  lost: number;
  /** Loss periods, those at the edges too. */
  periods: number;
  longest: number;
  /** Length of the loss period that begins with the first message, and of the one that ends with the last; 0 for none. */
  head: number;
  tail: number;
}

export function newBursts(): Bursts {
  return { messages: 0, lost: 0, periods: 0, longest: 0, head: 0, tail: 0 };
}

export function countBurst(into: Bursts, lost: boolean): void {
  if (lost) {
    if (into.head === into.messages) into.head++;
    if (into.tail === 0) into.periods++;
    into.tail++;
    into.lost++;
    if (into.tail > into.longest) into.longest = into.tail;
  } else into.tail = 0;
  into.messages++;
}

export function addBursts(a: Bursts, b: Bursts): Bursts {
  const joined = a.tail > 0 && b.head > 0;
  return {
    messages: a.messages + b.messages,
    lost: a.lost + b.lost,
    periods: a.periods + b.periods - (joined ? 1 : 0),
    longest: Math.max(a.longest, b.longest, a.tail + b.head),
    head: a.head === a.messages ? a.messages + b.head : a.head,
    tail: b.tail === b.messages ? b.messages + a.tail : b.tail,
  };
}
