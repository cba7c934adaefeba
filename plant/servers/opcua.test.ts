import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@millrace/sdk';
import {
  AttributeIds,
  type ClientSession,
  ClientSubscription,
  DataType,
  type DataValue,
  type HistoryReadResult,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
  Variant,
} from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { History } from '../engine/history.ts';
import { Model } from '../engine/model.ts';
import { packFolder, readPack } from '../engine/pack.ts';
import { opcuaNamespace } from '../engine/thing-description.ts';
import { choosePorts } from '../ports.ts';
import { quietPack } from '../testing/quiet-pack.ts';
import { type OpcuaOutlet, openOpcua } from './opcua.ts';

const host = '127.0.0.1';
const pack = quietPack(readPack(packFolder('machining-shop')));
const start = Math.floor(Date.now() / 1000) * 1e6 - 7200 * 1e6;
const model = new Model(pack, 1, start);
const history = new History(model);
const folder = mkdtempSync(join(tmpdir(), 'millrace-plant-'));
let outlet: OpcuaOutlet;
let endpoint: string;
let client: OPCUAClient;
let session: ClientSession;
let index: number;

const node = (name: string): string => `ns=${index};s=CNC-2.${name}`;
const read = (name: string): Promise<DataValue> =>
  session.read({ nodeId: node(name), attributeId: AttributeIds.Value });

