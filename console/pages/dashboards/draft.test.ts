import { expect, it } from 'vitest';
import { draftStep, startDraft } from './draft.ts';

const named = (title: string) => ({ title, place: '', tiles: [], phone: [] });

it('undoes and redoes, a drag as one step', () => {
  let draft = startDraft(named('a'));
  draft = draftStep(draft, { do: 'change', to: named('b') });
  draft = draftStep(draft, { do: 'change', to: named('c'), again: true });
  expect(draft.now.title).toBe('c');
  draft = draftStep(draft, { do: 'undo' });
  expect(draft.now).toBe(draft.saved);
  draft = draftStep(draft, { do: 'undo' });
  draft = draftStep(draft, { do: 'redo' });
  expect(draft.now.title).toBe('c');
  draft = draftStep(draft, { do: 'undo' });
  draft = draftStep(draft, { do: 'change', to: named('d') });
  expect(draftStep(draft, { do: 'redo' }).now.title).toBe('d');
});
