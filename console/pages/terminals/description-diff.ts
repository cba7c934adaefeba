import type { ThingDescription } from '@millrace/contract';
import { typeOf } from './draft.ts';

export interface PropertyChange {
  name: string;
  change: 'added' | 'removed' | 'changed' | 'same';
  /** What the property is, in a few words: type and unit. */
  before?: string;
  after?: string;
}

/** Properties of a thing as they are and as they are proposed. Additions first, then changes, then what stays. */
export function propertyChanges(
  before: ThingDescription | undefined,
  after: ThingDescription,
): PropertyChange[] {
  const old = before?.properties ?? {};
  const next = after.properties ?? {};
  const changes: PropertyChange[] = [];
  for (const [name, property] of Object.entries(next)) {
    const known = Object.hasOwn(old, name) ? old[name] : undefined;
    const text = shortly(property);
    if (known === undefined) changes.push({ name, change: 'added', after: text });
    else {
      const was = shortly(known);
      changes.push({ name, change: was === text ? 'same' : 'changed', before: was, after: text });
    }
  }
  for (const [name, property] of Object.entries(old)) {
    if (!Object.hasOwn(next, name)) changes.push({ name, change: 'removed', before: shortly(property) });
  }
  const rank = { added: 0, changed: 1, removed: 2, same: 3 } as const;
  return changes.sort((a, b) => rank[a.change] - rank[b.change]);
}

function shortly(property: { type?: string; unit?: string; items?: unknown }): string {
  return [typeOf(property), property.unit].filter((part) => part !== undefined && part !== '').join(', ');
}
