/**
 * Engineering units. OPC UA names a unit by its UNECE Recommendation 20 code packed into a number, and by a display name (OPC 10000-8,
 * 5.6.4.3). The display name is what the maker wants shown; the code helps where there is none.
 */
const byCode: Readonly<Record<string, string>> = {
  CEL: '°C',
  FAH: '°F',
  KEL: 'K',
  P1: '%',
  BAR: 'bar',
  MBR: 'mbar',
  PAL: 'Pa',
  HPA: 'hPa',
  KPA: 'kPa',
  MPA: 'MPa',
  PS: 'psi',
  MTR: 'm',
  CMT: 'cm',
  MMT: 'mm',
  '4H': 'µm',
  KMT: 'km',
  INH: 'in',
  FOT: 'ft',
  MTK: 'm²',
  MTQ: 'm³',
  LTR: 'L',
  MLT: 'mL',
  KGM: 'kg',
  GRM: 'g',
  TNE: 't',
  SEC: 's',
  C26: 'ms',
  MIN: 'min',
  HUR: 'h',
  DAY: 'd',
  HTZ: 'Hz',
  KHZ: 'kHz',
  MHZ: 'MHz',
  RPM: 'r/min',
  MTS: 'm/s',
  '2X': 'm/min',
  KMH: 'km/h',
  MSK: 'm/s²',
  C16: 'mm/s',
  NEW: 'N',
  B47: 'kN',
  NU: 'N·m',
  JOU: 'J',
  KJO: 'kJ',
  WTT: 'W',
  KWT: 'kW',
  MAW: 'MW',
  WHR: 'W·h',
  KWH: 'kW·h',
  MWH: 'MW·h',
  VLT: 'V',
  '2Z': 'mV',
  KVT: 'kV',
  AMP: 'A',
  '4K': 'mA',
  OHM: 'Ω',
  VA: 'V·A',
  KVA: 'kV·A',
  KVR: 'kvar',
  K3: 'kvar·h',
  DD: '°',
  C81: 'rad',
  MQH: 'm³/h',
  MQS: 'm³/s',
  L2: 'L/min',
  E32: 'L/h',
  KGS: 'kg/s',
  E93: 'kg/h',
  '2N': 'dB',
  '59': 'ppm',
  LUX: 'lx',
  NIU: '',
  C62: '',
  EA: '',
};

const unece = 'http://www.opcfoundation.org/UA/units/un/cefact';

/** Text of a unit from an EUInformation; undefined where it says nothing. */
export function unitText(information: unknown): string | undefined {
  if (information === null || typeof information !== 'object') return undefined;
  const { displayName, unitId, namespaceUri } = information as {
    displayName?: { text?: string | null };
    unitId?: number;
    namespaceUri?: string | null;
  };
  const shown = displayName?.text?.trim();
  if (shown) return shown;
  if (typeof unitId !== 'number' || unitId <= 0 || (namespaceUri && namespaceUri !== unece)) return undefined;
  let code = '';
  for (let shift = 16; shift >= 0; shift -= 8) {
    const character = (unitId >> shift) & 0xff;
    if (character > 0x20 && character < 0x7f) code += String.fromCharCode(character);
  }
  return byCode[code] || undefined;
}
