import type { LoopSettings } from '@millrace/contract';
import type { ActionSearch, LoopStore, StoredDecision } from '../loop-store.ts';
import type { Action } from '../situation.ts';

/** What the loop keeps, as it would be on disk. */
export class MemoryLoop implements LoopStore {
  kept: Partial<LoopSettings> | undefined;
  readonly actions = new Map<string, string>();
  readonly decided: string[] = [];
  /** Called before each save of an action: a test ends the world here. */
  before: (action: Action) => Promise<void> = async () => {};

  settings = async (): Promise<Partial<LoopSettings> | undefined> => this.kept;
  putSettings = async (settings: LoopSettings): Promise<void> => {
    this.kept = structuredClone(settings);
  };
  remembered = async (): Promise<Action[]> => this.all();
  search = async ({ state, flow, terminal, limit }: ActionSearch): Promise<Action[]> =>
    this.all()
      .filter(
        (action) =>
          (state === undefined || action.state === state) &&
          (flow === undefined || action.flow === flow) &&
          (terminal === undefined || action.terminal === terminal),
      )
      .sort((a, b) => b.proposed - a.proposed)
      .slice(0, limit);
  get = async (id: string): Promise<Action | undefined> => this.all().find((action) => action.id === id);
  save = async (action: Action): Promise<void> => {
    const row = JSON.stringify(action);
    await this.before(action);
    this.actions.set(action.id, row);
  };
  addDecision = async (decision: StoredDecision): Promise<void> => {
    this.decided.push(JSON.stringify(decision));
  };
  decisions = async (limit: number): Promise<StoredDecision[]> =>
    this.decided
      .slice(-limit)
      .reverse()
      .map((row) => JSON.parse(row) as StoredDecision);
  decision = async (id: string): Promise<StoredDecision | undefined> =>
    (await this.decisions(Number.MAX_SAFE_INTEGER)).find((one) => one.id === id);

  all(): Action[] {
    return [...this.actions.values()].map((row) => JSON.parse(row) as Action);
  }
}
