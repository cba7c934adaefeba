import type { LocalText, SettingFields } from '@millrace/contract';
import type { CheckedSettings } from '@millrace/sdk';
import {
  type Carrier,
  carrierNames,
  carriers,
  checkTariff,
  minutesOf,
  readCalendar,
  readDrivers,
  readTariffPeriods,
  type Shift,
  type Tariff,
  type TariffProblem,
} from '../model/index.ts';

const priced = ['water', 'gas', 'steam', 'compressed-air', 'heat'] as const;
const nameOf = (carrier: Carrier, what: string): string =>
  `${carrier.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}${what}`;

const words = (en: string, zh: string): LocalText => ({ en, zh });

/** Prices and factors of the carriers that have one price for all hours. */
const carrierFields = Object.fromEntries(
  priced.flatMap((carrier) => {
    const { title, unit } = carriers[carrier];
    return [
      [
        nameOf(carrier, 'Price'),
        {
          kind: 'number',
          title: words(`${title.en}: price per ${unit}`, `${title.zh}单价（每 ${unit}）`),
          help: words('One price for all hours. 0: not priced.', '全天同一价格；0 表示不计价。'),
          default: 0,
          min: 0,
          advanced: true,
        },
      ],
      [
        nameOf(carrier, 'Carbon'),
        {
          kind: 'number',
          title: words(`${title.en}: kg CO₂e per ${unit}`, `${title.zh}排放因子（kg CO₂e / ${unit}）`),
          help: words(
            'From your supplier or the national inventory. 0: not counted here; compressed air usually is 0, as its electricity is counted already.',
            '取自供应商或国家清单；0 表示不在此计入。压缩空气通常为 0，因其用电已计入。',
          ),
          default: carrier === 'gas' ? 2.16 : 0,
          min: 0,
          advanced: true,
        },
      ],
    ] as const;
  }),
) as SettingFields;

