#!/usr/bin/env node
// npm start: installs and builds what is missing, then runs the platform in this very process.
// @ts-check
import { prepare, SetupError } from './tools/setup/setup.js';

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
try {
  await prepare({ say });
} catch (error) {
  process.stderr.write(
    `${error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}
const { main } = await import('./server/dist/index.js');
const code = await main({
  argv: process.argv.slice(2),
  environment: process.env,
  cwd: process.env.INIT_CWD ?? process.cwd(),
  // Started by npm, the platform ends with it; started by hand or by a service manager, it has no such parent to watch.
  watchParent: process.env.npm_lifecycle_event === undefined ? undefined : process.ppid,
  say,
});
process.exit(code);
