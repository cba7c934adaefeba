import './test-quiet.ts';
import type { BrowseNode } from '@millrace/contract';
import { DataType, MessageSecurityMode, SecurityPolicy } from 'node-opcua';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { opcua } from './opcua.ts';
import { type Machine, sampleNamespace, startSample, typesNamespace } from './test-server.ts';
import { contextFor } from './test-things.ts';

const many = 1100;
let machine: Machine;
beforeAll(async () => {
  machine = await startSample({
    policies: [SecurityPolicy.None],
    modes: [MessageSecurityMode.None],
    server: {
      serverCapabilities: {
        maxBrowseContinuationPoints: 2,
        operationLimits: { maxNodesPerRead: 100, maxNodesPerBrowse: 20 },
      },
    } as object,
    build: (made) => {
      const folder = made.namespace.addObject({
        browseName: 'Many',
        nodeId: 's=Many',
        componentOf: made.object,
      });
      for (let i = 0; i < many; i++) {
        made.namespace.addVariable({
          browseName: `V${i}`,
          nodeId: `s=Many.${i}`,
          componentOf: folder,
          dataType: 'Byte',
          value: { dataType: DataType.Byte, value: i % 256 },
        } as never);
      }
      const device = made.namespace.addObject({
        browseName: 'Device',
        nodeId: 's=Device',
        componentOf: made.object,
      });
      made.namespace.addVariable({
        browseName: 'SerialNumber',
        nodeId: 's=Device.SerialNumber',
        propertyOf: device,
        dataType: 'String',
        accessLevel: 'CurrentRead',
        userAccessLevel: 'CurrentRead',
        value: { dataType: DataType.String, value: 'A-17' },
      } as never);
      made.namespace.addVariable({
        browseName: 'Command',
        nodeId: 's=Device.Command',
        componentOf: device,
        dataType: 'Boolean',
        accessLevel: 'CurrentWrite',
        userAccessLevel: 'CurrentWrite',
      } as never);
    },
  });
});
afterAll(() => machine.stop());

const browse = (node?: string) =>
  opcua.browse!(contextFor(machine.endpoint, { securityPolicy: 'None' }), node) as Promise<BrowseNode[]>;
const named = (nodes: readonly BrowseNode[], name: string): BrowseNode =>
  nodes.find((one) => one.name === name) ??
  expect.fail(`no ${name} among ${nodes.map((one) => one.name).join(', ')}`);
const machineId = `nsu=${sampleNamespace};s=Machine`;
const href = (name: string) =>
  `${machine.endpoint}/?id=${encodeURIComponent(`nsu=${sampleNamespace};s=${name}`)}`;

test('from the top to the machine', async () => {
  const top = await browse();
  expect(named(top, 'Machine')).toEqual({
    id: machineId,
    name: 'Machine',
    kind: 'folder',
    hasChildren: true,
  });
  expect(named(top, 'Server')).toMatchObject({ kind: 'folder', hasChildren: true, id: 'i=2253' });
});

