import { main } from './main.ts';

/** The platform without the set-up that `npm start` does first: for service managers, tests and benches on a built tree. */
process.exit(
  await main({
    argv: process.argv.slice(2),
    environment: process.env,
    cwd: process.cwd(),
    watchParent: undefined,
    say: (line) => process.stdout.write(`${line}\n`),
  }),
);
