import type { LocalText, Microseconds } from '@millrace/contract';
import type { AppContext } from '@millrace/sdk';
import PDFDocument from 'pdfkit';
import {
  balancesOf,
  byShift,
  carrierNames,
  carriers,
  consumptionAt,
  costOf,
  counterEvents,
  nextDay,
  plantClock,
  type Quarter,
  sumQuarters,
} from '../model/index.ts';
import { dateStart, loadMeters } from './forecasting.ts';
import { Ledger } from './ledger.ts';
import { plans } from './planning.ts';
import { fontRuns } from './report-fonts.ts';
import { storedFindings } from './searching.ts';
import { allTariffs, shiftsOf } from './settings.ts';

type Language = 'en' | 'zh';
type Cell = string | number;

const margin = 48;
const width = 595.28 - 2 * margin;
const bottom = 841.89 - 60;
const ink = '#1c2126';
const soft = '#5b6670';
const rule = '#c9d0d6';
/** The font's own outlines are its thinnest; a line around them of this share of the size makes them as strong as in the console. */
const strength = 0.03;
const bar = '#4a6b8a';

/** Draws text of any script the console's font has, one line, cut where it is too long. */
class Page {
  readonly doc: InstanceType<typeof PDFDocument>;
  y = margin;
  readonly #registered = new Set<string>();

  constructor(title: string) {
    this.doc = new PDFDocument({
      size: 'A4',
      margin: 0,
      autoFirstPage: true,
      bufferPages: true,
      info: { Title: title },
    });
  }

  #font(font: string, data: Buffer): void {
    if (!this.#registered.has(font)) {
      this.doc.registerFont(font, data);
      this.#registered.add(font);
    }
    this.doc.font(font);
  }

  widthOf(text: string, size: number): number {
    let sum = 0;
    for (const run of fontRuns(text)) {
      this.#font(run.font, run.data);
      sum += this.doc.fontSize(size).widthOfString(run.text);
    }
    return sum;
  }

  put(
    text: string,
    x: number,
    y: number,
    size: number,
    options: { align?: 'left' | 'right'; within?: number; colour?: string } = {},
  ): void {
    let shown = text;
    const within = options.within ?? width;
    while (shown.length > 1 && this.widthOf(shown, size) > within) shown = `${shown.slice(0, -2)}…`;
    let at = options.align === 'right' ? x + within - this.widthOf(shown, size) : x;
    for (const run of fontRuns(shown)) {
      this.#font(run.font, run.data);
      const colour = options.colour ?? ink;
      this.doc.fontSize(size).fillColor(colour).strokeColor(colour);
      this.doc.lineWidth(size * strength).lineJoin('round');
      this.doc.text(run.text, at, y, { lineBreak: false, fill: true, stroke: true });
      at += this.doc.widthOfString(run.text);
    }
  }

  room(height: number): void {
    if (this.y + height <= bottom) return;
    this.doc.addPage();
    this.y = margin;
  }

  heading(text: string): void {
    this.room(60);
    this.y += 14;
    this.put(text, margin, this.y, 13);
    this.y += 20;
  }

  note(text: string): void {
    // Broken at spaces and after Chinese characters.
    let line = '';
    const flush = (): void => {
      this.room(14);
      this.put(line.trim(), margin, this.y, 8.5, { colour: soft });
      this.y += 13;
      line = '';
    };
    for (const word of text.match(/[^\s\u2E80-\u9FFF\uFF00-\uFFEF]+\s*|\s+|[\u2E80-\u9FFF\uFF00-\uFFEF]/g) ??
      []) {
      if (this.widthOf(line + word, 8.5) > width) flush();
      line += word;
    }
    if (line.trim() !== '') flush();
  }

  table(head: readonly string[], rows: readonly (readonly Cell[])[], shares: readonly number[]): void {
    const total = shares.reduce((sum, share) => sum + share, 0);
    const line = (cells: readonly Cell[], colour: string): void => {
      this.room(16);
      let x = margin;
      for (const [index, cell] of cells.entries()) {
        const within = (shares[index]! / total) * width - 6;
        this.put(String(cell), x, this.y, 9, { align: index === 0 ? 'left' : 'right', within, colour });
        x += (shares[index]! / total) * width;
      }
      this.y += 15;
    };
    line(head, soft);
    this.doc
      .moveTo(margin, this.y - 2)
      .lineTo(margin + width, this.y - 2)
      .lineWidth(0.5)
      .strokeColor(rule)
      .stroke();
    for (const row of rows) line(row, ink);
    this.y += 4;
  }

  /** Bars of the days of a month, the dearest quarter-hours' mean as a dot on the same day would need a second axis: kept apart. */
  bars(values: readonly (number | undefined)[], labels: readonly string[], unit: string): void {
    const height = 110;
    this.room(height + 40);
    const most = Math.max(1e-9, ...values.map((value) => value ?? 0));
    const step = width / Math.max(1, values.length);
    this.put(`${format(most)} ${unit}`, margin, this.y, 8, { colour: soft });
    const base = this.y + 14 + height;
    for (const [index, value] of values.entries()) {
      const x = margin + index * step;
      if (value !== undefined)
        this.doc
          .rect(x + 1, base - (value / most) * height, Math.max(1, step - 2), (value / most) * height)
          .fill(bar);
      if (index % 5 === 0) this.put(labels[index]!, x, base + 4, 8, { colour: soft });
    }
    this.doc
      .moveTo(margin, base)
      .lineTo(margin + width, base)
      .lineWidth(0.5)
      .strokeColor(rule)
      .stroke();
    this.y = base + 22;
  }

  async end(footer: (page: number, pages: number) => string): Promise<Uint8Array> {
    const { start, count } = this.doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      this.doc.switchToPage(page);
      this.put(footer(page + 1, count), margin, 841.89 - 40, 8, { colour: soft });
    }
    const chunks: Buffer[] = [];
    return new Promise((resolve, reject) => {
      this.doc.on('data', (chunk: Buffer) => chunks.push(chunk));
      this.doc.on('end', () => resolve(Buffer.concat(chunks)));
      this.doc.on('error', reject);
      this.doc.end();
    });
  }
}

