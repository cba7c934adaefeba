import { systemClock } from '@millrace/sdk';
import { NetworkAsCodeApi, NetworkAsCodeApiClient } from 'network-as-code';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestPlant } from './test-plant.ts';

/** A client nobody here has written: Nokia's Network as Code, against the server over HTTP. */
let plant: TestPlant;
let client: NetworkAsCodeApiClient;
beforeEach(async () => {
  plant = new TestPlant(systemClock);
  await plant.server.start();
  client = new NetworkAsCodeApiClient({
    baseUrl: await plant.listen(),
    apiKey: 'not-used-here',
    headers: { Authorization: 'Bearer all' },
    maxRetries: 0,
  });
});
afterEach(() => plant.stop());

const device = { phoneNumber: '+123456789', ipv4Address: { publicAddress: '203.0.113.0', publicPort: 80 } };
const wanted = {
  device,
  applicationServer: { ipv4Address: '198.51.100.7' },
  applicationServerPorts: { ports: [4840] },
  qosProfile: 'QOS_E',
  duration: 60,
};

test('Quality on Demand: created, read, extended, listed, deleted', async () => {
  const session = await client.qod.createSessionV1(wanted);
  expect(session).toMatchObject({
    qosStatus: 'AVAILABLE',
    qosProfile: 'QOS_E',
    duration: 60,
    device: { ipv4Address: device.ipv4Address },
  });
  const { sessionId } = session;
  expect(await client.qod.getSessionV1({ sessionId })).toMatchObject({ sessionId, qosStatus: 'AVAILABLE' });
  expect(await client.qod.extendSessionV1({ sessionId, requestedAdditionalDuration: 120 })).toMatchObject({
    duration: 180,
  });
  expect(await client.qod.retrieveSessionsV1({ device: { phoneNumber: '+123456789' } })).toMatchObject([
    { sessionId },
  ]);
  await client.qod.deleteSessionV1({ sessionId });
  await expect(client.qod.getSessionV1({ sessionId })).rejects.toMatchObject({ statusCode: 404 });
  expect(plant.bindings.size).toBe(0);
});

test('its errors are those it knows', async () => {
  await expect(client.qod.createSessionV1({ ...wanted, qosProfile: 'NONE' })).rejects.toBeInstanceOf(
    NetworkAsCodeApi.BadRequestError,
  );
  await client.qod.createSessionV1(wanted);
  await expect(client.qod.createSessionV1(wanted)).rejects.toMatchObject({ statusCode: 409 });
  await expect(
    client.qod.retrieveSessionsV1({ device: { networkAccessIdentifier: 'a@b' } }),
  ).rejects.toBeInstanceOf(NetworkAsCodeApi.UnprocessableEntityError);
});
