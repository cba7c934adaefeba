import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { helpText, readCommand, StartError } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (argv: string[], environment: NodeJS.ProcessEnv = {}) => readCommand(argv, environment, folder);
const config = (argv: string[], environment: NodeJS.ProcessEnv = {}) => {
  const command = read(argv, environment);
  if (command.do !== 'start') throw new Error(command.do);
  return command.config;
};

test('defaults', () => {
  expect(config([])).toMatchObject({
    data: join(folder, 'data'),
    host: '127.0.0.1',
    http: 8080,
    mqtt: 1883,
    plant: true,
    https: false,
  });
});

test('the command line wins over the environment, the environment over the settings file', () => {
  const file = join(folder, 'one.toml');
  writeFileSync(file, 'http = 1\nmqtt = 2\nplant = false\nhost = "::1"\n');
  expect(
    config(['--settings', file, '--http', '3'], { MILLRACE_HTTP: '4', MILLRACE_MQTT: '5' }),
  ).toMatchObject({ http: 3, mqtt: 5, plant: false, host: '::1' });
  expect(config(['--no-plant'], { MILLRACE_PLANT: 'true' }).plant).toBe(false);
});

test.each([
  [['--htpp', '80'], '--htpp; did you mean --http?'],
  [['--http', 'eighty'], '--http must be a number'],
  [['--http', '70000'], '"http" must be at most 65535'],
  [['--certificate', 'x.pem'], 'go together'],
  [['begin'], 'no command "begin"'],
  [['restore'], 'one backup'],
  [['reset-password'], 'name of one person'],
  [['reset-password', 'a', 'b'], 'name of one person'],
  [['start', 'now'], '"now"'],
  [['--settings', 'absent.toml'], 'cannot be read'],
])('%j is refused in its own words', (argv, words) => {
  expect(() => read(argv)).toThrow(StartError);
  expect(() => read(argv)).toThrow(words);
});

test.each([
  ['htttp = 80', 'did you mean "http"?'],
  ['http = "80"', '"http" must be a number'],
  ['http = ', 'not TOML'],
  ['[http]\nport = 80', 'table or list at "http"'],
  ['host = 7', '"host" must be text'],
])('settings file %j is refused in its own words', (text, words) => {
  const file = join(folder, 'wrong.toml');
  writeFileSync(file, text);
  expect(() => read(['--settings', file])).toThrow(words);
});

test('every option is in --help', () => {
  expect(read(['--help'])).toEqual({ do: 'help' });
  for (const option of [
    '--data',
    '--host',
    '--http',
    '--mqtt',
    '--https',
    '--no-plant',
    '--settings',
    'MILLRACE_DATA',
    'MILLRACE_ADMIN_PASSWORD',
  ])
    expect(helpText()).toContain(option);
});
