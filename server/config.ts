import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SettingFields, SettingValue } from '@millrace/contract';
import { checkSettings, nearest } from '@millrace/sdk';
import { parse as parseToml } from 'smol-toml';

/** A start that cannot go on for a reason a person can mend: one sentence, exit code 2. */
export class StartError extends Error {}

interface Declared {
  flag: string;
  /** What stands behind the flag in `--help`. */
  argument?: string;
  environment: string;
}

/** The platform's settings at start: each declared once; command line, environment, settings file and `--help` come from here. */
export const fields = {
  data: {
    kind: 'text',
    default: 'data',
    title: { en: 'Data folder', zh: '数据目录' },
    help: { en: 'folder that holds all data', zh: '存放全部数据的目录' },
  },
  host: {
    kind: 'text',
    default: '127.0.0.1',
    title: { en: 'Address', zh: '监听地址' },
    help: {
      en: 'address to bind, HTTP and MQTT; 0.0.0.0 opens the platform to the network',
      zh: 'HTTP 与 MQTT 绑定的地址；0.0.0.0 表示对网络开放',
    },
  },
  http: {
    kind: 'number',
    default: 8080,
    min: 0,
    max: 65_535,
    integer: true,
    title: { en: 'HTTP port', zh: 'HTTP 端口' },
    help: { en: 'port of console and API (0: a free one)', zh: '控制台与 API 的端口（0 表示任选空闲端口）' },
  },
  mqtt: {
    kind: 'number',
    default: 1883,
    min: 0,
    max: 65_535,
    integer: true,
    title: { en: 'MQTT port', zh: 'MQTT 端口' },
    help: { en: 'port of the MQTT listener (0: a free one)', zh: 'MQTT 监听端口（0 表示任选空闲端口）' },
  },
  mqtts: {
    kind: 'number',
    default: 8883,
    min: 0,
    max: 65_535,
    integer: true,
    title: { en: 'MQTT TLS port', zh: 'MQTT TLS 端口' },
    help: {
      en: 'port of MQTT over TLS, open when a certificate is used (0: a free one)',
      zh: '启用证书时 MQTT over TLS 的端口（0 表示任选空闲端口）',
    },
  },
  stamp: {
    kind: 'number',
    default: 862,
    min: 0,
    max: 65_535,
    integer: true,
    title: { en: 'STAMP port', zh: 'STAMP 端口' },
    help: {
      en: 'UDP port of the STAMP reflector (RFC 8762) that answers probes of the plant’s own network; 8620 where this user may not open 862; 0: none',
      zh: 'STAMP 反射器（RFC 8762）的 UDP 端口，应答本厂网络的探测；无权打开 862 时用 8620；0 表示不启用',
    },
  },
  https: {
    kind: 'toggle',
    default: false,
    title: { en: 'HTTPS', zh: 'HTTPS' },
    help: {
      en: 'serve HTTPS and MQTT TLS, with a certificate of an authority of its own unless one is given',
      zh: '启用 HTTPS 与 MQTT TLS；未提供证书时使用自建证书机构签发的证书',
    },
  },
  certificate: {
    kind: 'text',
    title: { en: 'Certificate', zh: '证书' },
    help: { en: 'PEM file with the certificate chain to serve', zh: '证书链 PEM 文件' },
  },
  key: {
    kind: 'text',
    title: { en: 'Private key', zh: '私钥' },
    help: { en: 'PEM file with the certificate’s private key', zh: '证书私钥 PEM 文件' },
  },
  plant: {
    kind: 'toggle',
    default: true,
    title: { en: 'Demo plant', zh: '演示工厂' },
    help: { en: 'start the demo plant too', zh: '同时启动演示工厂' },
  },
} as const satisfies SettingFields;

