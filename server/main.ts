import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '@millrace/sdk';
import { appDemos } from './apps.ts';
import { helpText, readCommand, StartError } from './config.ts';
import { prepareDataFolder } from './data-folder.ts';
import { InstanceLock } from './instance-lock.ts';
import { plan } from './plan.ts';
import { PlantProcess } from './plant-process.ts';
import { type Platform, startPlatform } from './platform.ts';
import { resetPassword } from './reset-password.ts';
import { restore } from './restore.ts';

/** The whole tree is gone within this long after it was told to stop. */
const stopMillisecondsMax = 15_000;
const parentCheckMilliseconds = 500;

export interface MainOptions {
  argv: readonly string[];
  environment: NodeJS.ProcessEnv;
  cwd: string;
  /** Process id of the parent whose death ends the platform; undefined: none is watched. */
  watchParent: number | undefined;
  /** A line for the person at the terminal. */
  say(line: string): void;
}

/** Reads what is wanted, does it, and stays until told to stop. Returns the exit code; 2 is a start that a person can mend. */
export async function main(options: MainOptions): Promise<number> {
  const { say } = options;
  try {
    const command = readCommand(options.argv, options.environment, options.cwd);
    // It is read: the processes that are started from here on need not carry it about.
    delete options.environment['MILLRACE_ADMIN_PASSWORD'];
    if (command.do === 'help') {
      say(helpText());
      return 0;
    }
    if (command.do === 'version') {
      say(version());
      return 0;
    }
    if (command.do === 'plan') {
      await plan(command.argv, say);
      return 0;
    }
    prepareDataFolder(command.config.data, version());
    const lock = await InstanceLock.take(command.config.data);
    try {
      if (command.do === 'restore') {
        await restore(command.backup, command.config.data, say);
        return 0;
      }
      if (command.do === 'reset-password') {
        const { data, adminPassword } = command.config;
        await resetPassword(command.user, data, adminPassword, say);
        return 0;
      }
      return await run(command.config, lock, options);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function run(
  config: Parameters<typeof startPlatform>[0],
  lock: InstanceLock,
  options: MainOptions,
): Promise<number> {
  const { say } = options;
  const log = createLog('server');
  let stopWanted: (why: string) => void = () => {};
  const toldToStop = new Promise<string>((resolve) => {
    stopWanted = resolve;
  });
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A second Ctrl-C does not wait any longer.
      if (stopping && signal === 'SIGINT') process.exit(130);
      stopWanted(signal);
    });
  }
  if (process.connected) process.on('disconnect', () => stopWanted('the parent is gone'));
  const parentGone = options.watchParent === undefined ? undefined : parentWatch(options.watchParent);
  const watching =
    parentGone === undefined
      ? undefined
      : setInterval(() => parentGone() && stopWanted('the parent is gone'), parentCheckMilliseconds);

  const starting = startPlatform(config, version(), (what) => say(`  … ${what}`));
  const first = await Promise.race([starting, toldToStop]);
  let platform: Platform | undefined;
  let plant: PlantProcess | undefined;
  let why: string;
  if (typeof first === 'string') {
    why = first;
    stopping = true;
    lock.stopping();
    platform = await starting.catch(() => undefined);
  } else {
    platform = first;
    announce(platform, config, say);
    if (config.plant) {
      plant = new PlantProcess({
        serverUrl: platform.url,
        mqtt: {
          host: config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host,
          port: platform.mqttPort,
        },
        folder: join(config.data, 'plant'),
        token: platform.issueToken,
        apps: await appDemos(),
        authority: config.https ? (platform.authorityFile ?? 'given') : undefined,
        log: createLog('plant'),
      });
      void plant.start().then((outcome) => {
        if (stopping) return;
        say(
          'failed' in outcome
            ? `  The demo plant did not start: ${outcome.failed}`
            : `  The demo plant runs: ${outcome.things} things.`,
        );
      });
    }
    process.send?.({ type: 'ready', url: platform.url, mqttPort: platform.mqttPort });
    why = await toldToStop;
    stopping = true;
    lock.stopping();
  }
  say(`  … stopping (${why})`);
  clearInterval(watching);
  const late = setTimeout(() => {
    log.error('stopping took too long; what was acknowledged is stored');
    process.exit(1);
  }, stopMillisecondsMax);
  await plant?.stop();
  await platform?.stop();
  clearTimeout(late);
  return 0;
}

/**
 * Tells whether the process that started us is gone. npm starts scripts through a shell, and a shell that does not hand its process over
 * to the script outlives npm: then it is the shell's own parent that counts.
 */
function parentWatch(parent: number): () => boolean {
  const above = parentOf(parent);
  return () =>
    process.ppid !== parent || (above?.shell === true && parentOf(parent)?.parent !== above.parent);
}

/** From /proc; undefined where there is none, or no such process. */
function parentOf(pid: number): { parent: number; shell: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    return {
      parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]),
      shell: /^(sh|dash|bash|ash|zsh|busybox)$/.test(name),
    };
  } catch {
    return undefined;
  }
}

function announce(
  platform: Platform,
  config: Parameters<typeof startPlatform>[0],
  say: (line: string) => void,
): void {
  const open = config.host !== '127.0.0.1' && config.host !== 'localhost' && config.host !== '::1';
  say('');
  say(`  Millrace runs at  ${platform.url}`);
  say(`  MQTT listens on   ${config.host}:${platform.mqttPort}`);
  if (platform.firstPassword !== undefined) {
    say('');
    say(`  First sign-in     user admin, password ${platform.firstPassword}`);
    say('                    shown this once; you will be asked to change it');
  }
  if (platform.authorityFile !== undefined)
    say(`  Certificate       trust ${platform.authorityFile} in the browsers that will use it`);
  if (!open)
    say('  Only this machine reaches it; --host 0.0.0.0 opens it to the network (then use --https).');
  else if (!config.https)
    say('  It is open to the network without encryption; --https protects passwords and data.');
  say('');
}

function version(): string {
  return (
    JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  ).version;
}
