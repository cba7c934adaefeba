import { createServer } from 'node:net';

const waitMilliseconds = 400;
const waitsMax = 6;

/**
 * A port to listen on: the wished one if it is free, else any. `ours`: the wished port was ours in an earlier run, so a
 * predecessor may still be letting go of it; then it is waited for a little.
 */
export async function choosePort(host: string, wished: number, ours: boolean): Promise<number> {
  for (let wait = 0; wished !== 0; wait++) {
    const port = await tryPort(host, wished);
    if (port !== undefined) return port;
    if (!ours || wait >= waitsMax) break;
    await new Promise((resolve) => setTimeout(resolve, waitMilliseconds));
  }
  const port = await tryPort(host, 0);
  if (port === undefined) throw new Error(`no port on ${host} can be listened on`);
  return port;
}

function tryPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      const chosen = address !== null && typeof address === 'object' ? address.port : undefined;
      server.close(() => resolve(chosen));
    });
  });
}