export const energySettings: SettingFields = {
  tariff: {
    kind: 'text',
    title: words('Electricity tariff', '电价时段'),
    help: words(
      'Periods divided by semicolons, each: title price days hours, and months where it is not all year. The first that fits counts. Example: Peak/峰 1.05 all 10:00-12:00; Flat/平 0.68 all 07:00-23:00; Valley/谷 0.32 all 23:00-07:00. Hours without a price are told on the tariff page.',
      '各时段以分号分隔：名称 价格 星期 时间，非全年时加月份；先匹配者生效。例：Peak/峰 1.05 all 10:00-12:00; Flat/平 0.68 all 07:00-23:00; Valley/谷 0.32 all 23:00-07:00。无价格的时段会在电价页列出。',
    ),
    default:
      'Peak/峰 1.05 all 10:00-12:00; Peak/峰 1.05 all 14:00-19:00; Flat/平 0.68 all 08:00-10:00; Flat/平 0.68 all 12:00-14:00; Flat/平 0.68 all 19:00-22:00; Valley/谷 0.32 all 22:00-08:00',
  },
  currency: {
    kind: 'text',
    title: words('Currency', '货币'),
    help: words('As it is to be shown: CNY, EUR, €', '按显示方式填写：CNY、EUR、€'),
    default: 'CNY',
    pattern: '^.{1,8}$',
  },
  demandPrice: {
    kind: 'number',
    title: words('Demand charge per kW and month', '需量电价（每 kW·月）'),
    help: words(
      "Price of a kW of the month's highest quarter-hour mean. 0: your contract has none.",
      '按当月最大 15 分钟平均负荷计；合同无此项则填 0。',
    ),
    default: 38,
    min: 0,
  },
  standing: {
    kind: 'number',
    title: words('Standing charge per month', '每月固定费用'),
    default: 0,
    min: 0,
    advanced: true,
  },
  electricityCarbon: {
    kind: 'number',
    title: words('Electricity: kg CO₂e per kWh', '电力排放因子（kg CO₂e / kWh）'),
    help: words(
      "Your supplier's or the grid's. The default is China's national average published for 2022.",
      '取自供应商或电网；默认值为 2022 年全国电力平均因子。',
    ),
    default: 0.5366,
    min: 0,
  },
  ...carrierFields,
  shifts: {
    kind: 'text',
    title: words('Shifts', '班次'),
    help: words(
      'Divided by semicolons, each: title days hours. A shift over midnight belongs to the day it begins on.',
      '以分号分隔：名称 星期 时间；跨零点的班次归属其开始当日。',
    ),
    default: 'Early/早班 Mon-Sat 06:00-14:00; Late/中班 all 14:00-22:00; Night/夜班 all 22:00-06:00',
  },
  calendar: {
    kind: 'text',
    title: words('Factory calendar', '工厂日历'),
    help: words(
      'Days on which the plant is closed, divided by semicolons: date or span, and title. With + before the date: a weekend day that is worked. Example: 2026-10-01..2026-10-07 National Day/国庆节; +2026-10-10 Exchanged/调休上班. A published table of holidays can be imported on the page of the forecast; what stands here counts before it.',
      '停工日期，以分号分隔：日期或区间，加名称；日期前加 + 表示周末上班。例：2026-10-01..2026-10-07 National Day/国庆节; +2026-10-10 Exchanged/调休上班。可在预测页导入公布的节假日表；此处所填优先。',
    ),
    default: '',
  },
  drivers: {
    kind: 'text',
    title: words('Drivers of energy use', '能耗影响变量'),
    help: words(
      'For baselines, beside pieces and working day, divided by semicolons: name = thing property how. How: mean, min, max, growth (of a counter), below 15 or above 22 (degree days). Example: heating degree days = urn:plant:outside temperature below 15',
      '用于能源基准，除件数与工作日外，以分号分隔：名称 = 物 属性 方式。方式：mean、min、max、growth（计数增量）、below 15 或 above 22（度日数）。例：采暖度日 = urn:plant:outside temperature below 15',
    ),
    default: '',
  },
  idleMinutes: {
    kind: 'number',
    title: words('Idle for longer than this is standby (minutes)', '空闲超过此时长计为待机（分钟）'),
    help: words(
      'Shorter stops belong to production: loading, a tool change, waiting for the robot.',
      '较短的停顿属于正常生产：上下料、换刀、等待机器人。',
    ),
    default: 30,
    min: 1,
    max: 1440,
    unit: 'min',
  },
  findingCostMin: {
    kind: 'number',
    title: words('Findings cheaper than this are not shown', '费用低于此值的发现不显示'),
    default: 1,
    min: 0,
    advanced: true,
  },
  producingStates: {
    kind: 'text',
    title: words('States that mean production', '表示生产的状态'),
    help: words('Names of machine states, divided by commas.', '设备状态名，以逗号分隔。'),
    default:
      'running,loaded,executing,execute,producing,active,working,loading,unloading,approaching,leaving,picking,placing',
    advanced: true,
  },
  offStates: {
    kind: 'text',
    title: words('States that mean off', '表示关机的状态'),
    default: 'off',
    advanced: true,
  },
  forecastHour: {
    kind: 'number',
    title: words("Hour at which tomorrow's forecast and plan are made", '生成次日预测与计划的时刻'),
    help: words(
      'In plant time. Early enough for somebody to approve the plan, late enough to have seen the day.',
      '工厂时间；应便于人员审批，同时当日数据已基本齐全。',
    ),
    default: 18,
    min: 0,
    max: 23,
    integer: true,
    unit: 'h',
  },
  coverage: {
    kind: 'number',
    title: words("Share of quarter-hours the forecast's interval should hold", '预测区间覆盖率'),
    default: 0.9,
    min: 0.5,
    max: 0.99,
    advanced: true,
  },
  caution: {
    kind: 'number',
    title: words('Caution of the plan', '计划的谨慎程度'),
    help: words(
      "0: the peak is held for the expected day. 1: for the upper end of the forecast's interval.",
      '0：按预期负荷控制峰值；1：按预测区间上限控制。',
    ),
    default: 0.3,
    min: 0,
    max: 1,
    advanced: true,
  },
  lossPercent: {
    kind: 'number',
    title: words('Losses between meters (%)', '表计之间的线损（%）'),
    default: 1,
    min: 0,
    max: 20,
    advanced: true,
    unit: '%',
  },
  roundSeconds: {
    kind: 'number',
    title: words('Seconds between two readings of the meters', '读取表计的间隔（秒）'),
    default: 60,
    min: 5,
    max: 900,
    advanced: true,
    unit: 's',
  },
};

