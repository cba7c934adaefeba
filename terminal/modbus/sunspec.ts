import type { LocalText } from '@millrace/contract';

/**
 * SunSpec information models (SunSpec Device Information Model Specification; point tables of the SunSpec Alliance's published
 * models): how inverters and meters of many makers describe themselves over Modbus. A device is found by the marker "SunS" at one
 * of three addresses; behind it stand models one after the other, each with its number and length.
 */
export const sunSpecBases = [40_000, 50_000, 0] as const;
export const sunSpecMarker = [0x5375, 0x6e53] as const;
/** Ends the chain of models. */
export const sunSpecEnd = 0xffff;
/** A chain longer than this is taken for garbage. */
export const sunSpecModelsMax = 64;

export type SunSpecType =
  | 'int16'
  | 'uint16'
  | 'acc32'
  | 'enum16'
  | 'bitfield32'
  | 'float32'
  | 'string'
  | 'sunssf';

export interface SunSpecPoint {
  /** The point's name in the model, used as the property's name. */
  name: string;
  type: SunSpecType;
  /** Registers from the start of the model (its number is at 0, its length at 1). */
  offset: number;
  registers: number;
  title: LocalText;
  unit?: string;
  /** Offset of the register with the power of ten. */
  scaleFactor?: number;
}

export interface SunSpecModel {
  title: LocalText;
  points: readonly SunSpecPoint[];
}

/** name, type, title en, title zh, unit, scale factor's name; a string carries its registers in the unit's place. */
type Row = readonly [string, SunSpecType, string?, string?, (string | number)?, string?];

const registersOf: Readonly<Record<SunSpecType, number>> = {
  int16: 1,
  uint16: 1,
  enum16: 1,
  sunssf: 1,
  acc32: 2,
  bitfield32: 2,
  float32: 2,
  string: 0,
};

/** Lays rows out one after the other, behind the two registers of the model's head. Scale factors are not points of their own. */
function layOut(rows: readonly Row[]): SunSpecPoint[] {
  const offsets = new Map<string, number>();
  let offset = 2;
  for (const [name, type, , , unit] of rows) {
    offsets.set(name, offset);
    offset += type === 'string' ? Number(unit) : registersOf[type];
  }
  const points: SunSpecPoint[] = [];
  for (const [name, type, en, zh, unit, factor] of rows) {
    if (type === 'sunssf' || en === undefined || zh === undefined) continue;
    const scaleFactor = factor === undefined ? undefined : offsets.get(factor);
    points.push({
      name,
      type,
      offset: offsets.get(name)!,
      registers: type === 'string' ? Number(unit) : registersOf[type],
      title: { en, zh },
      ...(typeof unit === 'string' ? { unit } : {}),
      ...(scaleFactor === undefined ? {} : { scaleFactor }),
    });
  }
  return points;
}

const common: readonly Row[] = [
  ['Mn', 'string', 'Manufacturer', '制造商', 16],
  ['Md', 'string', 'Model', '型号', 16],
  ['Opt', 'string', 'Options', '选件', 8],
  ['Vr', 'string', 'Version', '版本', 8],
  ['SN', 'string', 'Serial number', '序列号', 16],
  ['DA', 'uint16', 'Modbus address', 'Modbus 地址'],
];

const phases = ['A', 'B', 'C'] as const;

/** Total and one row for each phase, as the meter models have them. */
function withPhases(
  name: string,
  perPhase: (phase: string) => string,
  type: SunSpecType,
  en: string,
  zh: string,
  unit: string,
  factor?: string,
): Row[] {
  const tail = factor === undefined ? [unit] : [unit, factor];
  return [
    [name, type, en, zh, ...tail] as unknown as Row,
    ...phases.map(
      (phase, i) =>
        [perPhase(phase), type, `${en}, phase L${i + 1}`, `${zh}（L${i + 1} 相）`, ...tail] as unknown as Row,
    ),
  ];
}

