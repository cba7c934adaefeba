import type { Alarm } from '@millrace/contract';

export type Language = 'en' | 'zh';

const priorities = {
  en: { urgent: 'Urgent', high: 'High', medium: 'Medium', low: 'Low' },
  zh: { urgent: '紧急', high: '高', medium: '中', low: '低' },
} as const;
const happened = {
  en: {
    raised: 'Alarm',
    returned: 'Over',
    repeated: 'Still unacknowledged',
    escalated: 'Escalated',
    test: 'Test',
  },
  zh: { raised: '报警', returned: '已恢复', repeated: '仍未确认', escalated: '已升级', test: '测试' },
} as const;
export type Happened = keyof (typeof happened)['en'];

/** One line that says it all, and the text below it. Plain text: what people and things are called is never markup. */
export function messageText(
  alarm: Alarm,
  what: Happened,
  language: Language,
  consoleUrl: string,
  zone: string,
): { subject: string; text: string } {
  const words = alarm.translations?.[language] as
    | { title?: string; consequence?: string; response?: string }
    | undefined;
  const title = words?.title ?? alarm.title;
  const thing = alarm.thingTitles?.[language] ?? alarm.thingTitle;
  const zh = language === 'zh';
  const time = new Date(alarm.time).toLocaleString(zh ? 'zh-CN' : 'en-GB', {
    timeZone: zone,
    timeZoneName: 'short',
  });
  const consequence = words?.consequence ?? alarm.consequence;
  const response = words?.response ?? alarm.response;
  const lines = [
    `${zh ? '位置' : 'Place'}: ${alarm.place}`,
    `${zh ? '时间' : 'Time'}: ${time}`,
    `${zh ? '条件' : 'Condition'}: ${alarm.condition}`,
    ...alarm.cause.map(
      (one) =>
        `${one.property} = ${JSON.stringify(one.value)}${one.unit === undefined ? '' : ` ${one.unit}`}`,
    ),
    ...(consequence ? [`${zh ? '后果' : 'Consequence'}: ${consequence}`] : []),
    ...(response ? [`${zh ? '处置' : 'Response'}: ${response}`] : []),
    ...(consoleUrl === '' ? [] : ['', `${consoleUrl.replace(/\/+$/, '')}/alarms/${alarm.id}`]),
  ];
  return {
    subject: `[${priorities[language][alarm.priority]}] ${happened[language][what]}: ${title} – ${thing}`,
    text: lines.join('\n'),
  };
}
