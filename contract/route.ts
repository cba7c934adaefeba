import { type TSchema, Type } from 'typebox';
import type { Permission } from './permission.ts';

/**
 * Who may call a route.
 * - `open`    anybody
 * - `person`  anybody who is signed in, or a token
 * - `session` anybody who is signed in: about the own account, where a token would learn of what it does not hold
 * - `device`  the terminal the path names, by its own credentials; or a person with `may` at the thing
 * - a permission, held where `at` says
 */
export type RouteAccess =
  | 'open'
  | 'person'
  | 'session'
  | {
      may: Permission;
      /**
       * - `plant`  at the whole plant
       * - `thing`  at the place of the thing that `{id}` names; a thing that is not there asks for the whole plant
       * - `some`   anywhere: the handler gives and changes only what lies where the caller may
       */
      at: 'plant' | 'thing' | 'some';
      /** The terminal `{id}` names may call it too; `handler`: any may, and the handler refuses whom it is not about. */
      device?: true | 'handler';
    };

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `{parameter}`s, as in OpenAPI. */
  path: string;
  summary: string;
  tag: string;
  access: RouteAccess;
  /** Asks for a person who proved within the last half hour who they are; a token may not. */
  confirm?: true;
  query?: TSchema;
  body?: TSchema;
  /** Media type of the body where it is not JSON only. */
  bodyTypes?: readonly string[];
  /** Success responses: status → schema; undefined schema = no body. */
  responses: { readonly [status: number]: TSchema | undefined };
  /** Media type of the success response where it is not JSON. */
  produces?: string;
  /** Bytes of body accepted; default is `limits.payloadBytesMax`. */
  bodyBytesMax?: number;
}

export const Instant = Type.String({ description: 'RFC 3339, or epoch milliseconds (fractions allowed).' });
export const InstantOut = Type.String({ format: 'date-time' });
export const Count = Type.Integer({ minimum: 0 });
export const range = { from: Type.Optional(Instant), to: Type.Optional(Instant) };
export const page = {
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
};
