import type { Reference, UnjudgedReason, Words } from './types.ts';

/** What the reader of CEL found wrong, in words. */
export function parseWords(error: { code: string; summary: string }, found: string): Words {
  const shown = found.trim().slice(0, 40);
  switch (error.code) {
    case 'unexpected_token':
    case 'expected_token':
      return shown === ''
        ? {
            en: 'The condition ends too early: something is missing here.',
            zh: '条件不完整：此处缺少内容。',
          }
        : { en: `“${shown}” does not fit here.`, zh: `此处不能写“${shown}”。` };
    case 'unexpected_character':
      return {
        en: `The character “${shown}” cannot stand here. A name with other than a–z, 0–9 and _ is written self["name"].`,
        zh: `此处不能出现字符“${shown}”。名称若含 a–z、0–9、_ 以外的字符，请写成 self["名称"]。`,
      };
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
    case 'newline_in_string':
      return { en: 'A text begins here and has no closing quote.', zh: '此处的文字缺少结束引号。' };
    case 'reserved_identifier':
      return {
        en: `“${shown}” is a word of the language; a property of that name is written self["${shown}"].`,
        zh: `“${shown}”是语言保留字；同名属性请写成 self["${shown}"]。`,
      };
    case 'limit_exceeded':
      return {
        en: `The condition is too large (${error.summary}). Split it into several rules.`,
        zh: `条件过大（${error.summary}）。请拆成几条规则。`,
      };
    default:
      return { en: `This cannot be read: ${error.summary}.`, zh: `无法读取：${error.summary}。` };
  }
}

const typeNames: Readonly<Record<string, Words>> = {
  number: { en: 'a number', zh: '数值' },
  boolean: { en: 'yes or no', zh: '是/否' },
  text: { en: 'text', zh: '文字' },
  list: { en: 'a list', zh: '列表' },
  any: { en: 'a value', zh: '值' },
};
const named = (type: string): Words => typeNames[type] ?? { en: type, zh: type };

