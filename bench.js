// npm run bench -- <name>: builds what is missing, then measures.
// @ts-check
import { prepare, SetupError } from './tools/setup/setup.js';

try {
  await prepare({ say: (line) => process.stderr.write(`${line}\n`) });
} catch (error) {
  process.stderr.write(
    `${error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}
const { main } = await import('./bench/dist/index.js');
process.exit(await main(process.argv.slice(2)));
