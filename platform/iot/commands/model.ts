import type {
  DataSchema,
  InterlockDeclaration,
  LocalText,
  NetworkDeclaration,
  SafeDeclaration,
  Safety,
  ThingDescription,
} from '@millrace/contract';
import type { ThingRecord } from '@millrace/sdk';
import { commandLimits } from './command-limits.ts';

export type CommandKind = 'write' | 'invoke';

export interface ReadBack {
  property: string;
  tolerance: number | undefined;
  seconds: number;
}

/** What the model of a thing says about one property or action that can be commanded. */
export interface Affordance {
  kind: CommandKind;
  name: string;
  schema: DataSchema | undefined;
  readOnly: boolean;
  twoPersonSeconds: number | undefined;
  interlocks: readonly InterlockDeclaration[];
  safe: SafeDeclaration | undefined;
  network: NetworkDeclaration | undefined;
  /** Undefined: the thing does not report what was written. */
  readBack: ReadBack | undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The property or action of this name; undefined where the thing has none. */
export function affordanceOf(record: ThingRecord, kind: CommandKind, name: string): Affordance | undefined {
  const { description } = record;
  const members = kind === 'write' ? description.properties : description.actions;
  if (members === undefined || !Object.hasOwn(members, name)) return undefined;
  const member = members[name] as Record<string, unknown>;
  return {
    kind,
    name,
    schema: (kind === 'write' ? member : member['input']) as DataSchema | undefined,
    readOnly: kind === 'write' && (member['readOnly'] === true || !writable(member)),
    twoPersonSeconds:
      twoPersonOf(member['millrace:twoPerson']) ?? twoPersonOf(description['millrace:twoPerson']),
    interlocks: [...interlocksOf(description), ...interlocksOf(member)],
    safe: safeOf(member),
    network: networkOf(member['millrace:network']) ?? networkOf(description['millrace:network']),
    readBack: kind === 'write' ? readBackOf(name, member) : undefined,
  };
}

/** Everything that can be commanded, in the order of the description. */
export function affordancesOf(record: ThingRecord): Affordance[] {
  const { properties = {}, actions = {} } = record.description;
  return [
    ...Object.keys(properties).map((name) => affordanceOf(record, 'write', name)!),
    ...Object.keys(actions).map((name) => affordanceOf(record, 'invoke', name)!),
  ].filter((one) => !one.readOnly);
}

/**
 * Without `readOnly` a property can be written if a form says so, or if the description says nothing of operations: W3C Thing Description
 * 1.1, 5.3.1.3 makes both reading and writing the default of a form. A form that the platform filled in only observes.
 */
function writable(member: Record<string, unknown>): boolean {
  if (member['readOnly'] === false || member['writeOnly'] === true) return true;
  const forms = Array.isArray(member['forms']) ? (member['forms'] as { op?: unknown }[]) : [];
  return forms.some((form) => form.op === undefined || [form.op].flat().includes('writeproperty'));
}

function twoPersonOf(term: unknown): number | undefined {
  if (term === true) return commandLimits.releaseSeconds;
  if (!isObject(term)) return undefined;
  const seconds = term['withinSeconds'];
  return typeof seconds === 'number' && seconds > 0
    ? Math.min(seconds, commandLimits.releaseSecondsMax)
    : commandLimits.releaseSeconds;
}

function networkOf(term: unknown): NetworkDeclaration | undefined {
  if (!isObject(term)) return undefined;
  const { flow, otherwise, strict } = term;
  return {
    ...(typeof flow === 'string' && flow !== '' ? { flow } : {}),
    otherwise: otherwise === 'warn' ? 'warn' : 'refuse',
    strict: strict === true,
  };
}

function interlocksOf(of: Record<string, unknown>): InterlockDeclaration[] {
  const list = of['millrace:interlocks'];
  return Array.isArray(list)
    ? (list as unknown[]).filter(
        (one): one is InterlockDeclaration & Record<string, unknown> =>
          isObject(one) && typeof one['when'] === 'string',
      )
    : [];
}

export function interlockWords(interlock: InterlockDeclaration): LocalText {
  const { reason } = interlock as { reason: unknown };
  if (typeof reason === 'string') return { en: reason, zh: reason };
  const { en, zh } = (isObject(reason) ? reason : {}) as { en?: unknown; zh?: unknown };
  const text = [en, zh, interlock.when].find((one) => typeof one === 'string' && one !== '') as string;
  return { en: typeof en === 'string' ? en : text, zh: typeof zh === 'string' ? zh : text };
}

export function safeOf(of: Record<string, unknown>): SafeDeclaration | undefined {
  const term = of['millrace:safe'];
  return isObject(term) ? (term as unknown as SafeDeclaration) : undefined;
}

/** Where the safety of a thing, or of one of its affordances, runs. */
export function safetyOf(record: ThingRecord, affordance?: Affordance): Safety {
  const safe = affordance?.safe ?? safeOf(record.description);
  if (safe === undefined) return { runs: 'none' };
  return {
    runs: safe.runs === 'terminal' ? 'terminal' : 'platform',
    ...(typeof safe.watchdogSeconds === 'number' ? { watchdogSeconds: safe.watchdogSeconds } : {}),
    ...(typeof safe.action === 'string' ? { action: safe.action } : {}),
    ...(safe.input === undefined ? {} : { input: safe.input }),
    ...(isObject(safe.values) ? { values: safe.values } : {}),
  };
}

/** Whether losing the lease of this thing means that something has to be made safe. */
export function declaresSafety(record: ThingRecord): boolean {
  const { properties = {}, actions = {} } = record.description;
  return [record.description, ...Object.values(properties), ...Object.values(actions)].some(
    (one) => safeOf(one as Record<string, unknown>) !== undefined,
  );
}

export function leaseSecondsOf(record: ThingRecord): number {
  const seconds = record.description['millrace:leaseSeconds'];
  return typeof seconds === 'number' && Number.isFinite(seconds)
    ? Math.min(commandLimits.leaseSecondsMax, Math.max(commandLimits.leaseSecondsMin, seconds))
    : commandLimits.leaseSeconds;
}

function readBackOf(name: string, member: Record<string, unknown>): ReadBack | undefined {
  const term = member['millrace:readBack'];
  if (term === false || (member['writeOnly'] === true && !isObject(term))) return undefined;
  const given = isObject(term) ? term : {};
  const { property, tolerance, withinSeconds } = given;
  return {
    property: typeof property === 'string' ? property : name,
    tolerance: typeof tolerance === 'number' && tolerance >= 0 ? tolerance : undefined,
    seconds:
      typeof withinSeconds === 'number' && withinSeconds > 0
        ? Math.min(withinSeconds, commandLimits.readBackSecondsMax)
        : commandLimits.readBackSeconds,
  };
}

/** What is wrong with the terms of commanding in a description, for the person who wrote it. */
export function commandTermProblems(thing: ThingDescription): { field: string; reason: string }[] {
  const problems: { field: string; reason: string }[] = [];
  const visit = (of: Record<string, unknown>, at: string): void => {
    const bad = (term: string, reason: string): void =>
      void problems.push({ field: `${at}/millrace:${term}`, reason });
    const safe = of['millrace:safe'];
    const wrong = safe === undefined ? undefined : safeProblem(thing, safe);
    if (wrong !== undefined) bad('safe', wrong);
    const interlocks = of['millrace:interlocks'];
    if (interlocks !== undefined) {
      const good =
        Array.isArray(interlocks) &&
        interlocks.every(
          (one: unknown) =>
            isObject(one) &&
            typeof one['when'] === 'string' &&
            one['when'].trim() !== '' &&
            (typeof one['reason'] === 'string' || isObject(one['reason'])),
        );
      if (!good) bad('interlocks', 'is not a list of {"when": condition, "reason": text}');
    }
    const twoPerson = of['millrace:twoPerson'];
    if (twoPerson !== undefined && typeof twoPerson !== 'boolean') {
      const seconds = isObject(twoPerson) ? twoPerson['withinSeconds'] : 0;
      if (seconds !== undefined && !(typeof seconds === 'number' && seconds > 0))
        bad('twoPerson', 'is not true, false or {"withinSeconds": seconds}');
    }
  };
  visit(thing, '');
  const point = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
  for (const [name, one] of Object.entries(thing.properties ?? {})) visit(one, `/properties/${point(name)}`);
  for (const [name, one] of Object.entries(thing.actions ?? {})) visit(one, `/actions/${point(name)}`);
  const seconds = thing['millrace:leaseSeconds'] as unknown;
  const { leaseSecondsMin, leaseSecondsMax } = commandLimits;
  if (
    seconds !== undefined &&
    !(typeof seconds === 'number' && seconds >= leaseSecondsMin && seconds <= leaseSecondsMax)
  ) {
    problems.push({
      field: '/millrace:leaseSeconds',
      reason: `is not a number from ${leaseSecondsMin} to ${leaseSecondsMax}`,
    });
  }
  return problems.slice(0, 10);
}

function safeProblem(thing: ThingDescription, safe: unknown): string | undefined {
  if (!isObject(safe)) return 'is not an object such as {"runs": "platform", "action": "stop"}';
  if (safe['runs'] !== 'terminal' && safe['runs'] !== 'platform')
    return 'needs "runs": "terminal" (a watchdog of its own) or "platform"';
  const watchdog = safe['watchdogSeconds'];
  if (watchdog !== undefined && !(typeof watchdog === 'number' && watchdog > 0))
    return 'has a "watchdogSeconds" that is not a number above 0';
  if (safe['runs'] === 'terminal' && watchdog === undefined)
    return 'runs in the terminal, so it needs "watchdogSeconds"';
  const { action, values } = safe;
  if (action !== undefined && (typeof action !== 'string' || !Object.hasOwn(thing.actions ?? {}, action)))
    return `names the action ${JSON.stringify(action)?.slice(0, 80)}, which the thing does not have`;
  if (values !== undefined) {
    if (!isObject(values)) return 'has "values" that are not an object of properties';
    const missing = Object.keys(values).find((name) => !Object.hasOwn(thing.properties ?? {}, name));
    if (missing !== undefined) return `sets "${missing.slice(0, 80)}", which is no property of the thing`;
  }
  if (safe['runs'] === 'platform' && action === undefined && values === undefined)
    return 'runs in the platform, so it needs an "action" or "values"';
  return undefined;
}