/** What the check against the things found wrong, in words. */
export const typeWords = {
  needsBoolean: (type: string, text: string): Words => ({
    en: `“${text}” is ${named(type).en}; here a yes or no is needed, such as a comparison.`,
    zh: `“${text}”是${named(type).zh}；此处需要是/否，例如一个比较。`,
  }),
  needsNumber: (type: string, text: string): Words => ({
    en: `“${text}” is ${named(type).en}; here a number is needed.`,
    zh: `“${text}”是${named(type).zh}；此处需要数值。`,
  }),
  needsText: (type: string, text: string): Words => ({
    en: `“${text}” is ${named(type).en}; here a text is needed.`,
    zh: `“${text}”是${named(type).zh}；此处需要文字。`,
  }),
  needsList: {
    en: 'After “in” comes a list, such as ["stopped", "fault"].',
    zh: '“in”之后需要列表，例如 ["stopped", "fault"]。',
  },
  needsName: {
    en: 'In brackets stands the name of a property in quotes.',
    zh: '方括号中应是带引号的属性名。',
  },
  needsThing: {
    en: 'A thing is named by its id in quotes: thing("urn:…").property',
    zh: '物用带引号的标识指明：thing("urn:…").属性',
  },
  needsProperty: (name: string): Words => ({
    en: `“${name}” is a thing; name one of its properties: ${name}.property`,
    zh: `“${name}”是物；请写出它的属性：${name}.属性`,
  }),
  noMembers: (text: string): Words => ({
    en: `“${text}” has nothing inside that could be named.`,
    zh: `“${text}”没有可引用的成员。`,
  }),
  notSimple: (name: string, type: string): Words => ({
    en: `“${name}” holds an ${type}; conditions take numbers, texts and yes or no.`,
    zh: `“${name}”的值是${type === 'array' ? '数组' : '对象'}；条件只能使用数值、文字和是/否。`,
  }),
  unknownName: (
    name: string,
    thing: string | undefined,
    suggestion: string | undefined,
    known: readonly string[],
  ): Words => {
    const list = known.slice(0, 12).join(', ');
    return {
      en: `There is no “${name}”${thing === undefined ? '' : ` at ${thing}`}.${suggestion === undefined ? (list === '' ? '' : ` There are: ${list}.`) : ` Did you mean “${suggestion}”?`}`,
      zh: `${thing === undefined ? '' : `${thing} `}没有“${name}”。${suggestion === undefined ? (list === '' ? '' : `可用的有：${list}。`) : `是否要写“${suggestion}”？`}`,
    };
  },
  unknownThing: (id: string): Words => ({
    en: `There is no thing “${id.slice(0, 200)}”.`,
    zh: `没有物“${id.slice(0, 200)}”。`,
  }),
  unknownProperty: (name: string, thing: string, suggestion: string | undefined): Words => ({
    en: `${thing} has no property “${name}”.${suggestion === undefined ? '' : ` Did you mean “${suggestion}”?`}`,
    zh: `${thing} 没有属性“${name}”。${suggestion === undefined ? '' : `是否要写“${suggestion}”？`}`,
  }),
  unknownFunction: (name: string, suggestion: string | undefined): Words => ({
    en: `There is no function “${name}”.${suggestion === undefined ? '' : ` Did you mean “${suggestion}”?`}`,
    zh: `没有函数“${name}”。${suggestion === undefined ? '' : `是否要写“${suggestion}”？`}`,
  }),
  wrongArguments: (name: string, usage: string): Words => ({
    en: `“${name}” is written: ${usage}`,
    zh: `“${name}”的写法是：${usage}`,
  }),
  wrongDuration: (text: string): Words => ({
    en: `${text} is not between 100 ms and 24 h.`,
    zh: `${text} 不在 100 ms 到 24 h 之间。`,
  }),
  noWindows: (text: string): Words => ({
    en: `“${text}” looks back in time, which cannot be done here: only values as they are now.`,
    zh: `“${text}”需要回看历史，此处只能使用当前值。`,
  }),
  differentTypes: (left: string, leftType: string, right: string, rightType: string): Words => ({
    en: `“${left}” is ${named(leftType).en} and “${right}” is ${named(rightType).en}: they can never be equal.`,
    zh: `“${left}”是${named(leftType).zh}，“${right}”是${named(rightType).zh}：二者不可能相等。`,
  }),
  notAChoice: (text: string, choices: readonly string[], suggestion: string | undefined): Words => ({
    en: `It is never “${text.slice(0, 60)}”.${suggestion === undefined ? ` It can be: ${choices.slice(0, 12).join(', ')}.` : ` Did you mean “${suggestion}”?`}`,
    zh: `其值不会是“${text.slice(0, 60)}”。${suggestion === undefined ? `可能的值：${choices.slice(0, 12).join('、')}。` : `是否要写“${suggestion}”？`}`,
  }),
  tooMany: (name: string, max: number): Words => ({
    en: `More than ${max} (${name}) in one condition. Split it into several rules.`,
    zh: `一个条件中超过 ${max} 个（${name}）。请拆成几条规则。`,
  }),
  unsupported: (what: string): Words => ({
    en: `“${what}” cannot be used in conditions.`,
    zh: `条件中不能使用“${what}”。`,
  }),
  dividesByZero: { en: 'This always divides by zero.', zh: '此处总是除以零。' },
} as const;

/** Why a condition cannot be judged: “cannot be judged, because …”. `name`: what the property is called. */
export function unjudgedWords(reason: UnjudgedReason, reference: Reference | undefined): Words {
  const name =
    reference === undefined
      ? ''
      : reference.thing === undefined
        ? reference.property
        : `${reference.thing} / ${reference.property}`;
  switch (reason) {
    case 'property-gone':
      return { en: `“${name}” is not there (any more)`, zh: `“${name}”已不存在` };
    case 'no-value':
      return { en: `“${name}” has no value yet`, zh: `“${name}”还没有值` };
    case 'just-begun':
      return {
        en: `“${name}” has not been listened to for long enough since the platform started`,
        zh: `平台启动后监听“${name}”的时间还不够长`,
      };
    case 'bad-quality':
      return { en: `the value of “${name}” is bad`, zh: `“${name}”的值为坏值` };
    case 'not-a-number':
      return name === ''
        ? { en: 'a calculation gives no number', zh: '计算结果不是数值' }
        : { en: `the value of “${name}” is no number`, zh: `“${name}”的值不是数值` };
    case 'division-by-zero':
      return { en: 'it divides by zero', zh: '除数为零' };
    case 'window-empty':
      return {
        en: `there are too few values of “${name}” in the time asked for`,
        zh: `所需时间内“${name}”的值不足`,
      };
    case 'no-previous':
      return { en: `“${name}” has no value before this one`, zh: `“${name}”没有上一个值` };
  }
}

/** The known name that a mistyped one most likely means; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known.slice(0, 1000)) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase().slice(0, 64), candidate.toLowerCase().slice(0, 64));
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