/** Models 201 to 204 (integers with scale factors) and 211 to 214 (floating point) have the same points in the same order. */
function meter(float: boolean): Row[] {
  const number: SunSpecType = float ? 'float32' : 'int16';
  const counter: SunSpecType = float ? 'float32' : 'acc32';
  const factor = (name: string): string | undefined => (float ? undefined : name);
  const factorRow = (name: string): Row[] => (float ? [] : [[name, 'sunssf']]);
  const lineToLine = float ? 'PPVph' : 'PhVph';
  const volts = factor('V_SF');
  const line = (name: string, en: string, zh: string): Row =>
    (volts === undefined ? [name, number, en, zh, 'V'] : [name, number, en, zh, 'V', volts]) as Row;
  const energy = (name: string, en: string, zh: string, unit: string, sf: string): Row[] =>
    withPhases(
      name,
      (phase) => `${name}${float && unit === 'varh' ? 'ph' : 'Ph'}${phase}`,
      counter,
      en,
      zh,
      unit,
      factor(sf),
    );
  return [
    ...withPhases('A', (phase) => `Aph${phase}`, number, 'Current', '电流', 'A', factor('A_SF')),
    ...factorRow('A_SF'),
    line('PhV', 'Voltage line to neutral, mean', '相电压平均值'),
    line('PhVphA', 'Voltage L1-N', 'L1-N 电压'),
    line('PhVphB', 'Voltage L2-N', 'L2-N 电压'),
    line('PhVphC', 'Voltage L3-N', 'L3-N 电压'),
    line('PPV', 'Voltage line to line, mean', '线电压平均值'),
    line(`${lineToLine}AB`, 'Voltage L1-L2', 'L1-L2 电压'),
    line(`${lineToLine}BC`, 'Voltage L2-L3', 'L2-L3 电压'),
    line(`${lineToLine}CA`, 'Voltage L3-L1', 'L3-L1 电压'),
    ...factorRow('V_SF'),
    (float
      ? ['Hz', number, 'Frequency', '频率', 'Hz']
      : ['Hz', number, 'Frequency', '频率', 'Hz', 'Hz_SF']) as Row,
    ...factorRow('Hz_SF'),
    ...withPhases('W', (phase) => `Wph${phase}`, number, 'Active power', '有功功率', 'W', factor('W_SF')),
    ...factorRow('W_SF'),
    ...withPhases(
      'VA',
      (phase) => `VAph${phase}`,
      number,
      'Apparent power',
      '视在功率',
      'VA',
      factor('VA_SF'),
    ),
    ...factorRow('VA_SF'),
    ...withPhases(
      'VAR',
      (phase) => `VARph${phase}`,
      number,
      'Reactive power',
      '无功功率',
      'var',
      factor('VAR_SF'),
    ),
    ...factorRow('VAR_SF'),
    ...withPhases(
      'PF',
      (phase) => `PFph${phase}`,
      number,
      'Power factor',
      '功率因数',
      float ? '1' : '%',
      factor('PF_SF'),
    ),
    ...factorRow('PF_SF'),
    ...energy('TotWhExp', 'Active energy exported', '输出有功电能', 'Wh', 'TotWh_SF'),
    ...energy('TotWhImp', 'Active energy imported', '输入有功电能', 'Wh', 'TotWh_SF'),
    ...factorRow('TotWh_SF'),
    ...energy('TotVAhExp', 'Apparent energy exported', '输出视在电能', 'VAh', 'TotVAh_SF'),
    ...energy('TotVAhImp', 'Apparent energy imported', '输入视在电能', 'VAh', 'TotVAh_SF'),
    ...factorRow('TotVAh_SF'),
    ...energy(
      'TotVArhImpQ1',
      'Reactive energy imported, quadrant 1',
      '第一象限无功电能',
      'varh',
      'TotVArh_SF',
    ),
    ...energy(
      'TotVArhImpQ2',
      'Reactive energy imported, quadrant 2',
      '第二象限无功电能',
      'varh',
      'TotVArh_SF',
    ),
    ...energy(
      'TotVArhExpQ3',
      'Reactive energy exported, quadrant 3',
      '第三象限无功电能',
      'varh',
      'TotVArh_SF',
    ),
    ...energy(
      'TotVArhExpQ4',
      'Reactive energy exported, quadrant 4',
      '第四象限无功电能',
      'varh',
      'TotVArh_SF',
    ),
    ...factorRow('TotVArh_SF'),
    ['Evt', 'bitfield32', 'Events (bits)', '事件（位）'],
  ];
}

