import type { LocalText } from '@millrace/contract';
import type { Entity } from './frame.ts';

/**
 * Register maps of meters that are met everywhere, from their makers' public Modbus documentation. Addresses are those on the wire,
 * counted from 0. A map is offered when browsing, with the values the device gives at these addresses right now, so that a person
 * sees at once whether it fits.
 */
export interface TemplatePoint {
  name: string;
  address: number;
  title: LocalText;
  unit: string;
  /** xsd: type; the template's own where it is not given. */
  type?: string;
  scale?: number;
  notAvailable?: number | string;
}

export interface DeviceTemplate {
  id: string;
  title: string;
  /** Where the map is published. */
  source: string;
  entity: Entity;
  type: string;
  points: readonly TemplatePoint[];
}

const words = {
  voltageL1: { en: 'Voltage L1-N', zh: 'L1-N 电压' },
  voltageL2: { en: 'Voltage L2-N', zh: 'L2-N 电压' },
  voltageL3: { en: 'Voltage L3-N', zh: 'L3-N 电压' },
  voltageL12: { en: 'Voltage L1-L2', zh: 'L1-L2 电压' },
  voltageL23: { en: 'Voltage L2-L3', zh: 'L2-L3 电压' },
  voltageL31: { en: 'Voltage L3-L1', zh: 'L3-L1 电压' },
  currentL1: { en: 'Current L1', zh: 'L1 电流' },
  currentL2: { en: 'Current L2', zh: 'L2 电流' },
  currentL3: { en: 'Current L3', zh: 'L3 电流' },
  currentN: { en: 'Current N', zh: '中性线电流' },
  powerL1: { en: 'Active power L1', zh: 'L1 有功功率' },
  powerL2: { en: 'Active power L2', zh: 'L2 有功功率' },
  powerL3: { en: 'Active power L3', zh: 'L3 有功功率' },
  power: { en: 'Active power', zh: '总有功功率' },
  reactivePower: { en: 'Reactive power', zh: '总无功功率' },
  apparentPower: { en: 'Apparent power', zh: '总视在功率' },
  powerFactor: { en: 'Power factor', zh: '总功率因数' },
  frequency: { en: 'Frequency', zh: '频率' },
  energyImported: { en: 'Active energy imported', zh: '输入有功电能' },
  energyExported: { en: 'Active energy exported', zh: '输出有功电能' },
} as const satisfies Record<string, LocalText>;

type Word = keyof typeof words;

function point(
  name: Word,
  address: number,
  unit: string,
  more: Omit<TemplatePoint, 'name' | 'address' | 'title' | 'unit'> = {},
): TemplatePoint {
  return { name, address, title: words[name], unit, ...more };
}

const noCount = { notAvailable: '18446744073709551615' };

