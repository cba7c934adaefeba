import type { ThingDescription } from '@millrace/contract';
import { TestContext } from '@millrace/sdk/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { opcua } from './opcua.ts';
import { type Machine, sampleNamespace, startSample, testFolder } from './sample-server.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startSample();
});
afterAll(() => machine.stop());

const describe = (endpoint: string, types: Record<string, string | undefined>): ThingDescription =>
  ({
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id: 'urn:test:machine',
    title: 'Machine',
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    properties: Object.fromEntries(
      Object.entries(types).map(([name, type]) => [
        name,
        {
          ...(type === undefined ? {} : { type }),
          forms: [{ href: `${endpoint}/?id=${encodeURIComponent(`nsu=${sampleNamespace};s=${name}`)}` }],
        },
      ]),
    ),
  }) as ThingDescription;

test('test', async () => {
  const context = new TestContext(opcua, { settings: { endpoint: machine.endpoint }, folder: testFolder() });
  const report = await opcua.test(context);
  expect(report.ok).toBe(true);
});

test('browse', async () => {
  const context = new TestContext(opcua, {
    settings: { endpoint: machine.endpoint, serverCertificate: 'any' },
    folder: testFolder(),
  });
  const nodes = await opcua.browse!(context, `nsu=${sampleNamespace};s=Machine`);
  expect(nodes.length).toBeGreaterThan(20);
});

test('open', async () => {
  const context = new TestContext(opcua, {
    settings: { endpoint: machine.endpoint, serverCertificate: 'any', publishingMilliseconds: 50 },
    folder: testFolder(),
    things: [
      describe(machine.endpoint, {
        Temperature: 'number',
        Bool: 'boolean',
        Int64: 'integer',
        UInt64: 'integer',
        String: 'string',
        DateTime: 'string',
        Doubles: 'array',
        Matrix: 'array',
        State: 'object',
        Phase: 'integer',
        Missing: 'number',
        LocalizedText: 'string',
        Guid: 'string',
        ByteString: 'string',
        NodeId: 'string',
      }),
    ],
  });
  const session = await opcua.open(context);
  await context.until(
    () => context.samples.some((s) => s.property === 'State') && context.samples.length >= 15,
    'samples',
  );
  await session.close();
});