/** Models 101 to 103 (integers with scale factors) and 111 to 113 (floating point). */
function inverter(float: boolean): Row[] {
  const row = (name: string, type: SunSpecType, en: string, zh: string, unit: string, factor: string): Row =>
    float ? [name, 'float32', en, zh, unit] : [name, type, en, zh, unit, factor];
  const factorRow = (name: string): Row[] => (float ? [] : [[name, 'sunssf']]);
  return [
    row('A', 'uint16', 'AC current', '交流电流', 'A', 'A_SF'),
    row('AphA', 'uint16', 'AC current, phase L1', '交流电流（L1 相）', 'A', 'A_SF'),
    row('AphB', 'uint16', 'AC current, phase L2', '交流电流（L2 相）', 'A', 'A_SF'),
    row('AphC', 'uint16', 'AC current, phase L3', '交流电流（L3 相）', 'A', 'A_SF'),
    ...factorRow('A_SF'),
    row('PPVphAB', 'uint16', 'Voltage L1-L2', 'L1-L2 电压', 'V', 'V_SF'),
    row('PPVphBC', 'uint16', 'Voltage L2-L3', 'L2-L3 电压', 'V', 'V_SF'),
    row('PPVphCA', 'uint16', 'Voltage L3-L1', 'L3-L1 电压', 'V', 'V_SF'),
    row('PhVphA', 'uint16', 'Voltage L1-N', 'L1-N 电压', 'V', 'V_SF'),
    row('PhVphB', 'uint16', 'Voltage L2-N', 'L2-N 电压', 'V', 'V_SF'),
    row('PhVphC', 'uint16', 'Voltage L3-N', 'L3-N 电压', 'V', 'V_SF'),
    ...factorRow('V_SF'),
    row('W', 'int16', 'AC power', '交流功率', 'W', 'W_SF'),
    ...factorRow('W_SF'),
    row('Hz', 'uint16', 'Frequency', '频率', 'Hz', 'Hz_SF'),
    ...factorRow('Hz_SF'),
    row('VA', 'int16', 'AC apparent power', '交流视在功率', 'VA', 'VA_SF'),
    ...factorRow('VA_SF'),
    row('VAr', 'int16', 'AC reactive power', '交流无功功率', 'var', 'VAr_SF'),
    ...factorRow('VAr_SF'),
    row('PF', 'int16', 'AC power factor', '交流功率因数', '%', 'PF_SF'),
    ...factorRow('PF_SF'),
    row('WH', 'acc32', 'AC energy', '交流电能', 'Wh', 'WH_SF'),
    ...factorRow('WH_SF'),
    row('DCA', 'uint16', 'DC current', '直流电流', 'A', 'DCA_SF'),
    ...factorRow('DCA_SF'),
    row('DCV', 'uint16', 'DC voltage', '直流电压', 'V', 'DCV_SF'),
    ...factorRow('DCV_SF'),
    row('DCW', 'int16', 'DC power', '直流功率', 'W', 'DCW_SF'),
    ...factorRow('DCW_SF'),
    row('TmpCab', 'int16', 'Cabinet temperature', '机箱温度', '°C', 'Tmp_SF'),
    row('TmpSnk', 'int16', 'Heat sink temperature', '散热器温度', '°C', 'Tmp_SF'),
    row('TmpTrns', 'int16', 'Transformer temperature', '变压器温度', '°C', 'Tmp_SF'),
    row('TmpOt', 'int16', 'Other temperature', '其他温度', '°C', 'Tmp_SF'),
    ...factorRow('Tmp_SF'),
    ['St', 'enum16', 'Operating state', '运行状态'],
    ['StVnd', 'enum16', "Operating state, maker's own", '运行状态（厂商定义）'],
    ['Evt1', 'bitfield32', 'Events (bits)', '事件（位）'],
    ['Evt2', 'bitfield32', 'Events, reserved (bits)', '事件，保留（位）'],
    ['EvtVnd1', 'bitfield32', "Maker's events 1 (bits)", '厂商事件 1（位）'],
    ['EvtVnd2', 'bitfield32', "Maker's events 2 (bits)", '厂商事件 2（位）'],
    ['EvtVnd3', 'bitfield32', "Maker's events 3 (bits)", '厂商事件 3（位）'],
    ['EvtVnd4', 'bitfield32', "Maker's events 4 (bits)", '厂商事件 4（位）'],
  ];
}

