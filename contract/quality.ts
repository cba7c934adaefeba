/**
 * The quality of a sample: an OPC UA StatusCode (OPC 10000-4, 7.39), a 32-bit unsigned number whose two highest bits are
 * the class. Millrace stores the whole code and shows the class. Protocols without quality of their own map to the
 * codes below.
 */
export type QualityClass = 'good' | 'uncertain' | 'bad';

/** The StatusCodes Millrace itself gives. Values and names are those of OPC 10000-6, Annex A.2. */
export const status = {
  good: 0x00000000,
  goodClamped: 0x00300000,
  uncertain: 0x40000000,
  uncertainLastUsableValue: 0x40900000,
  uncertainSensorNotAccurate: 0x40930000,
  uncertainEngineeringUnitsExceeded: 0x40940000,
  bad: 0x80000000,
  badInternalError: 0x80020000,
  badCommunicationError: 0x80050000,
  badTimeout: 0x800a0000,
  badNodeIdUnknown: 0x80340000,
  badNotReadable: 0x803a0000,
  badOutOfRange: 0x803c0000,
  badNotSupported: 0x803d0000,
  badConfigurationError: 0x80890000,
  badNotConnected: 0x808a0000,
  badDeviceFailure: 0x808b0000,
  badSensorFailure: 0x808c0000,
  badOutOfService: 0x808d0000,
  badWaitingForInitialData: 0x80320000,
  badTypeMismatch: 0x80740000,
  badNoData: 0x809b0000,
} as const;

/** Code → its standard name, for the codes this program gives; other codes are shown as 0x… */
const names = new Map<number, string>(Object.entries(status).map(([name, code]) => [code, name]));

/** The class held in the two highest bits; the reserved fourth class counts as bad. */
export function qualityClass(code: number): QualityClass {
  const severity = code >>> 30;
  return severity === 0 ? 'good' : severity === 1 ? 'uncertain' : 'bad';
}

/** Name of a StatusCode in PascalCase as the OPC Foundation writes it, or its hexadecimal form. */
export function statusName(code: number): string {
  const name = names.get(code >>> 0) ?? names.get((code & 0xffff0000) >>> 0);
  return name === undefined
    ? `0x${(code >>> 0).toString(16).padStart(8, '0')}`
    : name[0]!.toUpperCase() + name.slice(1);
}
