import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  coerceLocalizedText,
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  type UAVariable,
  Variant,
} from 'node-opcua';

/**
 * An OPC UA server for the bench, as a process: objects with variables that all change once a second, with that second as their source
 * time. Started with: objects, variables each. Says its endpoint to the parent, and ends with it.
 */
const [objects = 100, variables = 100] = process.argv.slice(2).map(Number);
const namespaceUri = 'urn:millrace:bench:machines';

/** A port that is free now: node-opcua takes 0 for "any" but announces 0, too. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-opcua-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const port = await freePort();
const server = new OPCUAServer({
  port,
  host: '127.0.0.1',
  alternateHostname: ['127.0.0.1'],
  resourcePath: '/',
  serverCertificateManager: new OPCUACertificateManager({
    rootFolder: folder,
    automaticallyAcceptUnknownCertificate: true,
  }),
  securityPolicies: [SecurityPolicy.None],
  securityModes: [MessageSecurityMode.None],
  allowAnonymous: true,
  buildInfo: { productName: 'machines of the bench' },
  serverCapabilities: {
    maxSessions: 10,
    maxMonitoredItems: 100_000,
    maxMonitoredItemsPerSubscription: 100_000,
    maxMonitoredItemsQueueSize: 100,
  },
});
await server.initialize();
const space = server.engine.addressSpace!;
const namespace = space.registerNamespace(namespaceUri);
const all: { variable: UAVariable; index: number }[] = [];
for (let o = 0; o < objects; o++) {
  const object = namespace.addObject({
    browseName: `Machine${o}`,
    displayName: [coerceLocalizedText(`Machine ${o}`)!],
    organizedBy: space.rootFolder.objects,
  });
  for (let v = 0; v < variables; v++) {
    all.push({
      index: o * variables + v,
      variable: namespace.addVariable({
        componentOf: object,
        nodeId: `s=M${o}.V${v}`,
        browseName: `V${v}`,
        dataType: DataType.Double,
        minimumSamplingInterval: 100,
      }),
    });
  }
}
/** Seconds in which this process came too late to change anything: not the platform's to answer for. */
const skipped: number[] = [];
let lastSecond = 0;
const change = (): void => {
  const second = Math.floor(Date.now() / 1000);
  for (let late = lastSecond + 1; lastSecond > 0 && late < second; late++) skipped.push(late);
  lastSecond = second;
  const at = new Date(second * 1000);
  for (const { variable, index } of all) {
    variable.setValueFromSource(
      new Variant({ dataType: DataType.Double, value: ((index * 31 + second) % 10_000) / 10 }),
      StatusCodes.Good,
      at,
    );
  }
  setTimeout(change, 1000 - (Date.now() % 1000));
};
change();
await server.start();
process.on('message', () => process.send?.({ skipped }));
process.on('disconnect', () => process.exit(0));
process.send?.({ endpoint: `opc.tcp://127.0.0.1:${port}`, namespaceUri });
