import type { SettingField, SettingFields, SettingProblem, Settings } from '@millrace/contract';
import { ApiError } from '../../api/client.ts';

/** Settings a first connection needs; the others have defaults that fit and stand under "more". */
const essential: Readonly<Record<string, readonly string[]>> = {
  opcua: ['endpoint', 'identity', 'username', 'password'],
  modbus: ['host', 'port', 'unit'],
  'mqtt-client': ['host', 'port', 'tls', 'username', 'password', 'sparkplug'],
};

/** Settings that are only of use with a certain value of another one. */
const onlyWith: Readonly<Record<string, { field: string; value: unknown }>> = {
  username: { field: 'identity', value: 'username' },
  password: { field: 'identity', value: 'username' },
  userCertificate: { field: 'identity', value: 'certificate' },
  userKey: { field: 'identity', value: 'certificate' },
  tlsVerify: { field: 'tls', value: true },
};

const pertinent = (fields: SettingFields, name: string, values: Settings): boolean => {
  const rule = onlyWith[name];
  return rule === undefined || fields[rule.field] === undefined || values[rule.field] === rule.value;
};

/** The fields to be shown with these values. With `short` all that is not needed at first goes under "more". */
export function fieldsShown(
  protocol: string,
  fields: SettingFields,
  values: Settings,
  short: boolean,
): SettingFields {
  const wanted = essential[protocol];
  const shown: Record<string, SettingField> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!pertinent(fields, name, values)) continue;
    const plain = wanted === undefined ? field.advanced !== true : wanted.includes(name);
    // What belongs to a choice just made stands beside it.
    const follows = onlyWith[name] !== undefined && fields[onlyWith[name].field] !== undefined;
    shown[name] = short ? { ...field, advanced: !(plain || field.required === true || follows) } : field;
  }
  return shown;
}

/** The settings that the server found wrong, at their fields. */
export function settingProblems(error: unknown): SettingProblem[] {
  if (!(error instanceof ApiError) || error.problem.type !== 'wrong-settings') return [];
  return (error.problem.rejected ?? []).map((one) => ({
    field: one.at,
    message: one.words ?? { en: one.reason, zh: one.reason },
  }));
}
