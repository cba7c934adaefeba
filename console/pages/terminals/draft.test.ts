import type { BrowseNode } from '@millrace/contract';
import { expect, describe as group, it } from 'vitest';
import {
  describe,
  emptyDraft,
  endpointOfSettings,
  nameFaults,
  normalPlace,
  pointsMax,
  propertyName,
  sameEndpoint,
  withNodes,
} from './draft.ts';

const node = (id: string, name: string, more: Partial<BrowseNode> = {}): BrowseNode => ({
  id,
  name,
  kind: 'property',
  hasChildren: false,
  affordance: { type: 'number', forms: [{ href: `opc.tcp://host:4840/?id=${id}`, 'uav:id': id }] },
  ...more,
});

group('names of properties', () => {
  it.each([
    ['Spindle speed', 'SpindleSpeed'],
    ['ns=2;s=Oil.Temp', 'ns2SOilTemp'],
    ['主轴 转速', '主轴转速'],
    ['__proto__', '__proto__'],
    ['…', 'value'],
    ['', 'value'],
    ['x'.repeat(500), 'x'.repeat(100)],
  ])('%s', (text, name) => {
    expect(propertyName(text, new Set())).toBe(name);
  });

  it('are each given once', () => {
    expect(propertyName('Load', new Set(['Load', 'Load2']))).toBe('Load3');
  });

  it('missing and doubled ones are found', () => {
    const points = withNodes([], [node('a', 'Load'), node('b', 'Speed'), node('c', 'Power')]);
    const changed = [points[0]!, { ...points[1]!, name: 'Load' }, { ...points[2]!, name: ' ' }];
    expect([...nameFaults(changed)]).toEqual([
      ['b', 'taken'],
      ['c', 'missing'],
    ]);
  });
});

it('a node is chosen once, folders are not, and no more than the limit', () => {
  const once = withNodes([], [node('a', 'Load'), node('a', 'Load'), node('f', 'Folder', { kind: 'folder' })]);
  expect(once.map((point) => point.name)).toEqual(['Load']);
  const many = Array.from({ length: pointsMax + 5 }, (_, index) => node(`n${index}`, 'Value'));
  expect(withNodes([], many)).toHaveLength(pointsMax);
});

it('the description names its terms, place and connection, and leaves out what is empty', () => {
  const points = withNodes([], [node('a', 'Load'), node('m', 'Reset', { kind: 'action' })]);
  expect(
    describe({ ...emptyDraft({}), title: ' Press ', place: ' Works / Shop/', points }, 'c-1'),
  ).toMatchObject({
    '@context': [
      'https://www.w3.org/2022/wot/td/v1.1',
      { millrace: 'urn:millrace:vocabulary#' },
      { uav: 'http://opcfoundation.org/UA/WoT-Binding/' },
    ],
    title: 'Press',
    'millrace:place': 'Works/Shop',
    'millrace:connection': 'c-1',
    properties: { Load: { type: 'number' } },
    actions: { Reset: {} },
  });
  const bare = describe({ ...emptyDraft({}), title: 'Press', points: [] }, undefined);
  expect(Object.keys(bare)).toEqual(['@context', 'title', 'security', 'securityDefinitions', 'properties']);
});

it('addresses are written as people write them, and compared', () => {
  expect(endpointOfSettings('modbus', { host: '::1', port: 502 })).toBe('modbus+tcp://[::1]:502');
  expect(endpointOfSettings('opcua', { endpoint: 'opc.tcp://a:4840' })).toBe('opc.tcp://a:4840');
  expect(endpointOfSettings('mqtt-client', { host: 'broker', tls: true })).toBe('mqtts://broker');
  expect(sameEndpoint('opcua', { endpoint: 'opc.tcp://A:1/' }, { endpoint: 'opc.tcp://a:1' })).toBe(true);
  expect(sameEndpoint('modbus', { host: 'a', port: 1 }, { host: 'a', port: 2 })).toBe(false);
  expect(sameEndpoint('modbus', {}, {})).toBe(false);
  expect(normalPlace('/a// b /')).toBe('a/b');
});
