import { join } from 'node:path';
import type { CompiledThing } from './engine/compile.ts';
import type { Pack } from './engine/pack.ts';
import type { Address } from './engine/thing-description.ts';
import type { PlantFolder } from './plant-folder.ts';
import { choosePorts } from './ports.ts';
import type { WantedConnection } from './registration.ts';
import { openModbus } from './servers/modbus.ts';
import type { Outlet, OutletContext } from './servers/outlet.ts';

export interface OwnServersOptions extends Omit<OutletContext, 'folder'> {
  pack: Pack;
  things: readonly CompiledThing[];
  folder: PlantFolder;
  host: string;
  anyPorts: boolean;
  /** Called with each server as soon as it listens. */
  opened: (outlet: Outlet) => void;
}

/** Id under which a connection of the pack is registered. */
export function connectionId(connection: string): string {
  return `demo-${connection}`;
}

/**
 * Opens the servers that the platform connects to, Modbus first as it is there at once. Ports are kept from run to run, as they stand
 * in the descriptions.
 */
export async function openOwnServers(
  options: OwnServersOptions,
): Promise<{ addresses: Map<string, Address>; connections: WantedConnection[] }> {
  const { pack, things, folder, host, anyPorts, opened, ...context } = options;
  const servers = Object.entries(pack.connections)
    .map(([name, connection]) => ({
      name,
      connection,
      things: things.filter((thing) => thing.spec.connection === name),
    }))
    .filter(
      ({ connection, things: own }) => own.length > 0 && ['modbus', 'opcua'].includes(connection.protocol),
    )
    .sort((a, b) => a.connection.protocol.localeCompare(b.connection.protocol));
  const earlier = anyPorts ? {} : folder.ports();
  const ports = await choosePorts(
    host,
    servers.map(({ name, connection }) =>
      anyPorts
        ? { name, port: 0, ours: false }
        : { name, port: earlier[name] ?? connection.port ?? 0, ours: earlier[name] !== undefined },
    ),
  );
  if (!anyPorts) folder.setPorts({ ...folder.ports(), ...ports });
  const addresses = new Map(servers.map(({ name }) => [name, { host, port: ports[name]! }]));
  const connections: WantedConnection[] = [];
  for (const { name, connection, things: own } of servers) {
    const port = ports[name]!;
    const wanted = { id: connectionId(name), protocol: connection.protocol, title: connection.titles.en };
    if (connection.protocol === 'modbus') {
      opened(await openModbus({ ...context, folder: folder.path, things: own, host, port }));
      connections.push({ ...wanted, settings: { host, port } });
      continue;
    }
    // Asked for only here: the library weighs 90 MB, which a simulation need not carry.
    const { openOpcua } = await import('./servers/opcua.ts');
    const outlet = await openOpcua({
      ...context,
      folder: join(folder.path, 'opcua'),
      connection: name,
      things: own,
      host,
      port,
    });
    opened(outlet);
    connections.push({
      ...wanted,
      settings: {
        endpoint: `opc.tcp://${host}:${port}`,
        securityPolicy: 'Basic256Sha256',
        securityMode: 'SignAndEncrypt',
        serverCertificate: 'ask',
        trustedThumbprint: outlet.thumbprint,
      },
    });
  }
  return { addresses, connections };
}
