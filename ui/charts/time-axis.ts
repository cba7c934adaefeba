import type { Language } from '../words/typed.ts';

const dayMilliseconds = 86_400_000;
const made = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  let known = made.get(key);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      ...options,
    });
    made.set(key, known);
  }
  return known;
}

/**
 * Labels of a time axis in plant time: as fine as the step between them, and the day again wherever it changes (and at the first
 * label), on a second line.
 */
export function axisLabels(
  instants: readonly number[],
  step: number,
  zone: string,
  language: Language,
): string[] {
  const clock =
    step < 1000
      ? { minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 as const }
      : step < 60_000
        ? { hour: '2-digit', minute: '2-digit', second: '2-digit' }
        : { hour: '2-digit', minute: '2-digit' };
  const month = format(language, zone, { year: 'numeric', month: 'short' });
  const day = format(language, zone, { month: 'short', day: 'numeric' });
  if (step >= 28 * dayMilliseconds) return instants.map((at) => month.format(at));
  if (step >= dayMilliseconds * 0.9) {
    const year = format(language, zone, { year: 'numeric' });
    let last = '';
    return instants.map((at) => {
      const own = year.format(at);
      const text = own === last ? day.format(at) : `${day.format(at)}\n${own}`;
      last = own;
      return text;
    });
  }
  const time = format(language, zone, clock as Intl.DateTimeFormatOptions);
  let last = '';
  return instants.map((at) => {
    const own = day.format(at);
    const text = own === last ? time.format(at) : `${time.format(at)}\n${own}`;
    last = own;
    return text;
  });
}
