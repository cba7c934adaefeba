import type { CamaraOperation } from './apis.ts';

/** An error as CAMARA writes it. `message` is for the person who wrote the client. */
export class CamaraProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Code → what may stand for it where an operation does not list it, best first. */
const nearest: Readonly<Record<string, readonly string[]>> = {
  OUT_OF_RANGE: ['INVALID_ARGUMENT'],
  'QUALITY_ON_DEMAND.DURATION_OUT_OF_RANGE': ['OUT_OF_RANGE', 'INVALID_ARGUMENT'],
  INVALID_SINK: ['INVALID_ARGUMENT'],
  INVALID_CREDENTIAL: ['INVALID_ARGUMENT'],
  INVALID_TOKEN: ['INVALID_ARGUMENT'],
  INVALID_PROTOCOL: ['INVALID_ARGUMENT'],
  PRIVATE_KEY_JWT_NOT_CONFIGURED: ['INVALID_CREDENTIAL', 'INVALID_ARGUMENT'],
  IDENTIFIER_NOT_FOUND: ['NOT_FOUND', 'SERVICE_NOT_APPLICABLE'],
  NOT_FOUND: ['IDENTIFIER_NOT_FOUND'],
  IDENTIFIER_MISMATCH: ['SERVICE_NOT_APPLICABLE'],
  MISSING_IDENTIFIER: ['INVALID_ARGUMENT'],
  UNNECESSARY_IDENTIFIER: ['INVALID_ARGUMENT'],
  UNSUPPORTED_IDENTIFIER: ['INVALID_ARGUMENT'],
  MULTIEVENT_SUBSCRIPTION_NOT_SUPPORTED: ['INVALID_ARGUMENT'],
};

/** The problem in a code the operation lists, if any of those that could stand for it is; else as it is (the documents allow more than they list). */
export function documented(operation: CamaraOperation, problem: CamaraProblem): CamaraProblem {
  for (const code of [problem.code, ...(nearest[problem.code] ?? [])]) {
    const status = Object.entries(operation.errors).find(([, codes]) => codes.includes(code))?.[0];
    if (status !== undefined) return new CamaraProblem(Number(status), code, problem.message);
  }
  return problem;
}

const messageLengthMax = 512;
/** The body of an error. */
export function problemBody({ status, code, message }: CamaraProblem): string {
  return JSON.stringify({ status, code, message: message.slice(0, messageLengthMax) });
}

export const invalid = (message: string): CamaraProblem =>
  new CamaraProblem(400, 'INVALID_ARGUMENT', message);
export const outOfRange = (message: string): CamaraProblem => new CamaraProblem(400, 'OUT_OF_RANGE', message);
export const notFound = (message: string): CamaraProblem => new CamaraProblem(404, 'NOT_FOUND', message);
export const denied = (message: string): CamaraProblem =>
  new CamaraProblem(403, 'PERMISSION_DENIED', message);
