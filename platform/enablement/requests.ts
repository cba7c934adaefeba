import {
  grantsGiving,
  isAtOrBelow,
  limits,
  type Permission,
  parseInstant,
  type Route,
  type RouteName,
} from '@millrace/contract';
import type { AuditEntry, Clock, ThingRecord } from '@millrace/sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Iot } from '../iot/index.ts';
import type { Person } from './access/index.ts';
import { HttpProblem, notFound, unauthorised } from './problems.ts';

export { actorOf } from './access/index.ts';

/** What the handlers of all routes share: who asks, and how the common parts of a request are read. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

export interface Caller {
  person: Person | undefined;
  /** Thing whose credentials were shown. */
  device: string | undefined;
  byCookie: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
    /** What is told in the audit trail once the answer is known. */
    audited: Omit<AuditEntry, 'outcome'> | undefined;
  }
  interface FastifyContextConfig {
    route?: Route;
    name?: RouteName;
    /** Application whose route this is: grants given for it alone count. */
    app?: string;
    /** The body is handed over as bytes, whatever its content type says. */
    raw?: boolean;
  }
}

const defaultRange = 24 * 3600 * 1_000_000;

export interface TimeRange {
  from: number;
  to: number;
}

export function requirePerson(caller: Caller): Person {
  if (caller.person === undefined) throw unauthorised();
  return caller.person;
}

/** Tells of places whether somebody may do something there. For lists: what they hold is looked at once. */
export function placesFor(person: Person, permission: Permission): (place: string) => boolean {
  const places = grantsGiving(person.grants, permission).map((grant) => grant.place);
  if (places.includes('')) return () => true;
  return (place) => places.some((at) => isAtOrBelow(place, at));
}

/** The thing that `{id}` names, or 404. */
export function requireThing(registry: Iot['registry'], request: FastifyRequest): ThingRecord {
  const { id } = request.params as { id: string };
  const record = registry.get(id);
  if (record === undefined) throw notFound(`thing "${id.slice(0, 256)}"`);
  return record;
}

/** `from` and `to` in microseconds; the last day where they are not given, or 400. */
export function readRange(query: { from?: string; to?: string }, clock: Clock): TimeRange {
  const read = (name: 'from' | 'to', otherwise: number): number => {
    const text = query[name];
    if (text === undefined) return otherwise;
    const instant = parseInstant(text);
    if (instant === undefined) {
      throw new HttpProblem(400, 'wrong-time', `"${name}" is neither RFC 3339 nor epoch milliseconds.`, {
        field: name,
        detail: text.slice(0, 100),
      });
    }
    return instant;
  };
  const to = read('to', clock.now() + limits.timeAheadMicrosecondsMax);
  const from = read('from', to - defaultRange);
  if (from > to) throw new HttpProblem(400, 'wrong-range', '"from" is later than "to".', { field: 'from' });
  return { from, to };
}
