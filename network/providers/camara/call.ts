import type { Permission } from '@millrace/contract';
import type { ForeignRequest } from '@millrace/sdk';
import type { CamaraApi, CamaraOperation } from './apis.ts';

/** Who sends a request. */
export type Caller = NonNullable<ForeignRequest['caller']>;

/** One request, once it is known what it is. */
export interface Call {
  readonly api: CamaraApi;
  readonly operation: CamaraOperation;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Checked against the operation's shape; undefined where it has none. */
  readonly body: unknown;
  readonly caller: Caller;
  /** Who the resources belong to: the person or device behind the token, so that a renewed token finds what the former made. */
  readonly consumer: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function consumerOf({ actor }: Caller): string {
  return `${actor.for === undefined ? actor.kind : 'person'}:${actor.for ?? actor.id}`;
}

/** May the caller do what the operation is, at this place? */
export function mayAtPlace(
  call: Call,
  place: string,
  permission: Permission | undefined = call.operation.permission,
): boolean {
  return permission === undefined || call.caller.may(permission, place);
}