const meterIntegers = layOut(meter(false));
const meterFloats = layOut(meter(true));
const inverterIntegers = layOut(inverter(false));
const inverterFloats = layOut(inverter(true));

export const sunSpecModels: ReadonlyMap<number, SunSpecModel> = new Map([
  [1, { title: { en: 'Identification', zh: '设备标识' }, points: layOut(common) }],
  [101, { title: { en: 'Inverter, single phase', zh: '逆变器（单相）' }, points: inverterIntegers }],
  [102, { title: { en: 'Inverter, split phase', zh: '逆变器（分相）' }, points: inverterIntegers }],
  [103, { title: { en: 'Inverter, three phase', zh: '逆变器（三相）' }, points: inverterIntegers }],
  [
    111,
    {
      title: { en: 'Inverter, single phase, floating point', zh: '逆变器（单相，浮点）' },
      points: inverterFloats,
    },
  ],
  [
    112,
    {
      title: { en: 'Inverter, split phase, floating point', zh: '逆变器（分相，浮点）' },
      points: inverterFloats,
    },
  ],
  [
    113,
    {
      title: { en: 'Inverter, three phase, floating point', zh: '逆变器（三相，浮点）' },
      points: inverterFloats,
    },
  ],
  [201, { title: { en: 'Meter, single phase', zh: '电表（单相）' }, points: meterIntegers }],
  [202, { title: { en: 'Meter, split phase', zh: '电表（分相）' }, points: meterIntegers }],
  [203, { title: { en: 'Meter, three phase with neutral', zh: '电表（三相四线）' }, points: meterIntegers }],
  [
    204,
    { title: { en: 'Meter, three phase without neutral', zh: '电表（三相三线）' }, points: meterIntegers },
  ],
  [
    211,
    { title: { en: 'Meter, single phase, floating point', zh: '电表（单相，浮点）' }, points: meterFloats },
  ],
  [
    212,
    { title: { en: 'Meter, split phase, floating point', zh: '电表（分相，浮点）' }, points: meterFloats },
  ],
  [
    213,
    {
      title: { en: 'Meter, three phase with neutral, floating point', zh: '电表（三相四线，浮点）' },
      points: meterFloats,
    },
  ],
  [
    214,
    {
      title: { en: 'Meter, three phase without neutral, floating point', zh: '电表（三相三线，浮点）' },
      points: meterFloats,
    },
  ],
]);

/** How a point type is written in a form, and which raw value says "not implemented". */
export const sunSpecForms: Readonly<
  Record<
    Exclude<SunSpecType, 'sunssf'>,
    { type: string; schema: 'number' | 'integer' | 'string'; notAvailable?: number }
  >
> = {
  int16: { type: 'xsd:short', schema: 'number', notAvailable: -0x8000 },
  uint16: { type: 'xsd:unsignedShort', schema: 'number', notAvailable: 0xffff },
  acc32: { type: 'xsd:unsignedInt', schema: 'number' },
  enum16: { type: 'xsd:unsignedShort', schema: 'integer', notAvailable: 0xffff },
  bitfield32: { type: 'xsd:unsignedInt', schema: 'integer', notAvailable: 0xffffffff },
  float32: { type: 'xsd:float', schema: 'number' },
  string: { type: 'xsd:string', schema: 'string' },
};
