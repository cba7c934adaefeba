import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { limits } from '@millrace/contract';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { Model } from './model.ts';
import { packFolder, readPack } from './pack.ts';
import { decimalsOf, describeThings } from './thing-description.ts';

const schema = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve(
      'wot-thing-description-types/schema/td-json-schema-validation.json',
    ),
    'utf8',
  ),
);

describe('Thing Descriptions of the machining shop', () => {
  const pack = readPack(packFolder('machining-shop'));
  const model = new Model(pack, 1, 0);
  const addresses = new Map(
    Object.entries(pack.connections)
      .filter(([, { port }]) => port !== undefined)
      .map(([name, { port }]) => [name, { host: '127.0.0.1', port: port! }]),
  );
  const descriptions = describeThings(pack, model.things, addresses, (name) => `demo-${name}`);
  const find = (name: string) => descriptions.find((each) => each.id === `urn:millrace:demo:${name}`)!;

  it('are valid by the published schema', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const validate = ajv.compile(schema);
    for (const description of descriptions) {
      const valid = validate(description);
      expect(valid ? [] : validate.errors, description.id).toEqual([]);
      expect(JSON.stringify(description).length).toBeLessThan(limits.thingDescriptionBytesMax);
    }
  });

  it('cover machines, a robot, meters of three carriers, utilities that can be moved, forty sensors, a network with three cells, two vehicles and the plant', () => {
    const count = (kind: string): number => model.things.filter((thing) => thing.kind.id === kind).length;
    expect([
      count('cnc-machine'),
      count('robot-cell'),
      count('power-meter'),
      count('compressor-station'),
      count('water-meter') + count('air-meter'),
      count('battery-storage') + count('charging-station') + count('parts-washer'),
    ]).toEqual([4, 1, 16, 1, 4, 3]);
    expect(descriptions).toHaveLength(4 + 1 + 16 + 1 + 4 + 3 + 40 + 1 + 4 + 2);
    expect(descriptions.filter((each) => (each['@type'] as string[]).includes('Sensor')).length).toBe(
      16 + 4 + 40,
    );
    // The hall and the supply are the model's own business.
    expect(find('building')).toBeUndefined();
  });

  it('say everything in both languages', () => {
    const missing: string[] = [];
    const walk = (node: unknown, at: string): void => {
      if (node === null || typeof node !== 'object') return;
      const titles = (node as { titles?: Record<string, string> }).titles;
      if ('title' in node && !/[\u4e00-\u9fff]|^CNC-\d/.test(titles?.['zh'] ?? '')) missing.push(at);
      for (const [key, inner] of Object.entries(node)) if (key !== 'titles') walk(inner, `${at}/${key}`);
    };
    for (const description of descriptions) walk(description, description.id);
    expect(missing).toEqual([]);
  });

  it('point at things that are there', () => {
    const ids = new Set(descriptions.map((each) => each.id));
    const links = descriptions.flatMap((each) => each.links ?? []);
    expect(links.length).toBeGreaterThan(40);
    for (const link of links) expect(ids).toContain(link.href);
    expect(find('meter-cnc-1').links).toEqual([
      { rel: 'measures', href: 'urn:millrace:demo:cnc-1', type: 'application/td+json' },
    ]);
    expect(find('robot-cell').links?.map((link) => link.rel)).toEqual(['serves', 'serves']);
  });

  it('say where each property is reached', () => {
    expect(find('cnc-1').properties?.['spindleSpeed']?.forms).toEqual([
      {
        href: 'opc.tcp://127.0.0.1:4841/?id=nsu%3Durn%3Amillrace%3Ademo%3Amachines%3Bs%3DCNC-1.Spindle.spindleSpeed',
        op: ['readproperty', 'observeproperty'],
        contentType: 'application/opcua+uadp',
      },
    ]);
    expect(find('meter-main').properties?.['activeEnergy']?.forms?.[0]).toMatchObject({
      href: 'modbus+tcp://127.0.0.1:5021/12/20?quantity=4',
      'modv:entity': 'HoldingRegister',
      'modv:type': 'xsd:unsignedLong',
      'millrace:scale': 0.001,
    });
    expect(find('robot-cell').properties?.['axis1Load']?.forms?.[0]).toMatchObject({
      'mqv:topic': 'spBv1.0/Millrace-Suzhou/DDATA/Line-1/robot',
      'millrace:metric': 'Motion/axis1Load',
    });
    expect(find('cnc-1')['millrace:place']).toBe('Millrace Works/Suzhou/Machining/Line 1/CNC-1');
    expect(find('cnc-1')['millrace:connection']).toBe('demo-cnc-1');
  });

  it('say what makes machines safe, what blocks a command and who releases it', () => {
    expect(find('cnc-1')).toMatchObject({
      'millrace:leaseSeconds': 15,
      'millrace:safe': { runs: 'platform', action: 'hold' },
    });
    expect(find('cnc-1').actions?.['unlockDoor']).toMatchObject({
      'millrace:twoPerson': { withinSeconds: 300 },
      'millrace:interlocks': [{ when: 'spindleSpeed > 50' }],
    });
    expect(find('compressor').properties?.['setPressure']).toMatchObject({
      readOnly: false,
      'millrace:interlocks': [{ when: 'value < 6.2 && flow > 0.25' }, { when: 'state == 4' }],
      'millrace:readBack': { tolerance: 0.05, withinSeconds: 5 },
    });
    expect(find('robot-cell')['millrace:safe']).toEqual({ runs: 'platform', values: { speedOverride: 20 } });
    // What a plan moves declares no safe action: an application commands without holding a lease.
    for (const name of ['washer', 'charger', 'battery'])
      expect(find(name)['millrace:safe'], name).toBeUndefined();
  });

  it('give the console what it needs to make a form for faults', () => {
    const input = find('plant').actions?.['causeFault']?.input;
    expect(input?.required).toEqual(['thing', 'fault']);
    expect(input?.properties?.['fault']?.enum).toContain('toolBreakage');
    expect(input?.properties?.['thing']?.enum).toContain('urn:millrace:demo:grid');
  });

  it('count digits by resolution', () => {
    expect([1, 5, 0.1, 0.05, 0.001, 0.25].map(decimalsOf)).toEqual([0, 0, 1, 2, 3, 2]);
  });
});