export const deviceTemplates: readonly DeviceTemplate[] = [
  {
    id: 'eastron-sdm',
    title: 'Eastron SDM120 / SDM230 / SDM630',
    source: 'Eastron, SDM630 Modbus Protocol Implementation: input registers, 32-bit floating point',
    entity: 'InputRegister',
    type: 'xsd:float',
    points: [
      point('voltageL1', 0, 'V'),
      point('voltageL2', 2, 'V'),
      point('voltageL3', 4, 'V'),
      point('currentL1', 6, 'A'),
      point('currentL2', 8, 'A'),
      point('currentL3', 10, 'A'),
      point('powerL1', 12, 'W'),
      point('powerL2', 14, 'W'),
      point('powerL3', 16, 'W'),
      point('power', 52, 'W'),
      point('apparentPower', 56, 'VA'),
      point('reactivePower', 60, 'var'),
      point('powerFactor', 62, '1'),
      point('frequency', 70, 'Hz'),
      point('energyImported', 72, 'kWh'),
      point('energyExported', 74, 'kWh'),
    ],
  },
  {
    id: 'siemens-pac',
    title: 'Siemens SENTRON PAC3200 / PAC4200',
    source: 'Siemens, SENTRON PAC4200 Manual, A.3: measured variables, 32-bit and 64-bit floating point',
    entity: 'HoldingRegister',
    type: 'xsd:float',
    points: [
      point('voltageL1', 1, 'V'),
      point('voltageL2', 3, 'V'),
      point('voltageL3', 5, 'V'),
      point('voltageL12', 7, 'V'),
      point('voltageL23', 9, 'V'),
      point('voltageL31', 11, 'V'),
      point('currentL1', 13, 'A'),
      point('currentL2', 15, 'A'),
      point('currentL3', 17, 'A'),
      point('powerL1', 25, 'W'),
      point('powerL2', 27, 'W'),
      point('powerL3', 29, 'W'),
      point('frequency', 55, 'Hz'),
      point('apparentPower', 63, 'VA'),
      point('power', 65, 'W'),
      point('reactivePower', 67, 'var'),
      point('powerFactor', 69, '1'),
      point('energyImported', 801, 'Wh', { type: 'xsd:double' }),
      point('energyExported', 809, 'Wh', { type: 'xsd:double' }),
    ],
  },
  {
    id: 'abb-a43-b23',
    title: 'ABB A43 / A44 / B23 / B24',
    source: 'ABB, A43/A44 User Manual, 9.4 Mapping tables: integers with a resolution',
    entity: 'HoldingRegister',
    type: 'xsd:unsignedInt',
    points: [
      point('voltageL1', 0x5b00, 'V', { scale: 0.1, notAvailable: 0xffffffff }),
      point('voltageL2', 0x5b02, 'V', { scale: 0.1, notAvailable: 0xffffffff }),
      point('voltageL3', 0x5b04, 'V', { scale: 0.1, notAvailable: 0xffffffff }),
      point('voltageL12', 0x5b06, 'V', { scale: 0.1, notAvailable: 0xffffffff }),
      point('voltageL23', 0x5b08, 'V', { scale: 0.1, notAvailable: 0xffffffff }),
      point('voltageL31', 0x5b0a, 'V', { scale: 0.1, notAvailable: 0xffffffff }),
      point('currentL1', 0x5b0c, 'A', { scale: 0.01, notAvailable: 0xffffffff }),
      point('currentL2', 0x5b0e, 'A', { scale: 0.01, notAvailable: 0xffffffff }),
      point('currentL3', 0x5b10, 'A', { scale: 0.01, notAvailable: 0xffffffff }),
      point('currentN', 0x5b12, 'A', { scale: 0.01, notAvailable: 0xffffffff }),
      point('power', 0x5b14, 'W', { type: 'xsd:int', scale: 0.01, notAvailable: 0x7fffffff }),
      point('powerL1', 0x5b16, 'W', { type: 'xsd:int', scale: 0.01, notAvailable: 0x7fffffff }),
      point('powerL2', 0x5b18, 'W', { type: 'xsd:int', scale: 0.01, notAvailable: 0x7fffffff }),
      point('powerL3', 0x5b1a, 'W', { type: 'xsd:int', scale: 0.01, notAvailable: 0x7fffffff }),
      point('reactivePower', 0x5b1c, 'var', { type: 'xsd:int', scale: 0.01, notAvailable: 0x7fffffff }),
      point('apparentPower', 0x5b24, 'VA', { type: 'xsd:int', scale: 0.01, notAvailable: 0x7fffffff }),
      point('frequency', 0x5b2c, 'Hz', { type: 'xsd:unsignedShort', scale: 0.01, notAvailable: 0xffff }),
      point('powerFactor', 0x5b3a, '1', { type: 'xsd:short', scale: 0.001, notAvailable: 0x7fff }),
      point('energyImported', 0x5000, 'kWh', { type: 'xsd:unsignedLong', scale: 0.01, ...noCount }),
      point('energyExported', 0x5004, 'kWh', { type: 'xsd:unsignedLong', scale: 0.01, ...noCount }),
    ],
  },
  {
    id: 'janitza-umg',
    title: 'Janitza UMG 96 / UMG 604',
    source: 'Janitza, UMG 96 Modbus address list: frequently required readings, 32-bit floating point',
    entity: 'HoldingRegister',
    type: 'xsd:float',
    points: [
      point('voltageL1', 19_000, 'V'),
      point('voltageL2', 19_002, 'V'),
      point('voltageL3', 19_004, 'V'),
      point('voltageL12', 19_006, 'V'),
      point('voltageL23', 19_008, 'V'),
      point('voltageL31', 19_010, 'V'),
      point('currentL1', 19_012, 'A'),
      point('currentL2', 19_014, 'A'),
      point('currentL3', 19_016, 'A'),
      point('powerL1', 19_020, 'W'),
      point('powerL2', 19_022, 'W'),
      point('powerL3', 19_024, 'W'),
      point('power', 19_026, 'W'),
      point('apparentPower', 19_034, 'VA'),
      point('reactivePower', 19_042, 'var'),
      point('frequency', 19_050, 'Hz'),
      point('energyImported', 19_068, 'Wh'),
      point('energyExported', 19_076, 'Wh'),
    ],
  },
];
