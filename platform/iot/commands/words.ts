import type { LocalText } from '@millrace/contract';
import { commandLimits } from './command-limits.ts';

/** A reason for people, with a stable name for programs. */
export interface Reason {
  code: string;
  words: LocalText;
}

/** A command, lease or group that is not taken. Nothing was recorded as a command and nothing was sent. */
export class CommandRefusal extends Error {
  readonly code: string;
  readonly words: LocalText;
  readonly remedy: LocalText | undefined;
  /** HTTP status that says it best. */
  readonly status: 400 | 403 | 404 | 409 | 422 | 423 | 429 | 503;
  constructor(status: CommandRefusal['status'], reason: Reason, remedy?: LocalText) {
    super(reason.words.en);
    this.status = status;
    this.code = reason.code;
    this.words = reason.words;
    this.remedy = remedy;
  }
}

export const say = (code: string, en: string, zh: string): Reason => ({ code, words: { en, zh } });

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

export const reasons = {
  noThing: (thing: string) =>
    say('unknown-thing', `There is no thing "${thing.slice(0, 256)}".`, `没有物“${thing.slice(0, 256)}”。`),
  noProperty: (name: string) =>
    say(
      'unknown-property',
      `The thing has no property "${name.slice(0, 256)}".`,
      `该物没有属性“${name.slice(0, 256)}”。`,
    ),
  noAction: (name: string) =>
    say(
      'unknown-action',
      `The thing has no action "${name.slice(0, 256)}".`,
      `该物没有动作“${name.slice(0, 256)}”。`,
    ),
  readOnly: (name: string) =>
    say('read-only', `"${name}" can only be read; its model says so.`, `“${name}”只读（由物模型规定）。`),
  tooLarge: (bytes: number) =>
    say(
      'too-large',
      `The value has ${bytes} bytes; at most ${commandLimits.valueBytesMax} (valueBytesMax) are taken.`,
      `该值为 ${bytes} 字节，最多允许 ${commandLimits.valueBytesMax} 字节（valueBytesMax）。`,
    ),
  keyTaken: (key: string) =>
    say(
      'key-taken',
      `The key "${key.slice(0, 80)}" was used for another command.`,
      `幂等键“${key.slice(0, 80)}”已用于另一条命令。`,
    ),
  queueFull: (max: number, name: string) =>
    say(
      'too-many-commands',
      `${max} commands are under way (${name}).`,
      `已有 ${max} 条命令在途（${name}）。`,
    ),
  noAudit: (detail: string) =>
    say(
      'audit-failed',
      `The audit trail could not be written, so nothing was sent: ${detail.slice(0, 200)}`,
      `无法写入审计记录，因此命令未发出：${detail.slice(0, 200)}`,
    ),
  notKept: (detail: string) =>
    say(
      'record-failed',
      `The command could not be recorded, so nothing was sent: ${detail.slice(0, 200)}`,
      `无法保存命令记录，因此命令未发出：${detail.slice(0, 200)}`,
    ),
  deadline: (seconds: number) =>
    say(
      'deadline-passed',
      `Its turn did not come within ${seconds} s; nothing was sent.`,
      `${seconds} 秒内未轮到执行，命令未发出。`,
    ),
  noRelease: (seconds: number) =>
    say(
      'not-released',
      `No second person released it within ${seconds} s; nothing was sent.`,
      `${seconds} 秒内没有第二人放行，命令未发出。`,
    ),
  refusedBy: (who: string, why: string) =>
    say(
      'called-off',
      `Called off by ${who}${why === '' ? '' : `: ${why}`}; nothing was sent.`,
      `已由 ${who} 取消${why === '' ? '' : `：${why}`}，命令未发出。`,
    ),
  restarted: say(
    'platform-restarted',
    'The platform ended before it was sent; nothing was sent.',
    '平台在发出之前停止运行，命令未发出。',
  ),
  lostByRestart: say(
    'platform-restarted',
    'The platform ended before an answer came; whether the thing acted is not known. It is not sent again.',
    '平台在收到应答之前停止运行；该物是否已执行未知，系统不会重发。',
  ),
  stopping: say(
    'platform-stopping',
    'The platform is being stopped; nothing was sent.',
    '平台正在停止，命令未发出。',
  ),
  lost: (detail: string) =>
    say(
      'link-lost',
      `The way to the thing was lost before it answered (${detail.slice(0, 200)}); whether it acted is not known.`,
      `在收到应答之前与该物的连接中断（${detail.slice(0, 200)}）；是否已执行未知。`,
    ),
  noAnswer: (seconds: number) =>
    say(
      'no-answer',
      `The thing gave no answer within ${seconds} s; whether it acted is not known.`,
      `该物在 ${seconds} 秒内没有应答，是否已执行未知。`,
    ),
  notReadBack: (seconds: number, value: unknown) =>
    say(
      'not-read-back',
      `Sent, but within ${seconds} s the thing did not report the new value; it last reported ${short(value)}.`,
      `已发出，但该物在 ${seconds} 秒内未报告新值；最近报告为 ${short(value)}。`,
    ),
  noConfirmation: say(
    'no-confirmation',
    'Sent. The protocol cannot tell what the thing did with it.',
    '已发出。该协议无法得知该物的执行结果。',
  ),
  thingRefused: say('refused-by-thing', 'The thing refused it.', '该物拒绝执行。'),
  notSent: (what: LocalText) => say('not-sent', `${what.en} Nothing was sent.`, `${what.zh}命令未发出。`),
  networkViolated: (words: LocalText) =>
    say(
      'network-not-good-enough',
      `The network is not good enough for this: ${words.en}`,
      `网络不满足此操作的要求：${words.zh}`,
    ),
  networkUnknown: say(
    'network-not-known',
    'This needs a network that is shown to be good enough, and nothing was judged of it yet.',
    '此操作要求网络经证实满足要求，而目前尚无评判结果。',
  ),
  interlock: (reason: LocalText) => say('interlock', `Interlock: ${reason.en}`, `联锁：${reason.zh}`),
  interlockUnjudged: (reason: LocalText, because: LocalText) =>
    say(
      'interlock-cannot-judge',
      `The interlock "${reason.en}" cannot be judged, so it blocks: ${because.en}`,
      `联锁“${reason.zh}”无法判断，因此阻止执行：${because.zh}`,
    ),
  modelChanged: say(
    'model-changed',
    'The description of the thing changed meanwhile and no longer has this.',
    '该物的描述已更改，不再包含此项。',
  ),
  unhandled: (detail: string) =>
    say(
      'failed',
      `The platform could not do this: ${detail.slice(0, 200)}`,
      `平台无法执行：${detail.slice(0, 200)}`,
    ),
  leaseHeld: (who: string) =>
    say('lease-held', `${who} holds the lease of this thing.`, `该物的控制权由 ${who} 持有。`),
  leaseBusy: say(
    'lease-busy',
    'A command is under way that holds the lease for its own length.',
    '有一条命令正在执行，并在其执行期间持有控制权。',
  ),
  leaseNeeded: say(
    'lease-needed',
    'This thing declares a safe action: commands need a lease that is kept alive.',
    '该物声明了安全动作：下发命令须先取得并保持控制权。',
  ),
  leaseTokenNeeded: say(
    'lease-token-needed',
    'You hold the lease; show its token ("lease") with the command.',
    '您已持有控制权，请在命令中附上其令牌（lease）。',
  ),
  leaseLost: say(
    'lease-lost',
    'The lease is no longer held: it expired, was handed over or was taken by force.',
    '控制权已失效：可能已过期、已移交或被强制接管。',
  ),
  leaseOld: (token: number, current: number) =>
    say(
      'fenced',
      `The token ${token} is fenced out; ${current} is in force.`,
      `令牌 ${token} 已失效，当前有效的是 ${current}。`,
    ),
  leaseOther: say('lease-other', 'The token belongs to another holder.', '该令牌属于其他持有者。'),
  notOffered: say('not-offered', 'The lease is not offered to you.', '该控制权未移交给您。'),
  leasesFull: say(
    'too-many-leases',
    `${commandLimits.leasesMax} leases are held (leasesMax).`,
    `已有 ${commandLimits.leasesMax} 个控制权（leasesMax）。`,
  ),
} as const;