const format = (value: number, digits?: number): string =>
  value.toLocaleString('en', {
    maximumFractionDigits: digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2),
  });

/** From so much of a month's quarter-hours on it is held against another. */
const knownShareMin = 0.9;
type Sum = ReturnType<typeof sumQuarters>;

/** A month against another by their means, as months differ in length and this one may not be over; a dash where too little is known. */
function changeOf(now: Sum, before: Sum): string {
  const mean = ({ amount, counts }: Sum): number => {
    const known = counts.measured + counts.interpolated + counts.estimated;
    return known === 0 || known < knownShareMin * (known + counts.missing) ? Number.NaN : amount / known;
  };
  const change = 100 * (mean(now) / mean(before) - 1);
  return Number.isFinite(change) ? `${change > 0 ? '+' : ''}${format(change, 1)} %` : '–';
}

/** Periods of one name are one line on paper, however many stretches of the day they have. */
function byName<T extends { title: LocalText; amount: number; cost: number }>(periods: readonly T[]): T[] {
  const lines = new Map<string, T>();
  for (const period of periods) {
    const before = lines.get(period.title.en);
    lines.set(
      period.title.en,
      before === undefined
        ? period
        : { ...before, amount: before.amount + period.amount, cost: before.cost + period.cost },
    );
  }
  return [...lines.values()];
}

