import { formatInstant, type LocalText, type Microseconds, parseInstant } from '@millrace/contract';
import type { AppDefinition } from './app.ts';
import { checkSettings } from './settings.ts';

/** A round of an application as it is kept and given out: what it saw, with what settings, when, and what was to come of it. */
export interface AppCase {
  app: string;
  /** RFC 3339. */
  time: string;
  settings: Record<string, string | number | boolean | undefined>;
  situation: unknown;
  /** What is not told is not compared. */
  expected?: { assessment?: unknown; decision?: unknown };
}

export interface ReplayedRound {
  time: Microseconds;
  assessment: unknown;
  decision: unknown;
  summary: LocalText;
  milliseconds: number;
  /** Places (JSON pointers) at which it came out otherwise than expected. */
  differences: readonly { at: string; expected: unknown; found: unknown }[];
}

const differencesMax = 100;

/**
 * Turns a round again, without a platform: `assess` and `decide` are functions of (situation, settings, now) and of nothing else. Throws where
 * the case is not one of this application's, or its settings are wrong.
 */
export function replayCase(app: AppDefinition, given: AppCase): ReplayedRound {
  const { manifest } = app;
  if (given.app !== manifest.id)
    throw new Error(`this is a case of "${String(given.app)}" and not of "${manifest.id}"`);
  const time = parseInstant(given.time);
  if (time === undefined)
    throw new Error(`"time" is neither RFC 3339 nor epoch milliseconds: ${String(given.time)}`);
  const { settings, problems } = checkSettings(manifest.settings, given.settings ?? {});
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message.en).join('; '));
  const began = performance.now();
  // What an application is given is JSON, as it was when it ran.
  const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value ?? null)) as T;
  const assessment = app.assess(plain(given.situation), settings, time);
  const decision = app.decide(assessment, settings, time);
  const summary = app.summarise(decision);
  const milliseconds = performance.now() - began;
  const differences: { at: string; expected: unknown; found: unknown }[] = [];
  for (const part of ['assessment', 'decision'] as const) {
    const expected = given.expected?.[part];
    if (expected !== undefined)
      compare(plain(expected), plain(part === 'decision' ? decision : assessment), `/${part}`, differences);
  }
  return { time, assessment, decision, summary, milliseconds, differences };
}

/** The case a round makes: for keeping what was replayed as what is expected from now on. */
export function caseOfRound(given: AppCase, round: ReplayedRound): AppCase {
  return {
    ...given,
    time: formatInstant(round.time),
    expected: { assessment: round.assessment, decision: round.decision },
  };
}

function compare(
  expected: unknown,
  found: unknown,
  at: string,
  into: { at: string; expected: unknown; found: unknown }[],
): void {
  if (into.length >= differencesMax) return;
  const bothObjects =
    typeof expected === 'object' && expected !== null && typeof found === 'object' && found !== null;
  if (bothObjects && Array.isArray(expected) === Array.isArray(found)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
    for (const name of names) {
      compare(
        (expected as Record<string, unknown>)[name],
        (found as Record<string, unknown>)[name],
        `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        into,
      );
    }
    return;
  }
  // A sum taken in another order differs in its last digits and in nothing else.
  const near =
    typeof expected === 'number' &&
    typeof found === 'number' &&
    Math.abs(expected - found) <= 1e-9 * Math.max(1, Math.abs(expected), Math.abs(found));
  if (!near && expected !== found) into.push({ at, expected, found });
}
