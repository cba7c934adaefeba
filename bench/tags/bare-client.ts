import { connect } from 'node:net';
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  ClientSubscription,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
} from 'node-opcua';

/**
 * The bare parts, as a process: node-opcua's client with every item subscribed, and raw reads of every register each second. Takes the
 * values and does nothing with them: what the platform's collecting cannot be cheaper than. Started with one JSON argument.
 */
interface Plan {
  ports: number[];
  units: number;
  registers: number;
  endpoint: string;
  objects: number;
  variables: number;
}
const plan = JSON.parse(process.argv[2] ?? '{}') as Plan;
let values = 0;

function poll(port: number): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let transaction = 0;
  socket.on('error', () => process.exit(1));
  socket.on('data', (chunk: Buffer) => {
    // Each reply has the same length.
    values += (chunk.length / (9 + plan.registers * 2)) * plan.registers;
  });
  const ask = (): void => {
    const requests = Buffer.alloc(12 * plan.units);
    for (let unit = 1; unit <= plan.units; unit++) {
      const at = (unit - 1) * 12;
      requests.writeUInt16BE(++transaction & 0xffff, at);
      requests.writeUInt16BE(6, at + 4);
      requests[at + 6] = unit;
      requests[at + 7] = 3;
      requests.writeUInt16BE(plan.registers, at + 10);
    }
    socket.write(requests);
  };
  socket.once('connect', () => setInterval(ask, 1000));
}

async function subscribe(): Promise<void> {
  const client = OPCUAClient.create({
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
    endpointMustExist: false,
  });
  await client.connect(plan.endpoint);
  const session = await client.createSession();
  const namespaces = await session.readNamespaceArray();
  const index = namespaces.indexOf('urn:millrace:bench:machines');
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: 500,
    requestedLifetimeCount: 1000,
    requestedMaxKeepAliveCount: 20,
    maxNotificationsPerPublish: 20_000,
    publishingEnabled: true,
    priority: 1,
  });
  for (let o = 0; o < plan.objects; o++) {
    const group = ClientMonitoredItemGroup.create(
      subscription,
      Array.from({ length: plan.variables }, (_, v) => ({
        nodeId: `ns=${index};s=M${o}.V${v}`,
        attributeId: AttributeIds.Value,
      })),
      { samplingInterval: 500, queueSize: 10, discardOldest: true },
      TimestampsToReturn.Both,
    );
    group.on('changed', () => {
      values++;
    });
  }
}

for (const port of plan.ports) poll(port);
await subscribe();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ values, processorSeconds: (user + system) / 1e6 });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