test('what a server says of a variable becomes its affordance', async () => {
  const nodes = await browse(machineId);
  expect(named(nodes, 'Temperature')).toEqual({
    id: `nsu=${sampleNamespace};s=Temperature`,
    name: 'Temperature',
    kind: 'property',
    hasChildren: false,
    value: 21.5,
    affordance: {
      title: 'Temperature',
      type: 'number',
      description: 'Spindle bearing',
      unit: '°C',
      minimum: -40,
      maximum: 200,
      'millrace:normal': { min: 10, max: 80 },
      observable: true,
      forms: [
        {
          href: href('Temperature'),
          contentType: 'application/octet-stream',
          op: ['readproperty', 'observeproperty', 'writeproperty'],
        },
      ],
    },
  });
  const schema = (name: string) => {
    const { forms, title, observable, ...rest } = named(nodes, name).affordance;
    return rest;
  };
  expect(schema('Bool')).toEqual({ type: 'boolean' });
  expect(schema('Running')).toEqual({
    type: 'boolean',
    oneOf: [
      { const: false, title: 'stands' },
      { const: true, title: 'runs' },
    ],
  });
  expect(schema('Mode')).toMatchObject({
    type: 'integer',
    enum: [0, 1],
    oneOf: [{ title: 'Manual' }, { title: 'Automatic' }],
  });
  expect(schema('Phase')).toMatchObject({
    type: 'integer',
    enum: [0, 7],
    oneOf: [{ const: 0, title: 'Idle' }, { const: 7 }],
  });
  expect(schema('UInt64')).toEqual({ type: 'integer' });
  expect(schema('DateTime')).toEqual({ type: 'string', format: 'date-time' });
  expect(schema('ByteString')).toEqual({ type: 'string', contentEncoding: 'base64' });
  expect(schema('Doubles')).toEqual({ type: 'array', items: { type: 'number' } });
  expect(schema('Matrix')).toEqual({ type: 'array', items: { type: 'array', items: { type: 'integer' } } });
  expect(schema('State')).toMatchObject({
    type: 'object',
    properties: {
      Program: { type: 'integer', enum: [0, 7] },
      Tool: { type: 'object', properties: { Lengths: { type: 'array' }, Changed: { format: 'date-time' } } },
      Magazine: { type: 'array', items: { type: 'object', title: 'ToolDataType' } },
    },
  });
  expect(named(nodes, 'State').value).toMatchObject({
    Program: 7,
    Magazine: [{ Name: 'T1' }, { Name: 'T2' }],
  });
  expect(named(nodes, 'UInt64').value).toBe('18446744073709551615');
  expect(named(nodes, 'Pressure').detail).toBe('historizing');
});

test('what may be read and written', async () => {
  const nodes = await browse(`nsu=${sampleNamespace};s=Device`);
  expect(named(nodes, 'SerialNumber').affordance).toMatchObject({
    type: 'string',
    readOnly: true,
    observable: true,
    forms: [{ op: ['readproperty', 'observeproperty'] }],
  });
  expect(named(nodes, 'Command').affordance).toMatchObject({
    type: 'boolean',
    writeOnly: true,
    observable: false,
    forms: [{ op: ['writeproperty'] }],
  });
});

test('a method becomes an action with its arguments and its object', async () => {
  expect(named(await browse(machineId), 'Add')).toEqual({
    id: `nsu=${sampleNamespace};s=Add`,
    name: 'Add',
    kind: 'action',
    hasChildren: false,
    affordance: {
      title: 'Add',
      'uav:componentOf': machineId,
      forms: [{ href: href('Add'), contentType: 'application/octet-stream', op: 'invokeaction' }],
      input: {
        type: 'object',
        required: ['a', 'b'],
        properties: {
          a: { type: 'integer', description: 'first' },
          b: { type: 'number', description: 'second' },
        },
      },
      output: { type: 'object', properties: { sum: { type: 'number', description: 'a + b' } } },
    },
  });
});

test('many nodes come in pages, each once', async () => {
  const seen = new Set<string>();
  let next: string | undefined = `nsu=${sampleNamespace};s=Many`;
  let pages = 0;
  while (next !== undefined) {
    const nodes = await browse(next);
    const more = nodes.find((one) => one.id.startsWith('page:'));
    for (const one of nodes) if (one !== more) seen.add(one.id);
    next = more?.id;
    pages++;
  }
  expect(seen.size).toBe(many);
  expect(pages).toBe(3);
}, 60_000);

test('a node that is not there', async () => {
  for (const id of ['nsu=urn:nowhere;s=X', `nsu=${typesNamespace};i=99`, 'rubbish', 'page:5:rubbish'])
    await expect(browse(id)).rejects.toMatchObject({ problem: { kind: 'bad-data', code: 'node-unknown' } });
});
