import type { SqlTable } from '@millrace/contract';
import type { SqlName, ThingRecord } from '@millrace/sdk';
import { type Iot, placeOf } from '../../iot/index.ts';

const span = (what: string): SqlTable['columns'] => [
  { name: 'thing', type: 'String', about: 'Id of the thing.' },
  { name: 'property', type: 'String', about: 'Name of the property.' },
  { name: 'unit', type: 'String', about: 'As the thing model gives it; empty where it gives none.' },
  { name: 'time', type: "DateTime64(6, 'UTC')", about: `Start of the ${what}.` },
  { name: 'samples', type: 'UInt64', about: 'Samples in it, of whatever quality.' },
  { name: 'numbers', type: 'UInt64', about: 'Of them numbers that are not bad.' },
  { name: 'bad', type: 'UInt64', about: 'Of them bad ones.' },
  { name: 'mean', type: 'Nullable(Float64)', about: 'Mean of the numbers.' },
  { name: 'least', type: 'Nullable(Float64)', about: 'Smallest number.' },
  { name: 'greatest', type: 'Nullable(Float64)', about: 'Largest number.' },
  { name: 'first', type: 'Nullable(Float64)', about: 'First number, of whatever quality.' },
  { name: 'last', type: 'Nullable(Float64)', about: 'Last number, of whatever quality.' },
];

/** What a question in SQL may name. */
export const sqlTables: readonly SqlTable[] = [
  {
    name: 'samples',
    about: 'Every sample that is kept.',
    columns: [
      { name: 'thing', type: 'String', about: 'Id of the thing.' },
      { name: 'property', type: 'String', about: 'Name of the property.' },
      { name: 'unit', type: 'String', about: 'As the thing model gives it; empty where it gives none.' },
      {
        name: 'time',
        type: "DateTime64(6, 'UTC')",
        about: 'Time of the source, or of arrival where it gave none.',
      },
      { name: 'received', type: "DateTime64(6, 'UTC')", about: 'When the platform had it.' },
      { name: 'value', type: 'Nullable(Float64)', about: 'The number; booleans are 0 and 1.' },
      { name: 'text', type: 'String', about: 'JSON text of a value that is not a number.' },
      { name: 'quality', type: 'String', about: 'good, uncertain or bad.' },
      { name: 'status', type: 'UInt32', about: 'OPC UA StatusCode.' },
    ],
  },
  { name: 'minutes', about: 'Samples by minute.', columns: span('minute') },
  { name: 'hours', about: 'Samples by hour.', columns: span('hour') },
  {
    name: 'things',
    about: 'Things that have properties.',
    columns: [
      { name: 'thing', type: 'String', about: 'Id.' },
      { name: 'title', type: 'String', about: 'What it is called.' },
      { name: 'place', type: 'String', about: 'ISA-95 path.' },
      { name: 'types', type: 'Array(String)', about: 'Its @type.' },
      { name: 'properties', type: 'Array(String)', about: 'Names of its properties.' },
    ],
  },
];

/** The names that questions use, with a version that changes whenever a thing does. */
export class SeriesNames {
  readonly #registry: Iot['registry'];
  #version = 1;

  constructor(registry: Iot['registry']) {
    this.#registry = registry;
    registry.onChange(() => this.#version++);
  }

  get version(): number {
    return this.#version;
  }

  all(): SqlName[] {
    const names: SqlName[] = [];
    for (const record of this.#registry.all()) {
      const types = [record.description['@type'] ?? []].flat().join('\n');
      for (const [property, series] of Object.entries(record.series))
        names.push({
          series,
          thing: record.id,
          property,
          place: placeOf(record),
          title: record.description.title,
          types,
          unit: unitOf(record, property),
        });
    }
    return names;
  }
}

function unitOf(record: ThingRecord, property: string): string {
  const unit: unknown = record.description.properties?.[property]?.unit;
  return typeof unit === 'string' ? unit : '';
}
