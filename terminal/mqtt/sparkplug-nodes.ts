import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Form } from '@millrace/contract';
import type { Log, Thing } from '@millrace/sdk';
import { listenerLimits } from './listener-limits.ts';
import { formFilters } from './mapping/index.ts';

const fileName = 'sparkplug-nodes.json';

/** Things made from a birth: they describe an edge node, they do not reserve it for themselves. */
const fromBirth = 'urn:sparkplug:';

/**
 * Whose credentials may speak for a Sparkplug edge node. Topics name group and node, not the thing, so somebody has to say whose
 * they are: the Thing Description that has a form on `spBv1.0/<group>/…/<node>`, or else the first that uses it. What was claimed
 * by use is kept in a file, so that a restart opens no gap for somebody else.
 */
export class SparkplugNodes {
  /** `group/node` → thing that uses it. */
  readonly #claims = new Map<string, string>();
  readonly #claimsOf = new Map<string, number>();
  /** `group/node` → things whose description names it. */
  readonly #declared = new Map<string, Set<string>>();
  readonly #declaredBy = new Map<string, readonly string[]>();
  readonly #file: string;
  readonly #folder: string;
  readonly #log: Log;
  readonly #passed: () => void;
  #saving: Promise<void> | undefined;
  #changed = false;

  /** `passed`: called when an edge node went from one thing to another. */
  constructor(folder: string, log: Log, passed: () => void = () => {}) {
    this.#folder = folder;
    this.#passed = passed;
    this.#file = join(folder, fileName);
    this.#log = log;
    for (const [key, thing] of load(this.#file, log)) this.#put(key, thing);
    this.#changed = false;
  }

  /** Takes a thing's forms into account; call anew when it changed. */
  set(thing: Thing): void {
    this.#forget(thing.id);
    const keys = new Set<string>();
    const read = (forms: readonly Form[] | undefined): void => {
      for (const form of forms ?? []) {
        for (const filter of formFilters(form, false)) {
          const key = nodeKey(filter);
          if (key !== undefined) keys.add(key);
        }
      }
    };
    for (const point of thing.points.values()) read(point.forms);
    for (const action of Object.values(thing.description.actions ?? {})) read(action.forms);
    for (const event of Object.values(thing.description.events ?? {})) read(event.forms);
    read(thing.description.forms);
    if (keys.size === 0) return;
    this.#declaredBy.set(thing.id, [...keys]);
    for (const key of keys) {
      const things = this.#declared.get(key);
      if (things === undefined) this.#declared.set(key, new Set([thing.id]));
      else things.add(thing.id);
    }
  }

  /** A thing that is gone owns nothing. */
  remove(thing: string): void {
    this.#forget(thing);
    if (!this.#claimsOf.has(thing)) return;
    for (const [key, owner] of this.#claims) if (owner === thing) this.#claims.delete(key);
    this.#claimsOf.delete(thing);
    this.#save();
  }

  owner(group: string, node: string): string | undefined {
    return this.#claims.get(`${group}/${node}`);
  }

  /** Claims an edge node for a thing, or says why it cannot have it. */
  claim(thing: string, group: string, node: string): string | undefined {
    const key = `${group}/${node}`;
    const owner = this.#claims.get(key);
    if (owner === thing) return undefined;
    const declaring = this.#declared.get(key);
    const own = declaring?.has(thing) === true;
    if (owner !== undefined && (!own || declaring?.has(owner) === true)) {
      return `edge node "${node}" of group "${group}" belongs to the credentials of another thing`;
    }
    if (owner === undefined && !own && declaring !== undefined) {
      for (const other of declaring) {
        if (!other.startsWith(fromBirth)) {
          return `edge node "${node}" of group "${group}" is declared by the description of another thing`;
        }
      }
    }
    if (
      (this.#claimsOf.get(thing) ?? 0) >= listenerLimits.sparkplugNodesPerThingMax ||
      this.#claims.size >= listenerLimits.sparkplugNodesMax
    ) {
      return `these credentials speak for ${listenerLimits.sparkplugNodesPerThingMax} edge nodes already (sparkplugNodesPerThingMax)`;
    }
    if (owner !== undefined) {
      this.#claimsOf.set(owner, (this.#claimsOf.get(owner) ?? 1) - 1);
      this.#log.warn('an edge node passes to the thing whose description declares it', {
        node: key,
        from: owner,
        to: thing,
      });
      this.#passed();
    }
    this.#put(key, thing);
    this.#save();
    return undefined;
  }

  /** Resolves when what is known has been written. */
  async saved(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
  }

  #put(key: string, thing: string): void {
    this.#claims.set(key, thing);
    this.#claimsOf.set(thing, (this.#claimsOf.get(thing) ?? 0) + 1);
  }

  #forget(thing: string): void {
    for (const key of this.#declaredBy.get(thing) ?? []) {
      const things = this.#declared.get(key);
      things?.delete(thing);
      if (things?.size === 0) this.#declared.delete(key);
    }
    this.#declaredBy.delete(thing);
  }

  #save(): void {
    this.#changed = true;
    this.#saving ??= this.#write().finally(() => {
      this.#saving = undefined;
      if (this.#changed) this.#save();
    });
  }

  async #write(): Promise<void> {
    this.#changed = false;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const next = `${this.#file}.next`;
      await writeFile(next, JSON.stringify([...this.#claims]), { mode: 0o600 });
      await rename(next, this.#file);
    } catch (error) {
      this.#log.warn('claims of Sparkplug edge nodes could not be written; they hold until the restart', {
        error: (error as Error).message,
      });
    }
  }
}

function load(file: string, log: Log): [string, string][] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.warn('claims of Sparkplug edge nodes could not be read', { error: (error as Error).message });
    }
    return [];
  }
  try {
    const json: unknown = JSON.parse(text);
    if (!Array.isArray(json)) throw new Error('not a list');
    return json
      .slice(0, listenerLimits.sparkplugNodesMax)
      .filter(
        (entry): entry is [string, string] =>
          Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'string',
      );
  } catch (error) {
    log.warn('claims of Sparkplug edge nodes are not readable and are begun anew', {
      error: (error as Error).message,
    });
    return [];
  }
}

/** `group/node` of a topic or filter in Sparkplug's namespace, where it names both. */
function nodeKey(topic: string): string | undefined {
  const parts = topic.split('/');
  if (parts[0] !== 'spBv1.0' || parts.length < 4) return undefined;
  const [, group, , node] = parts;
  return isId(group) && isId(node) && group !== 'STATE' ? `${group}/${node}` : undefined;
}

function isId(segment: string | undefined): segment is string {
  return segment !== undefined && segment !== '' && !segment.includes('+') && !segment.includes('#');
}