const declared: Record<keyof typeof fields, Declared> = {
  data: { flag: 'data', argument: 'DIR', environment: 'MILLRACE_DATA' },
  host: { flag: 'host', argument: 'ADDRESS', environment: 'MILLRACE_HOST' },
  http: { flag: 'http', argument: 'PORT', environment: 'MILLRACE_HTTP' },
  mqtt: { flag: 'mqtt', argument: 'PORT', environment: 'MILLRACE_MQTT' },
  mqtts: { flag: 'mqtts', argument: 'PORT', environment: 'MILLRACE_MQTTS' },
  stamp: { flag: 'stamp', argument: 'PORT', environment: 'MILLRACE_STAMP' },
  https: { flag: 'https', environment: 'MILLRACE_HTTPS' },
  certificate: { flag: 'certificate', argument: 'FILE', environment: 'MILLRACE_CERTIFICATE' },
  key: { flag: 'key', argument: 'FILE', environment: 'MILLRACE_KEY' },
  plant: { flag: 'no-plant', environment: 'MILLRACE_PLANT' },
};

export interface Config {
  data: string;
  host: string;
  http: number;
  mqtt: number;
  mqtts: number;
  stamp: number;
  https: boolean;
  certificate: string | undefined;
  key: string | undefined;
  plant: boolean;
  adminPassword: string | undefined;
}

export type Command =
  | { do: 'help' }
  | { do: 'version' }
  | { do: 'start'; config: Config }
  | { do: 'plan'; argv: readonly string[] }
  | { do: 'restore'; backup: string; config: Config }
  | { do: 'reset-password'; user: string; config: Config };

const settingsFileName = 'millrace.toml';

/**
 * Reads what is wanted from, in falling order of precedence, the command line, the environment and the settings file. Throws
 * StartError that names what is wrong in the words it was given in.
 */
export function readCommand(argv: readonly string[], environment: NodeJS.ProcessEnv, cwd: string): Command {
  // Sizing on paper has options of its own, and needs nothing of the platform.
  if (argv[0] === 'plan') return { do: 'plan', argv: argv.slice(1) };
  const flags: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean' },
    settings: { type: 'string' },
  };
  for (const { flag, argument } of Object.values(declared))
    flags[flag] = { type: argument === undefined ? 'boolean' : 'string' };
  let values: Record<string, string | boolean | undefined>;
  let positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...argv],
      options: flags,
      allowPositionals: true,
      strict: true,
    }) as {
      values: Record<string, string | boolean | undefined>;
      positionals: string[];
    });
  } catch (error) {
    const unknown = /Unknown option '--?([^']*)'/.exec((error as Error).message)?.[1];
    const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(flags));
    throw new StartError(
      unknown === undefined
        ? `${(error as Error).message} (see --help)`
        : `There is no option --${unknown}${near === undefined ? '' : `; did you mean --${near}?`} (see --help)`,
    );
  }
  if (values['help'] === true) return { do: 'help' };
  if (values['version'] === true) return { do: 'version' };

  const settings: Record<string, SettingValue> = {};
  const file = (values['settings'] as string | undefined) ?? environment['MILLRACE_SETTINGS'];
  const path = resolve(cwd, file ?? settingsFileName);
  if (file !== undefined || existsSync(path)) Object.assign(settings, readSettingsFile(path));
  for (const [name, { environment: variable }] of Object.entries(declared)) {
    const text = environment[variable];
    if (text !== undefined && text !== '')
      settings[name] = convert(name as keyof typeof fields, text, variable);
  }
  for (const [name, { flag, argument }] of Object.entries(declared)) {
    const value = values[flag];
    if (value === undefined) continue;
    settings[name] =
      argument === undefined
        ? flag !== 'no-plant'
        : convert(name as keyof typeof fields, value as string, `--${flag}`);
  }
  const { settings: checked, problems } = checkSettings(fields, settings);
  const [problem] = problems;
  if (problem !== undefined) throw new StartError(`${problem.message.en}.`);
  if ((checked['certificate'] === undefined) !== (checked['key'] === undefined)) {
    throw new StartError('"certificate" and "key" go together: give both or neither.');
  }
  const config: Config = {
    ...(checked as Omit<Config, 'adminPassword'>),
    data: resolve(cwd, checked['data'] as string),
    https: checked['https'] === true || checked['certificate'] !== undefined,
    certificate:
      checked['certificate'] === undefined ? undefined : resolve(cwd, checked['certificate'] as string),
    key: checked['key'] === undefined ? undefined : resolve(cwd, checked['key'] as string),
    adminPassword: environment['MILLRACE_ADMIN_PASSWORD'] || undefined,
  };
  const [command, ...rest] = positionals;
  if (command === undefined || command === 'start') {
    if (rest.length > 0) throw new StartError(`"${rest[0]}" is not understood here (see --help).`);
    return { do: 'start', config };
  }
  if (command === 'restore') {
    if (rest.length !== 1)
      throw new StartError('restore takes the folder of one backup: restore BACKUP --data DIR.');
    return { do: 'restore', backup: resolve(cwd, rest[0]!), config };
  }
  if (command === 'reset-password') {
    if (rest.length !== 1)
      throw new StartError('reset-password takes the name of one person: reset-password NAME --data DIR.');
    return { do: 'reset-password', user: rest[0]!, config };
  }
  throw new StartError(
    `There is no command "${command}"; there are start, restore, reset-password and plan (see --help).`,
  );
}

