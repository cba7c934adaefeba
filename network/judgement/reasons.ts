import type { LocalText } from '@millrace/contract';

/** Words of verdicts: the figure, the limit, how many messages, and what would decide. */

/** Three significant digits, without an exponent where a person would write none. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  if (size < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

export const milliseconds = (value: number): string => `${digits(value)} ms`;

/** 0.99999 → "99.999 %": as many nines as there are. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 99 && value < 100) {
    const nines = Math.min(10, Math.max(0, Math.ceil(-Math.log10(100 - value) + 1e-6) + 1));
    return `${Number(value.toFixed(nines))} %`;
  }
  return `${value !== 0 && Math.abs(value) < 0.01 ? Number(value.toPrecision(2)) : digits(value)} %`;
}

/** Rounded up to two digits: "about 4,000 more". Undefined: more than could ever be sent. */
export function roundUp(value: number): number | undefined {
  if (!(value > 0) || value > 1e10) return undefined;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit) * unit;
}

export function time(seconds: number): LocalText {
  const [value, en, zh] =
    seconds < 1
      ? [seconds * 1000, 'ms', '毫秒']
      : seconds < 120
        ? [seconds, 's', '秒']
        : seconds < 7200
          ? [seconds / 60, 'min', '分钟']
          : seconds < 172_800
            ? [seconds / 3600, 'h', '小时']
            : [seconds / 86_400, 'days', '天'];
  return { en: `${digits(value)} ${en}`, zh: `${digits(value)} ${zh}` };
}

export function say(en: string, zh: string): LocalText {
  return { en, zh };
}

export function join(...parts: (LocalText | undefined)[]): LocalText {
  const there = parts.filter((part) => part !== undefined);
  return { en: there.map((part) => part.en).join(' '), zh: there.map((part) => part.zh).join('') };
}

/** What would decide, in messages. `intervalSeconds`: at the rate there is now. */
export function moreMessages(count: number | undefined, intervalSeconds: number): LocalText {
  const rounded = count === undefined ? undefined : roundUp(count);
  if (rounded === undefined)
    return say(
      'The figure lies too near to the limit for any number of messages to decide soon.',
      '测量值与限值过于接近，短期内再多的消息也难以判定。',
    );
  const wait = time(rounded * intervalSeconds);
  return say(
    `About ${digits(rounded)} more probes would decide (${wait.en} at the present rate).`,
    `再有约 ${digits(rounded)} 个探测包即可判定（按当前速率需 ${wait.zh}）。`,
  );
}

export const methodNames: Record<string, LocalText> = {
  stamp: { en: 'STAMP probes', zh: 'STAMP 探测' },
  passive: { en: 'the samples themselves', zh: '业务数据本身' },
  icmp: { en: 'ICMP echo', zh: 'ICMP 回显' },
  tcp: { en: 'TCP connections', zh: 'TCP 建连' },
  'tcp-info': { en: 'what the kernel keeps of the connection', zh: '内核的连接统计' },
  protocol: { en: "requests of the terminal's own protocol", zh: '终端自身协议的请求' },
};
