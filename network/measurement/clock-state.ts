import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { LocalText } from '@millrace/contract';
import { loadLibc } from './libc.ts';

/** How far this machine's clock may be trusted. */
export interface ClockState {
  /** Kept by an outside source (NTP, PTP, GPS). Without it there are no one-way times. */
  disciplined: boolean;
  /** It may be wrong by this much, µs; NaN where nothing tells. */
  errorMicroseconds: number;
  /** Who keeps it, or why it counts as not kept. */
  source: LocalText;
}

/** A clock that may be wrong by more than this is no clock for one-way times, whatever keeps it. */
const errorMicrosecondsMax = 1_000_000;
const unsynchronised = 0x40;
const timexOctets = 208;

export const unknownClock: ClockState = {
  disciplined: false,
  errorMicroseconds: Number.NaN,
  source: { en: 'Nothing on this machine tells the state of its clock.', zh: '本机无法获知时钟状态。' },
};

/** What the kernel says of its clock (adjtimex): a struct timex of 64-bit Linux after the call. */
export function readTimex(timex: Buffer): ClockState {
  const status = timex.readInt32LE(40);
  const errorMicroseconds = Number(timex.readBigInt64LE(24));
  if ((status & unsynchronised) !== 0)
    return {
      disciplined: false,
      errorMicroseconds,
      source: {
        en: 'The kernel’s clock is not disciplined (STA_UNSYNC): no NTP or PTP service has set it.',
        zh: '内核时钟未被校准（STA_UNSYNC）：没有 NTP 或 PTP 服务对其授时。',
      },
    };
  return {
    disciplined: errorMicroseconds < errorMicrosecondsMax,
    errorMicroseconds,
    source: {
      en: `The kernel’s clock is disciplined, to within ${errorMicroseconds} µs.`,
      zh: `内核时钟已校准，误差不超过 ${errorMicroseconds} 微秒。`,
    },
  };
}

/** `chronyc -c tracking`: the error is what chrony itself says it is at most: offset, root dispersion and half the root delay. */
export function readChrony(csv: string): ClockState | undefined {
  const fields = csv.trim().split(',');
  if (fields.length < 14) return undefined;
  const [offset, delay, dispersion] = [fields[4], fields[10], fields[11]].map(Number) as [
    number,
    number,
    number,
  ];
  const errorMicroseconds = (Math.abs(offset) + delay / 2 + dispersion) * 1_000_000;
  if (Number.isNaN(errorMicroseconds)) return undefined;
  const name = fields[1] ?? '';
  if (/not synchronised/i.test(fields[13]!) || fields[0] === '00000000')
    return {
      disciplined: false,
      errorMicroseconds: Number.NaN,
      source: { en: 'chrony runs and has no source.', zh: 'chrony 正在运行，但没有可用时间源。' },
    };
  const within = errorMicroseconds.toPrecision(3);
  return {
    disciplined: errorMicroseconds < errorMicrosecondsMax,
    errorMicroseconds,
    source: {
      en: `chrony keeps the clock after ${name} (stratum ${fields[2]}), to within ${within} µs.`,
      zh: `chrony 按 ${name}（层级 ${fields[2]}）授时，误差不超过 ${within} 微秒。`,
    },
  };
}

/**
 * `pmc 'GET TIME_STATUS_NP'` and `'GET PORT_DATA_SET'` of linuxptp. Its offset is a sample, no bound: three times its size is taken, and
 * at least 10 µs, as nothing here tells hardware timestamps from software ones.
 */
export function readPmc(text: string): ClockState | undefined {
  const offset = /master_offset\s+(-?\d+)/.exec(text)?.[1];
  const present = /gmPresent\s+(true|false)/.exec(text)?.[1];
  const state = /portState\s+(\w+)/.exec(text)?.[1];
  if (offset === undefined || present === undefined) return undefined;
  if (present === 'false' || (state !== undefined && state !== 'SLAVE'))
    return {
      disciplined: false,
      errorMicroseconds: Number.NaN,
      source: {
        en: 'ptp4l runs and follows no grandmaster.',
        zh: 'ptp4l 正在运行，但未跟随任何主时钟。',
      },
    };
  const errorMicroseconds = Math.max(10, (Math.abs(Number(offset)) / 1000) * 3);
  return {
    disciplined: errorMicroseconds < errorMicrosecondsMax,
    errorMicroseconds,
    source: {
      en: `ptp4l follows a grandmaster, ${offset} ns from it when asked; taken as within ${errorMicroseconds.toPrecision(3)} µs.`,
      zh: `ptp4l 正在跟随主时钟，查询时偏差 ${offset} 纳秒；按误差不超过 ${errorMicroseconds.toPrecision(3)} 微秒计。`,
    },
  };
}

/** `timedatectl show`: says whether, and not how well. */
export function readTimedatectl(text: string): ClockState | undefined {
  const synchronised = /NTPSynchronized=(yes|no)/.exec(text)?.[1];
  if (synchronised === undefined) return undefined;
  return synchronised === 'yes'
    ? {
        disciplined: false,
        errorMicroseconds: Number.NaN,
        source: {
          en: 'systemd says that the clock is kept, and not how well: too little for one-way times.',
          zh: 'systemd 报告时钟已同步，但没有给出误差，不足以计算单向时延。',
        },
      }
    : {
        disciplined: false,
        errorMicroseconds: Number.NaN,
        source: { en: 'systemd says that the clock is not kept.', zh: 'systemd 报告时钟未同步。' },
      };
}

/** Asks a program; undefined where it is not there, or does not answer within two seconds. */
const ask = (command: string, args: readonly string[]): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(
      command,
      args,
      { timeout: 2_000, killSignal: 'SIGKILL', maxBuffer: 65_536, env: { ...process.env, LC_ALL: 'C' } },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    );
  });

/** The state of this machine's clock: from ptp4l or chrony where one answers, else from the kernel, else from systemd. Never rejects. */
export async function readClockState(native = true): Promise<ClockState> {
  const ptp = ['/var/run/ptp4l', '/run/ptp4l'].some(existsSync)
    ? await ask('pmc', ['-u', '-b', '0', 'GET TIME_STATUS_NP', 'GET PORT_DATA_SET'])
    : undefined;
  const fromPtp = ptp === undefined ? undefined : readPmc(ptp);
  if (fromPtp?.disciplined) return fromPtp;
  const chrony = await ask('chronyc', ['-n', '-c', 'tracking']);
  const fromChrony = chrony === undefined ? undefined : readChrony(chrony);
  if (fromChrony?.disciplined) return fromChrony;
  const libc = native ? loadLibc() : undefined;
  if (libc !== undefined && !('problem' in libc)) {
    const timex = Buffer.alloc(timexOctets);
    // It answers with the state of the clock, 5 where that is in error: no failure of the call.
    if (libc.adjtimex(timex) >= 0) {
      const kernel = readTimex(timex);
      return kernel.disciplined ? kernel : (fromChrony ?? fromPtp ?? kernel);
    }
  }
  const systemd = await ask('timedatectl', ['show']);
  const fromSystemd = systemd === undefined ? undefined : readTimedatectl(systemd);
  return fromChrony ?? fromPtp ?? fromSystemd ?? unknownClock;
}
