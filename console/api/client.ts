import type { Problem } from '@millrace/contract';
import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/api.d.ts';

export type Schemas = components['schemas'];

/** An answer that is not the one asked for, or none at all. Everything that fails on its way to or from the server is one of these. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });

let signedOut: () => void = () => {};

/** Sets what happens when the server no longer knows who we are. */
export function onSignedOut(then: () => void): void {
  signedOut = then;
}

/** Tells the console when an answer says that the session has ended. */
export function signedOutOn(response: Response): void {
  if (response.status === 401) signedOut();
}

/** The data of an answer, or an {@link ApiError}. */
export async function take<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer: { data?: T; error?: unknown; response: Response };
  try {
    answer = await call;
  } catch (error) {
    throw new ApiError({
      type: 'unreachable',
      title: 'The server does not answer',
      status: 0,
      detail: error instanceof Error ? error.message : String(error),
    });
  }
  if (answer.response.ok) return answer.data as T;
  signedOutOn(answer.response);
  throw new ApiError(problemOf(answer.error, answer.response));
}

/** A problem from whatever an answer held: problem details, or the page of some proxy on the way. */
export function problemOf(body: unknown, response: Response): Problem {
  if (typeof body === 'object' && body !== null && 'title' in body && 'type' in body) {
    return { ...(body as Problem), status: response.status };
  }
  return {
    type: 'unexpected-answer',
    title: `${response.status} ${response.statusText}`.trim(),
    status: response.status,
    ...(typeof body === 'string' && body !== '' ? { detail: body.slice(0, 500) } : {}),
  };
}