const number = (settings: CheckedSettings, name: string): number => Number(settings[name] ?? 0);
const text = (settings: CheckedSettings, name: string): string => String(settings[name] ?? '');

/** The tariff of a carrier as the settings say, and what is wrong with it. */
export function tariffOf(
  settings: CheckedSettings,
  carrier: Carrier,
): { tariff: Tariff; problems: TariffProblem[] } {
  const currency = text(settings, 'currency');
  if (carrier !== 'electricity') {
    const price = number(settings, nameOf(carrier, 'Price'));
    return {
      tariff: {
        carrier,
        currency,
        periods: [{ id: 'all', title: words('All hours', '全天'), price, from: '00:00', to: '24:00' }],
        demandPrice: 0,
        standing: 0,
        carbon: carrier === 'emissions' ? 1 : number(settings, nameOf(carrier, 'Carbon')),
      },
      problems: [],
    };
  }
  const { periods, problems } = readTariffPeriods(text(settings, 'tariff'));
  const tariff: Tariff = {
    carrier,
    currency,
    periods,
    demandPrice: number(settings, 'demandPrice'),
    standing: number(settings, 'standing'),
    carbon: number(settings, 'electricityCarbon'),
  };
  return {
    tariff,
    problems: [...problems.map((one) => ({ kind: 'wrong' as const, words: one })), ...checkTariff(tariff)],
  };
}

export function allTariffs(settings: CheckedSettings): Record<Carrier, Tariff> {
  return Object.fromEntries(
    carrierNames.map((carrier) => [carrier, tariffOf(settings, carrier).tariff]),
  ) as Record<Carrier, Tariff>;
}

/** Shifts as they are written; what cannot be read is told. */
export function shiftsOf(settings: CheckedSettings): { shifts: Shift[]; problems: LocalText[] } {
  const shifts: Shift[] = [];
  const problems: LocalText[] = [];
  for (const [index, line] of text(settings, 'shifts').split(/[;\n]/).entries()) {
    if (line.trim() === '') continue;
    // A shift is a tariff period without a price.
    const parts = line.trim().split(/\s+/);
    const { periods } = readTariffPeriods([parts[0], '0', ...parts.slice(1)].join(' '));
    const period = periods[0];
    if (period === undefined) {
      problems.push(
        words(
          `Shift ${index + 1}: expected title days hours, "${line.trim().slice(0, 80)}" is not that`,
          `第 ${index + 1} 个班次：应为“名称 星期 时间”，而非“${line.trim().slice(0, 80)}”`,
        ),
      );
      continue;
    }
    shifts.push({
      id: period.title.en.toLowerCase(),
      title: period.title,
      days: period.days === undefined || period.days.length === 0 ? [1, 2, 3, 4, 5, 6, 7] : period.days,
      start: minutesOf(period.from)!,
      end: minutesOf(period.to)!,
    });
  }
  return { shifts, problems };
}

/** What the declaration of the fields cannot say: texts that must be readable. A tariff with gaps is taken, and its gaps are told. */
export function checkEnergySettings(settings: CheckedSettings): { field: string; message: LocalText }[] {
  const { periods, problems } = readTariffPeriods(text(settings, 'tariff'));
  return [
    ...problems.map((message) => ({ field: 'tariff', message })),
    ...(periods.length === 0 && problems.length === 0
      ? [{ field: 'tariff', message: words('A tariff needs at least one period', '电价至少需要一个时段') }]
      : []),
    ...shiftsOf(settings).problems.map((message) => ({ field: 'shifts', message })),
    ...readCalendar(text(settings, 'calendar')).problems.map((message) => ({ field: 'calendar', message })),
    ...readDrivers(text(settings, 'drivers')).problems.map((message) => ({ field: 'drivers', message })),
  ];
}
