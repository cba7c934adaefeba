// npm run build: everything npm start would build, and nothing started.
// @ts-check
import { prepare, SetupError } from './tools/setup/setup.js';

const quiet = process.argv.includes('--quiet');
try {
  await prepare({ say: (line) => quiet || process.stdout.write(`${line}\n`) });
} catch (error) {
  process.stderr.write(
    `${error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}
