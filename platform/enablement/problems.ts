import type { Problem } from '@millrace/contract';

/** An error that becomes an HTTP answer: what happened, why, what to do next. */
export class HttpProblem extends Error {
  readonly problem: Problem;
  readonly headers: Record<string, string>;
  constructor(
    status: number,
    type: string,
    title: string,
    more: Omit<Partial<Problem>, 'status' | 'type' | 'title'> = {},
    headers: Record<string, string> = {},
  ) {
    super(title);
    this.problem = { type, title, status, ...more };
    this.headers = headers;
  }
}

export const unauthorised = (): HttpProblem =>
  new HttpProblem(
    401,
    'not-signed-in',
    'This needs a sign-in.',
    { remedy: 'Sign in, or send "Authorization: Bearer <token>" with a token from POST /api/session.' },
    { 'www-authenticate': 'Bearer realm="millrace", Basic realm="millrace"' },
  );

export const forbidden = (detail: string): HttpProblem =>
  new HttpProblem(403, 'not-allowed', 'This is not allowed.', { detail });

export const notFound = (what: string): HttpProblem =>
  new HttpProblem(404, 'not-found', `There is no ${what}.`);
