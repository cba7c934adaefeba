import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import type { CamaraApi } from './apis.ts';
import type { Loose } from './test-plant.ts';

/**
 * The published OpenAPI 3.0 documents, for tests: as JSON Schema, and as a source of requests. They are read from where MILLRACE_DATA says, and are
 * no part of the repository.
 */
const data = process.env['MILLRACE_DATA'];
const folder = data === undefined ? undefined : join(data, 'network', 'camara');
export const documentsThere = folder !== undefined && existsSync(folder);

export type Schema = Record<string, Loose>;

export class OpenApiDocument {
  readonly content: Schema;
  readonly #ajv: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(api: CamaraApi) {
    this.content = parse(readFileSync(join(folder!, api.document), 'utf8')) as Schema;
    this.#ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
    (formats as unknown as (ajv: Ajv) => void)(this.#ajv);
    this.#ajv.addFormat('url', true);
    const schemas = structuredClone(this.content['components'].schemas) as Schema;
    // A schema with a discriminator stands, where it is used, for the one its mapping names; where those build on it, for itself.
    const chosen: Schema = {};
    const derived = new Map<string, Set<string>>();
    for (const [name, schema] of Object.entries(schemas)) {
      const { discriminator } = schema as Schema;
      if (discriminator?.mapping === undefined) continue;
      chosen[`${name}..chosen`] = {
        allOf: [
          { $ref: `#/components/schemas/${name}` },
          ...Object.entries(discriminator.mapping as Record<string, string>).map(([value, target]) => ({
            if: {
              properties: { [discriminator.propertyName]: { const: value } },
              required: [discriminator.propertyName],
            },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { $ref: target },
          })),
        ],
      };
      for (const target of Object.values(discriminator.mapping as Record<string, string>)) {
        const one = target.split('/').at(-1)!;
        derived.set(one, (derived.get(one) ?? new Set()).add(name));
      }
    }
    const redirect = (node: Loose, bases: ReadonlySet<string>): Loose => {
      if (Array.isArray(node)) return node.map((one) => redirect(one, bases));
      if (node === null || typeof node !== 'object') return node;
      const changed: Schema = {};
      for (const [key, value] of Object.entries(node)) {
        if (key === 'discriminator') continue;
        const name = key === '$ref' ? String(value).split('/').at(-1)! : '';
        if (key === '$ref' && chosen[`${name}..chosen`] !== undefined && !bases.has(name))
          changed[key] = `${String(value)}..chosen`;
        else if (key === 'example' || key === 'examples') continue;
        else changed[key] = redirect(value, bases);
      }
      return changed;
    };
    const none = new Set<string>();
    this.#redirect = (node) => redirect(node, none);
    const all: Schema = { ...chosen };
    for (const [name, schema] of Object.entries(schemas))
      all[name] = redirect(schema, derived.get(name) ?? none);
    this.#ajv.addSchema({ $id: 'document', components: { schemas: all } });
  }
  readonly #redirect: (node: Loose) => Loose;

  resolve(node: Schema): Schema {
    let found = node;
    while (typeof found['$ref'] === 'string')
      found = found['$ref']
        .slice(2)
        .split('/')
        .reduce((at: Loose, key: string) => at[key], this.content);
    return found;
  }