function step(seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    model.step(1, (signals) => {
      history.record(signals);
      outlet?.seen(signals);
    });
    outlet?.stepped?.([]);
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

beforeAll(async () => {
  step(5400);
  const { machine } = await choosePorts(host, [{ name: 'machine', port: 0, ours: false }]);
  outlet = await openOpcua({
    model,
    history,
    folder: join(folder, 'opcua'),
    log: silentLog,
    connection: 'cnc-2',
    things: [model.thing('cnc-2')!],
    host,
    port: machine!,
  });
  endpoint = `opc.tcp://${host}:${machine}`;
  client = OPCUAClient.create({
    endpointMustExist: false,
    securityMode: MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy.Basic256Sha256,
    connectionStrategy: { initialDelay: 100, maxDelay: 500, maxRetry: 100 },
  });
  await client.connect(endpoint);
  session = await client.createSession();
  index = (await session.readNamespaceArray()).indexOf(opcuaNamespace);
});

afterAll(async () => {
  await session?.close().catch(() => {});
  await client?.disconnect().catch(() => {});
  await outlet?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a machine as an OPC UA server', () => {
  it('offers secured endpoints, and one without security', async () => {
    const endpoints = await client.getEndpoints();
    const offered = endpoints.map(
      (each) => `${each.securityPolicyUri?.split('#')[1]}/${MessageSecurityMode[each.securityMode]}`,
    );
    expect(offered).toEqual(
      expect.arrayContaining([
        'Basic256Sha256/SignAndEncrypt',
        'Aes128_Sha256_RsaOaep/SignAndEncrypt',
        'Aes256_Sha256_RsaPss/Sign',
        'None/None',
      ]),
    );
    expect(outlet.thumbprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('shows folders, units and ranges', async () => {
    const browsed = await session.browse(`ns=${index};s=CNC-2`);
    expect(browsed.references?.map((each) => each.browseName.name)).toEqual(
      expect.arrayContaining([
        'Identification',
        'Status',
        'Spindle',
        'Axes',
        'Tools',
        'Order',
        'Counters',
        'Methods',
      ]),
    );
    const properties = await session.browse({
      nodeId: node('Spindle.spindleTemperature'),
      referenceTypeId: 'HasProperty',
      resultMask: 63,
    });
    const values = await Promise.all(
      ['EngineeringUnits', 'EURange'].map((name) =>
        session.read({
          nodeId: properties.references!.find((each) => each.browseName.name === name)!.nodeId,
          attributeId: AttributeIds.Value,
        }),
      ),
    );
    expect(values[0]?.value.value.displayName.text).toBe('°C');
    expect(values[1]?.value.value).toMatchObject({ low: -20, high: 150 });
  });

  it('gives numbers, texts, truth, an array and a structure', async () => {
    step(5);
    expect((await read('Spindle.spindleTemperature')).value.value).toBeCloseTo(
      model.variable('cnc-2', 'spindleTemperature'),
      1,
    );
    expect((await read('Status.state')).value).toMatchObject({ dataType: DataType.String });
    expect((await read('Status.doorClosed')).value.dataType).toBe(DataType.Boolean);
    expect((await read('Order.order')).value.value).toMatch(/^MO-\d{6}$/);
    expect((await read('Counters.pieces')).value.value).toBe(model.variable('cnc-2', 'pieces'));
    expect([...(await read('Tools.toolLife')).value.value]).toHaveLength(3);
    const piece = (await read('Order.lastPiece')).value.value;
    expect(piece).toMatchObject({
      order: expect.stringMatching(/^MO-/),
      good: expect.any(Boolean),
      deviation: expect.any(Number),
      number: model.variable('cnc-2', 'pieces') + model.variable('cnc-2', 'scrap'),
    });
    const value = await read('Spindle.bearingTemperature');
    expect(value.sourceTimestamp!.getTime()).toBeLessThanOrEqual(model.time / 1000);
    expect(value.sourceTimestamp!.getTime()).toBeGreaterThan(model.time / 1000 - 600_000);
  });

  it('reports by subscription, with the quality of a broken probe', async () => {
    const subscription = ClientSubscription.create(session, {
      requestedPublishingInterval: 50,
      requestedMaxKeepAliveCount: 20,
      requestedLifetimeCount: 1000,
      maxNotificationsPerPublish: 1000,
      publishingEnabled: true,
      priority: 1,
    });
    const seen: DataValue[] = [];
    const item = await subscription.monitor(
      { nodeId: node('Spindle.spindleTemperature'), attributeId: AttributeIds.Value },
      { samplingInterval: 0, queueSize: 100, discardOldest: true },
      TimestampsToReturn.Both,
    );
    item.on('changed', (value) => seen.push(value));
    await until(() => seen.length > 0, 'the first value');
    model.causeFault('cnc-2', 'temperatureProbeDead');
    step(2);
    await until(() => seen.some((value) => value.statusCode.name === 'BadSensorFailure'), 'bad quality');
    model.clearFault('cnc-2', 'temperatureProbeDead');
    step(2);
    await until(() => seen.at(-1)!.statusCode.name === 'Good', 'good quality again');
    await subscription.terminate();
  });

  it('reads history back', async () => {
    const from = new Date(model.time / 1000 - 3_600_000);
    const to = new Date(model.time / 1000);
    const result = (await session.readHistoryValue(
      node('Spindle.spindleLoad'),
      from,
      to,
    )) as HistoryReadResult;
    const values = (result.historyData as unknown as { dataValues: DataValue[] }).dataValues;
    expect(values.length).toBeGreaterThan(100);
    const times = values.map((value) => value.sourceTimestamp!.getTime());
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(times[0]).toBeGreaterThanOrEqual(from.getTime());
    expect(times.at(-1)).toBeLessThanOrEqual(to.getTime());
  });

  it('takes a write and a method call, and refuses what is out of range', async () => {
    const write = async (value: number): Promise<string> =>
      (
        await session.write({
          nodeId: node('Axes.feedOverride'),
          attributeId: AttributeIds.Value,
          value: { value: new Variant({ dataType: DataType.Int32, value }) },
        })
      ).name;
    expect(await write(70)).toBe('Good');
    expect(model.variable('cnc-2', 'feedOverride')).toBe(70);
    expect((await read('Axes.feedOverride')).value.value).toBe(70);
    expect(await write(400)).not.toBe('Good');
    const call = async (method: string, value?: number): Promise<string> =>
      (
        await session.call({
          objectId: node('Methods'),
          methodId: node(`Methods.${method}`),
          inputArguments: value === undefined ? [] : [new Variant({ dataType: DataType.Double, value })],
        })
      ).statusCode.name;
    expect(await call('setFeedOverride', 100)).toBe('Good');
    expect(model.variable('cnc-2', 'feedOverride')).toBe(100);
    expect(await call('setFeedOverride', 1000)).toBe('BadInvalidState');
    expect(await call('reset')).toBe('BadInvalidState');
    expect(
      (
        await session.write({
          nodeId: node('Spindle.spindleSpeed'),
          attributeId: AttributeIds.Value,
          value: { value: new Variant({ dataType: DataType.Double, value: 1 }) },
        })
      ).name,
    ).not.toBe('Good');
  });

  it('drops off the network and comes back with the history of the time between', async () => {
    let lost = false;
    let back = false;
    client.on('connection_lost', () => {
      lost = true;
    });
    client.on('connection_reestablished', () => {
      back = true;
    });
    model.causeFault('cnc-2', 'networkLoss');
    step(1);
    await until(() => lost, 'the loss of the connection');
    const from = new Date(model.time / 1000);
    step(60);
    model.clearFault('cnc-2', 'networkLoss');
    step(1);
    await until(() => back, 'the return of the connection');
    const result = (await session.readHistoryValue(
      node('Spindle.vibration'),
      from,
      new Date(model.time / 1000),
    )) as HistoryReadResult;
    expect((result.historyData as unknown as { dataValues: DataValue[] }).dataValues.length).toBeGreaterThan(
      10,
    );
  });
});