/** The report of a month, on paper: what was used, what it cost, what stands out, how good the numbers are. */
export async function monthlyReport(
  context: AppContext,
  month: string,
  language: Language,
): Promise<Uint8Array> {
  const say = (en: string, zh: string): string => (language === 'zh' ? zh : en);
  const local = (words: LocalText): string => words[language];
  const clock = plantClock(context.plant.timeZone);
  const from = dateStart(clock, `${month}-01`);
  const [year, number] = month.split('-').map(Number);
  const next = number === 12 ? `${year! + 1}-01` : `${year}-${String(number! + 1).padStart(2, '0')}`;
  const whole = dateStart(clock, `${next}-01`);
  const to = Math.min(whole, context.clock.now());
  const before = clock.instant(number === 1 ? year! - 1 : year!, number === 1 ? 12 : number! - 1, 1);
  const currency = String(context.settings['currency']);
  const tariffs = allTariffs(context.settings);
  const { plant, meters } = await loadMeters(context, from, Math.max(from, to));
  const earlier = (await loadMeters(context, before, from)).meters;
  const titles = new Map(plant.map((meter) => [meter.id, meter.titles]));
  const plantName = context.plant.name === '' ? say('Plant', '工厂') : context.plant.name;
  const title = say(`Energy report ${month}`, `${month} 能源月报`);
  const page = new Page(`${title} – ${plantName}`);
  page.put(title, margin, page.y, 20);
  page.y += 28;
  page.put(plantName, margin, page.y, 11, { colour: soft });
  page.y += 16;
  if (to < whole) page.note(say('The month is not over: figures up to now.', '本月尚未结束，数据截至目前。'));

  page.heading(say('Use, cost and emissions', '用量、费用与排放'));
  let cost = 0;
  let carbon = 0;
  const rows: Cell[][] = [];
  const notes: string[] = [];
  let electricity: Quarter[] = [];
  for (const carrier of carrierNames) {
    const { meters: own, quarters } = consumptionAt(meters, '', carrier);
    if (own.length === 0) continue;
    if (carrier === 'electricity') electricity = quarters;
    const sum = sumQuarters(quarters);
    const price = costOf(quarters, tariffs[carrier], clock);
    const last = sumQuarters(consumptionAt(earlier, '', carrier).quarters);
    const all = price.energy + price.demand + price.standing;
    cost += all;
    carbon += price.carbon;
    rows.push([
      local(carriers[carrier].title),
      `${format(sum.amount)} ${carriers[carrier].unit}`,
      changeOf(sum, last),
      `${format(all)} ${currency}`,
      `${format(price.carbon)} kg`,
    ]);
    const counts = sum.counts;
    const total = counts.measured + counts.interpolated + counts.estimated + counts.missing;
    if (total > counts.measured)
      notes.push(
        `${local(carriers[carrier].title)}: ${say(
          `${format((100 * counts.measured) / total, 1)} % of quarter-hours measured, ${counts.interpolated} interpolated, ${counts.estimated} estimated, ${counts.missing} missing`,
          `${format((100 * counts.measured) / total, 1)} % 的刻钟为实测，内插 ${counts.interpolated}、估算 ${counts.estimated}、缺失 ${counts.missing}`,
        )}`,
      );
    if (price.unpriced > 0)
      notes.push(
        say(
          `${format(price.unpriced)} ${carriers[carrier].unit} were used in hours that have no price in the tariff; they are in no cost.`,
          `${format(price.unpriced)} ${carriers[carrier].unit} 处于电价空缺时段，未计入费用。`,
        ),
      );
  }
  rows.push([say('Together', '合计'), '', '', `${format(cost)} ${currency}`, `${format(carbon)} kg`]);
  page.table(
    ['', say('Use', '用量'), say('Against last month', '较上月'), say('Cost', '费用'), 'CO₂e'],
    rows,
    [2, 2.4, 1.8, 2.2, 1.8],
  );
  for (const note of notes) page.note(note);

  if (electricity.length > 0) {
    page.heading(say('Electricity by day', '每日用电'));
    const days: (number | undefined)[] = [];
    const labels: string[] = [];
    for (let day = from; day < whole; day = nextDay(clock, day)) {
      const end = nextDay(clock, day);
      const own = electricity.filter((quarter) => quarter.start >= day && quarter.start < end);
      const sum = sumQuarters(own);
      days.push(own.length === 0 || sum.counts.missing === own.length ? undefined : sum.amount);
      labels.push(clock.parts(day).date.slice(8));
    }
    page.bars(days, labels, 'kWh');
    const price = costOf(electricity, tariffs.electricity, clock);
    page.table(
      [say('Period', '时段'), 'kWh', currency],
      [
        ...byName(price.periods).map((period): Cell[] => [
          local(period.title),
          format(period.amount),
          format(period.cost),
        ]),
        [
          say(
            `Demand, ${format(price.peak, 1)} kW${price.peakAt === undefined ? '' : ` at ${stamp(clock, price.peakAt)}`}`,
            `需量 ${format(price.peak, 1)} kW${price.peakAt === undefined ? '' : `（${stamp(clock, price.peakAt)}）`}`,
          ),
          '',
          format(price.demand),
        ],
      ],
      [4, 1.5, 1.5],
    );
    page.heading(say('Electricity by area', '分区用电'));
    const places = [...new Set(meters.map((meter) => meter.place.split('/').slice(0, 3).join('/')))].sort();
    page.table(
      [say('Place', '区域'), 'kWh', say('Share', '占比')],
      places.flatMap((place): Cell[][] => {
        const { meters: own, quarters } = consumptionAt(meters, place, 'electricity');
        const sum = sumQuarters(quarters).amount;
        const all = sumQuarters(electricity).amount;
        return own.length === 0
          ? []
          : [
              [
                place.replaceAll('/', ' / '),
                format(sum),
                all > 0 ? `${format((100 * sum) / all, 1)} %` : '–',
              ],
            ];
      }),
      [4, 1.5, 1.5],
    );
    const { shifts } = shiftsOf(context.settings);
    page.heading(say('Electricity by shift', '分班次用电'));
    page.table(
      [say('Shift', '班次'), 'kWh', say('Mean', '平均功率')],
      byShift(electricity, shifts, clock).map((share): Cell[] => [
        share.key === ''
          ? say('No shift', '无班次')
          : local(shifts.find((shift) => shift.id === share.key)?.title ?? { en: share.key, zh: share.key }),
        format(share.amount),
        `${format(share.amount / (share.microseconds / 3.6e9), 1)} kW`,
      ]),
      [4, 1.5, 1.5],
    );
  }

  const findings = (await storedFindings(context)).filter((finding) => finding.dismissedBy === undefined);
  page.heading(say('Standby and abnormal use', '待机与异常用能'));
  if (findings.length === 0) page.note(say('Nothing was found.', '未发现。'));
  for (const finding of findings.slice(0, 12)) {
    page.room(32);
    page.put(
      `${local(finding.titles)}: ${format(finding.costPerWeek)} ${currency} ${say('a week', '/ 周')}`,
      margin,
      page.y,
      9.5,
    );
    page.y += 14;
    page.note(
      `${local(finding.words)}. ${say('Since', '起始')} ${stamp(clock, finding.since)}. ${local(finding.remedy)}.`,
    );
  }

  const done = (await plans(context, 100)).filter(
    (plan) => plan.date.startsWith(month) && (plan.state === 'approved' || plan.state === 'partly-applied'),
  );
  if (done.length > 0) {
    page.heading(say('Peak-shaving plans that were applied', '已执行的削峰计划'));
    page.table(
      [
        say('Day', '日期'),
        say('Peak without', '不调整的峰值'),
        say('Peak planned', '计划峰值'),
        say('Saves (planned)', '计划节省'),
      ],
      done.map((plan): Cell[] => [
        plan.date,
        `${format(plan.plan.nothing.peak, 1)} kW`,
        `${format(plan.plan.planned.peak, 1)} kW`,
        `${format(plan.plan.saves.cost)} ${currency}`,
      ]),
      [2, 2, 2, 2],
    );
  }

  const balances = balancesOf(meters, Number(context.settings['lossPercent']));
  // What says how good the numbers are is not torn: its last line alone on a page says nothing.
  page.room(Math.min(400, 90 + 15 * balances.length));
  page.heading(say('How good the numbers are', '数据质量'));
  if (balances.length > 0)
    page.table(
      [say('Meter', '表计'), say('Counted', '计量'), say('Not behind a meter', '下级未计量'), '±'],
      balances.map((one): Cell[] => [
        local(titles.get(one.meter) ?? { en: one.title, zh: one.title }),
        `${format(one.inflow)} ${carriers[one.carrier].unit}`,
        format(one.rest),
        format(one.uncertainty),
      ]),
      [3, 1.5, 1.8, 1.2],
    );
  const counts = await new Ledger(context.records).eventCounts(from, to);
  const irregular = [...counts].flatMap(([meter, kinds]) =>
    Object.entries(kinds).map(([kind, count]): Cell[] => [
      local(titles.get(meter) ?? { en: meter, zh: meter }),
      local((counterEvents as Record<string, LocalText>)[kind] ?? { en: kind, zh: kind }),
      count,
    ]),
  );
  if (irregular.length === 0) page.note(say('All counters counted on.', '所有计数器连续计数。'));
  else
    page.table(
      [say('Meter', '表计'), say('What happened', '事件'), say('Times', '次数')],
      irregular.slice(0, 40),
      [2, 3, 1],
    );

  return page.end(
    (at, of) =>
      `${plantName} · ${title} · ${at}/${of} · ${stamp(clock, context.clock.now())} ${clock.timeZone}`,
  );
}

function stamp(clock: ReturnType<typeof plantClock>, time: Microseconds): string {
  const { date, minutes } = clock.parts(time);
  return `${date} ${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