function readSettingsFile(path: string): Record<string, SettingValue> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartError(`The settings file ${path} cannot be read: ${(error as Error).message}.`);
  }
  let parsed: Record<string, unknown>;
  try {
    parsed = parseToml(text);
  } catch (error) {
    const where = error as { line?: number; column?: number; message: string };
    throw new StartError(
      `The settings file ${path} is not TOML: ${where.message.split('\n')[0]}${where.line === undefined ? '' : ` (line ${where.line})`}.`,
    );
  }
  for (const [name, value] of Object.entries(parsed)) {
    if (!Object.hasOwn(fields, name)) {
      const near = nearest(name, Object.keys(fields));
      throw new StartError(
        `The settings file ${path} has "${name}", which is no setting${near === undefined ? '' : `; did you mean "${near}"?`}`,
      );
    }
    if (typeof value === 'object')
      throw new StartError(
        `The settings file ${path} has a table or list at "${name}"; a single value belongs there.`,
      );
  }
  return parsed as Record<string, SettingValue>;
}

function convert(name: keyof typeof fields, text: string, where: string): SettingValue {
  const { kind } = fields[name];
  if (kind === 'number') {
    if (!/^-?\d+$/.test(text.trim()))
      throw new StartError(`${where} must be a number, not "${text.slice(0, 60)}".`);
    return Number(text);
  }
  if (kind === 'toggle') {
    if (/^(1|true|yes|on)$/i.test(text)) return true;
    if (/^(0|false|no|off)$/i.test(text)) return false;
    throw new StartError(`${where} must be true or false, not "${text.slice(0, 60)}".`);
  }
  return text;
}

export function helpText(): string {
  const rows: [string, string][] = [];
  for (const [name, { flag, argument, environment }] of Object.entries(declared)) {
    const field = fields[name as keyof typeof fields];
    const given =
      'default' in field && name !== 'plant' && field.default !== false ? ` [${String(field.default)}]` : '';
    const help = name === 'plant' ? 'start without the demo plant' : field.help.en;
    rows.push([
      `  --${flag}${argument === undefined ? '' : ` ${argument}`}`,
      `${help}${given}  (${environment})`,
    ]);
  }
  rows.push([
    '  --settings FILE',
    `settings file, TOML, names as above without dashes (plant = false)  [${settingsFileName} if there]  (MILLRACE_SETTINGS)`,
  ]);
  rows.push(['  --help', 'this text'], ['  --version', 'version']);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return `Millrace – connects the plant, proves its network, keeps its data, runs it.

  npm start -- [options]                      start platform, demo plant and console
  npm start -- restore BACKUP --data DIR      fill an empty data folder from a backup
  npm start -- reset-password NAME --data DIR give a person a new password, shown once, and remove their second factor (stopped platform)
  npm start -- plan PACK --machines N         size a private 5G network for an industry pack, on paper (plan --help)

${rows.map(([left, right]) => left.padEnd(width) + right).join('\n')}

The command line wins over the environment, the environment over the settings file.
MILLRACE_ADMIN_PASSWORD sets the administrator's password; without it the first start makes one up and shows it once.
`;
}