  /** What is wrong with a value, by a schema of the document; empty: nothing. */
  problems(schema: Schema, value: unknown): string[] {
    const text = JSON.stringify(this.#redirect(schema)).replaceAll('"#/components', '"document#/components');
    let check = this.#compiled.get(text);
    if (check === undefined) {
      check = this.#ajv.compile(JSON.parse(text));
      this.#compiled.set(text, check);
    }
    return check(value)
      ? []
      : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message} (${error.schemaPath})`);
  }

  /** allOf taken together; of alternatives the first. */
  merged(schema: Schema): Schema {
    const own = this.resolve(schema);
    const { allOf, oneOf, anyOf, ...rest } = own;
    let result: Schema = { ...rest };
    const add = (part: Schema): void => {
      const { properties, required, ...others } = this.merged(part);
      const all = { ...result['properties'], ...properties };
      result = {
        ...others,
        ...result,
        ...(Object.keys(all).length > 0 ? { properties: all } : {}),
        required: [...new Set([...(result['required'] ?? []), ...(required ?? [])])],
      };
    };
    for (const part of allOf ?? []) add(part);
    const alternatives = oneOf ?? anyOf;
    if (alternatives !== undefined) add(alternatives[0]);
    const { discriminator } = result;
    if (discriminator?.mapping !== undefined) {
      const value =
        Object.keys(discriminator.mapping).find((one) => one === 'ACCESSTOKEN') ??
        Object.keys(discriminator.mapping)[0]!;
      const { discriminator: _, ...plain } = result;
      result = plain;
      // The variant builds on this one: only what it adds is taken.
      for (const part of this.resolve({ $ref: discriminator.mapping[value] })['allOf'] ?? [])
        if (part['$ref'] === undefined) add(part);
      const variant = this.resolve({ $ref: discriminator.mapping[value] });
      if (variant['properties'] !== undefined)
        add({ properties: variant['properties'], required: variant['required'] ?? [] });
      result['properties'] = {
        ...result['properties'],
        [discriminator.propertyName]: { type: 'string', enum: [value] },
      };
    }
    return result;
  }

  /** A value the schema allows: all that may be there, or only what must. */
  value(schema: Schema, all: boolean): Loose {
    const one = this.merged(schema);
    if (one['properties'] !== undefined || one['type'] === 'object') {
      const names = Object.keys(one['properties'] ?? {}).filter(
        (name) =>
          (all || (one['required'] ?? []).includes(name)) &&
          this.resolve(one['properties'][name])['readOnly'] !== true,
      );
      const first = Object.keys(one['properties'] ?? {})[0];
      if (names.length === 0 && one['minProperties'] > 0 && first !== undefined) names.push(first);
      return Object.fromEntries(names.map((name) => [name, this.value(one['properties'][name], all)]));
    }
    if (one['enum'] !== undefined) return one['enum'][0];
    if (one['type'] === 'array')
      return Array.from({ length: Math.max(1, one['minItems'] ?? 1) }, () => this.value(one['items'], all));
    if (one['type'] === 'boolean') return true;
    if (one['type'] === 'integer' || one['type'] === 'number') return Math.max(one['minimum'] ?? 1, 1);
    return text(one);
  }

  /** The value, with one thing wrong in it each, and what that is. */
  *spoiled(
    schema: Schema,
    value: Loose,
    closed: boolean,
    path: string[] = [],
  ): Iterable<{ what: string; value: Loose }> {
    const one = this.merged(schema);
    const at = path.join('.');
    const wrong = (what: string, instead: Loose) => ({ what: `${at}: ${what}`, value: instead });
    if (Array.isArray(value)) {
      yield wrong('not an array', {});
      if (one['maxItems'] !== undefined && one['maxItems'] < 200)
        yield wrong(
          'too many',
          Array.from({ length: one['maxItems'] + 1 }, () => value[0]),
        );
      for (const inner of this.spoiled(one['items'], value[0], closed, [...path, '0']))
        yield { what: inner.what, value: [inner.value, ...value.slice(1)] };
      return;
    }
    if (value !== null && typeof value === 'object') {
      yield wrong('not an object', 'text');
      yield wrong('an array', []);
      for (const name of one['required'] ?? []) {
        if (!(name in value)) continue;
        const { [name]: _, ...rest } = value;
        yield wrong(`without ${name}`, rest);
      }
      if (closed) yield wrong('an unknown property', { ...value, colour: 'red' });
      for (const [name, inner] of Object.entries(value)) {
        if (one['properties']?.[name] === undefined) continue;
        for (const spoiled of this.spoiled(one['properties'][name], inner, closed, [...path, name]))
          yield { what: spoiled.what, value: { ...value, [name]: spoiled.value } };
      }
      return;
    }
    yield wrong('null', null);
    yield wrong('an object', {});
    if (typeof value === 'string') {
      yield wrong('a number', 42);
      if (one['enum'] !== undefined) yield wrong('not one of them', 'NONE_OF_THEM');
      if (one['pattern'] !== undefined) yield wrong('of the wrong form', 'ü \u0001');
      if (['uuid', 'ipv4', 'ipv6', 'date-time'].includes(one['format']))
        yield wrong(`no ${one['format']}`, 'not-at-all');
    } else if (typeof value === 'number') {
      yield wrong('text', 'many');
      if (one['type'] === 'integer') yield wrong('a fraction', 1.5);
      if (one['minimum'] !== undefined && one['minimum'] > -1000)
        yield wrong('too little', one['minimum'] - 1);
      if (one['maximum'] !== undefined) yield wrong('too much', one['maximum'] + 1);
    } else yield wrong('text', 'yes');
  }
}

function text(schema: Schema): string {
  const { format, pattern = '' } = schema;
  if (format === 'ipv4') return '203.0.113.0';
  if (format === 'ipv6') return '2001:db8:85a3:8d3:1319:8a2e:370:7344';
  if (format === 'uuid') return '123e4567-e89b-12d3-a456-426614174000';
  if (format === 'date-time') return '2024-06-01T12:00:00Z';
  if (format === 'uri' || format === 'url') return 'https://app.example.com/events';
  if (pattern.startsWith('^\\+')) return '+123456789';
  if (pattern.includes('25[0-5]')) return '198.51.100.0/24';
  if (pattern.startsWith('^[0-9a-fA-F:.]')) return '2001:db8::/32';
  return schema['example'] ?? 'text';
}
