import { type AddressInfo, createServer, type Server } from 'node:net';

const waitMilliseconds = 400;
const waitsMax = 6;

export interface PortWish {
  name: string;
  /** 0: any. */
  port: number;
  /** The port was ours in an earlier run, so a predecessor may still be letting go of it: waited for a little. */
  ours: boolean;
}

/** Ports to listen on: the wished ones where they are free, else any, no two the same. */
export async function choosePorts(
  host: string,
  wishes: readonly PortWish[],
): Promise<Record<string, number>> {
  const held: Server[] = [];
  const take = async (port: number): Promise<number | undefined> => {
    const server = await listen(host, port);
    if (server === undefined) return undefined;
    held.push(server);
    return (server.address() as AddressInfo).port;
  };
  try {
    const chosen = await Promise.all(
      wishes.map(async ({ name, port, ours }) => {
        for (let wait = 0; port !== 0; wait++) {
          const taken = await take(port);
          if (taken !== undefined) return [name, taken] as const;
          if (!ours || wait >= waitsMax) break;
          await new Promise((resolve) => setTimeout(resolve, waitMilliseconds));
        }
        const any = await take(0);
        if (any === undefined) throw new Error(`no port on ${host} can be listened on`);
        return [name, any] as const;
      }),
    );
    return Object.fromEntries(chosen);
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function listen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => resolve(server));
  });
}
