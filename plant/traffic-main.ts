import { packFolder, readPack } from './engine/pack.ts';
import { PackError } from './engine/shape.ts';
import { packTraffic } from './traffic.ts';

/** `node traffic-main.js PACK`: prints what a plant of this pack says on the wire, as JSON; a pack that is not one: exit code 2 and why. */
try {
  const named = process.argv[2]!;
  const pack = readPack(named.includes('/') || named.includes('\\') ? named : packFolder(named));
  process.stdout.write(`${JSON.stringify(packTraffic(pack))}\n`);
} catch (error) {
  if (!(error instanceof PackError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
