import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formatsModule from 'ajv-formats';
import type { CamaraApi, CamaraOperation } from './apis.ts';
import { CamaraProblem, invalid, outOfRange } from './problem.ts';

/** Bounds of a request's body; what is beyond them is refused as INVALID_ARGUMENT before it is read any further. */
export const bodyLimits = { bytesMax: 262_144, depthMax: 24 } as const;

/** Reads a body as JSON: its type, size, encoding, depth, names. Throws CamaraProblem. */
export function readBody(body: Uint8Array, contentType: string | undefined): unknown {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== '' && type !== 'application/json')
    throw new CamaraProblem(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `The body must be application/json, not ${type.slice(0, 80)}.`,
    );
  if (body.byteLength === 0) throw invalid('The request needs a body.');
  if (body.byteLength > bodyLimits.bytesMax)
    throw invalid(`The body has ${body.byteLength} bytes; at most ${bodyLimits.bytesMax} are taken.`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw invalid('The body is not UTF-8.');
  }
  if (depthOf(text) > bodyLimits.depthMax)
    throw invalid(`The body is nested deeper than ${bodyLimits.depthMax} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(text, (name, inner: unknown) => {
      if (name === '__proto__' || name === 'constructor' || name === 'prototype')
        throw invalid(`"${name}" is not a property of any request.`);
      // Records and headers take no NUL, and no CAMARA text has one.
      if (typeof inner === 'string' && inner.includes('\u0000'))
        throw invalid(`"${name.slice(0, 80)}" contains a NUL character.`);
      return inner;
    });
  } catch (error) {
    if (error instanceof CamaraProblem) throw error;
    throw invalid(`The body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  return value;
}

/** Levels of nesting, counted before parsing. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) most = Math.max(most, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return most;
}

// The package is CommonJS; what `import` gives depends on who resolves it.
const addFormats = ((formatsModule as { default?: unknown }).default ?? formatsModule) as (ajv: Ajv) => void;

const checker = (options: object): Ajv => {
  const ajv = new Ajv({ strict: false, allErrors: false, ...options });
  addFormats(ajv);
  return ajv;
};
const strict = checker({});
const lenient = checker({ removeAdditional: true });
const compiled = new Map<string, ValidateFunction>();

/** Checks a body against the operation's shape; for APIs that do not forbid them, unknown properties are taken away. Throws CamaraProblem. */
export function checkBody(api: CamaraApi, operation: CamaraOperation, body: unknown): void {
  let check = compiled.get(operation.id);
  if (check === undefined) {
    // Compiled from a copy: the shapes carry marks of their own that are none of JSON Schema's.
    check = (api.strict ? strict : lenient).compile(JSON.parse(JSON.stringify(operation.body)) as object);
    compiled.set(operation.id, check);
  }
  if (check(body)) return;
  throw problemOf(check.errors ?? []);
}

function problemOf(errors: readonly ErrorObject[]): CamaraProblem {
  // Of alternatives the last error says that none held, and names the place; the others say why each did not.
  const error = errors.at(-1);
  if (error === undefined) return invalid('The body has the wrong form.');
  const at =
    error.instancePath === '' ? 'The body' : error.instancePath.slice(1).replaceAll('/', '.').slice(0, 200);
  switch (error.keyword) {
    case 'minimum':
    case 'maximum':
      return outOfRange(`${at} ${error.message}.`);
    case 'additionalProperties':
      return invalid(
        `${at} has no property "${String((error.params as { additionalProperty?: string }).additionalProperty).slice(0, 80)}".`,
      );
    case 'enum':
      return invalid(
        `${at} must be one of ${((error.params as { allowedValues?: unknown[] }).allowedValues ?? []).join(', ')}.`,
      );
    case 'anyOf':
      return invalid(
        at.endsWith('ipv4Address')
          ? `${at} needs privateAddress or publicPort beside publicAddress.`
          : `${at} is neither an IPv4 nor an IPv6 address.`,
      );
    default:
      return invalid(`${at} ${error.message ?? 'is wrong'}.`);
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Checks what stands in the path. Throws CamaraProblem. */
export function checkParameters(parameters: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (name === 'name') {
      if (!/^[a-zA-Z0-9_.-]{3,256}$/.test(value))
        throw invalid('The name of a QoS profile has 3 to 256 of A–Z, a–z, 0–9, _ . -');
    } else if (name !== 'subscriptionId' && !uuid.test(value)) throw invalid(`${name} must be a UUID.`);
  }
}
