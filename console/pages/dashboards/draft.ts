import type { DashboardInput } from '@millrace/contract';

/** Steps that can be undone. */
const stepsMax = 100;

/** A dashboard that is being changed, with what it was before each step. */
export interface Draft {
  past: readonly DashboardInput[];
  now: DashboardInput;
  future: readonly DashboardInput[];
  /** What was last saved: the same object while nothing was changed. */
  saved: DashboardInput;
}

export type DraftStep =
  | {
      do: 'change';
      to: DashboardInput /** Part of the step before it: while a tile is dragged. */;
      again?: boolean;
    }
  | { do: 'undo' }
  | { do: 'redo' }
  | { do: 'load'; to: DashboardInput };

export function startDraft(now: DashboardInput): Draft {
  return { past: [], now, future: [], saved: now };
}

export function draftStep(draft: Draft, step: DraftStep): Draft {
  const { past, now, future, saved } = draft;
  switch (step.do) {
    case 'load':
      return startDraft(step.to);
    case 'undo': {
      const before = past.at(-1);
      return before === undefined
        ? draft
        : { past: past.slice(0, -1), now: before, future: [now, ...future], saved };
    }
    case 'redo': {
      const [after, ...rest] = future;
      return after === undefined ? draft : { past: [...past, now], now: after, future: rest, saved };
    }
    case 'change':
      return {
        past: step.again === true ? past : [...past, now].slice(-stepsMax),
        now: step.to,
        future: [],
        saved,
      };
  }
}
