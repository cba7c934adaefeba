import type { LocalText } from '@millrace/contract';

/** What is metered. `emissions` is not metered but follows from the others by their carbon factors, or comes from a stack's own meter. */
export const carriers = {
  electricity: { title: { en: 'Electricity', zh: '电' }, unit: 'kWh' },
  water: { title: { en: 'Water', zh: '水' }, unit: 'm³' },
  gas: { title: { en: 'Natural gas', zh: '天然气' }, unit: 'm³' },
  steam: { title: { en: 'Steam', zh: '蒸汽' }, unit: 't' },
  'compressed-air': { title: { en: 'Compressed air', zh: '压缩空气' }, unit: 'm³' },
  heat: { title: { en: 'Heat', zh: '热' }, unit: 'kWh' },
  emissions: { title: { en: 'Emissions', zh: '排放' }, unit: 'kg CO₂e' },
} as const satisfies Record<string, { title: LocalText; unit: string }>;

export type Carrier = keyof typeof carriers;
export const carrierNames = Object.keys(carriers) as Carrier[];

export function isCarrier(name: string): name is Carrier {
  return Object.hasOwn(carriers, name);
}

/**
 * Units a meter may count in, by carrier: value in the carrier's own unit = reading × factor. Exact by definition (SI; 1 cal_IT =
 * 4.1868 J, ISO 80000-5; 1 ft³ = 0.3048³ m³, 1 US gal = 3.785411784 dm³).
 */
const amountFactors: Record<Carrier, Readonly<Record<string, number>>> = {
  electricity: { Wh: 1e-3, kWh: 1, MWh: 1e3, GWh: 1e6, kJ: 1 / 3600, MJ: 1 / 3.6, GJ: 1e3 / 3.6 },
  water: { L: 1e-3, l: 1e-3, 'm³': 1, m3: 1, gal: 3.785411784e-3 },
  gas: { L: 1e-3, l: 1e-3, 'm³': 1, m3: 1, 'Nm³': 1, Nm3: 1, 'ft³': 0.028316846592 },
  steam: { kg: 1e-3, t: 1 },
  'compressed-air': { L: 1e-3, l: 1e-3, 'm³': 1, m3: 1, 'Nm³': 1, Nm3: 1 },
  heat: {
    Wh: 1e-3,
    kWh: 1,
    MWh: 1e3,
    kJ: 1 / 3600,
    MJ: 1 / 3.6,
    GJ: 1e3 / 3.6,
    kcal: 4.1868 / 3600,
    Mcal: 4.1868 / 3.6,
    Gcal: 4186.8 / 3.6,
  },
  emissions: { g: 1e-3, kg: 1, t: 1e3, 'kg CO₂e': 1, 't CO₂e': 1e3 },
};

/** Units of flow a meter may show: carrier units per hour = reading × factor. */
const rateFactors: Record<Carrier, Readonly<Record<string, number>>> = {
  electricity: { W: 1e-3, kW: 1, MW: 1e3 },
  water: { 'L/min': 0.06, 'l/min': 0.06, 'L/s': 3.6, 'l/s': 3.6, 'm³/h': 1, 'm3/h': 1, 'm³/min': 60 },
  gas: { 'L/min': 0.06, 'l/min': 0.06, 'm³/h': 1, 'm3/h': 1, 'Nm³/h': 1, 'm³/min': 60 },
  steam: { 'kg/h': 1e-3, 't/h': 1, 'kg/s': 3.6 },
  'compressed-air': { 'L/min': 0.06, 'l/min': 0.06, 'L/s': 3.6, 'm³/h': 1, 'm³/min': 60, 'Nm³/h': 1 },
  heat: { W: 1e-3, kW: 1, MW: 1e3, 'GJ/h': 1e3 / 3.6, 'MJ/h': 1 / 3.6 },
  emissions: { 'g/s': 3.6, 'kg/h': 1, 't/h': 1e3 },
};

/** How a meter's unit turns into the carrier's: as an amount (a counter), as a rate per hour (power, flow), or not at all. */
export function unitOf(
  carrier: Carrier,
  unit: string,
): { kind: 'amount' | 'rate'; factor: number } | undefined {
  const written = unit.trim();
  const amount = amountFactors[carrier][written];
  if (amount !== undefined) return { kind: 'amount', factor: amount };
  const rate = rateFactors[carrier][written];
  return rate === undefined ? undefined : { kind: 'rate', factor: rate };
}
