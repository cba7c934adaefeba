import { createHash } from 'node:crypto';
import type { LocalText } from '@millrace/contract';

/** Luhn's check digit (ISO/IEC 7812-1, Annex B) over all digits, the last being the check digit. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

export function luhnDigit(digits: string): string {
  for (let digit = 0; digit < 10; digit++) if (passesLuhn(`${digits}${digit}`)) return String(digit);
  return '0';
}

/**
 * What is wrong with an ICCID. ITU-T E.118: 19 digits beginning with 89, the last Luhn's check digit. Cards also print 18 (without it) and 20 (a digit of
 * the operator's behind it, or a check digit over all): these are taken where either reading is right.
 */
export function iccidProblem(text: string): LocalText | undefined {
  if (/^\d+(\.\d+)?e\+?\d+$/i.test(text))
    return {
      en: `"${text}" is what a spreadsheet makes of a long number: the last digits are gone. Format the column as text and enter it anew.`,
      zh: `“${text}”是电子表格对长数字的科学计数显示，末尾数字已丢失。请将该列设为文本后重新录入。`,
    };
  if (!/^\d{18,20}$/.test(text))
    return {
      en: `An ICCID has 18 to 20 digits; this has ${/^\d*$/.test(text) ? text.length : 'other characters'}.`,
      zh: `ICCID 为 18 至 20 位数字，此处${/^\d*$/.test(text) ? `为 ${text.length} 位` : '含有其他字符'}。`,
    };
  if (!text.startsWith('89'))
    return {
      en: 'An ICCID begins with 89, for telecommunications (ITU-T E.118).',
      zh: 'ICCID 以 89 开头（ITU-T E.118 电信行业标识）。',
    };
  if (/0{5}$/.test(text) && text.length >= 19 && !passesLuhn(text.slice(0, 19)))
    return {
      en: 'It ends in zeros and its check digit is wrong: a spreadsheet has most likely rounded it. Format the column as text.',
      zh: '末尾为多个 0 且校验位错误，可能被电子表格四舍五入。请将该列设为文本。',
    };
  const right =
    text.length === 18 || passesLuhn(text.slice(0, 19)) || (text.length === 20 && passesLuhn(text));
  if (right) return undefined;
  const wanted = luhnDigit(text.slice(0, 18));
  return {
    en: `The check digit is wrong: the 19th digit is ${text[18]} and would have to be ${wanted}; a digit was mistyped.`,
    zh: `校验位错误：第 19 位为 ${text[18]}，应为 ${wanted}，可能有数字输错。`,
  };
}

/** What is wrong with the check digit of an IMEI (TS 23.003, 6.2.1); an IMEISV has none. */
export function peiProblem(pei: string): LocalText | undefined {
  const imei = /^imei-(\d{15})$/.exec(pei)?.[1];
  if (imei === undefined || passesLuhn(imei)) return undefined;
  return {
    en: `The check digit of this IMEI is wrong: its last digit would have to be ${luhnDigit(imei.slice(0, 14))}.`,
    zh: `IMEI 校验位错误：最后一位应为 ${luhnDigit(imei.slice(0, 14))}。`,
  };
}

/** The same device: an IMEI and an IMEISV share their first 14 digits. */
export function samePei(a: string, b: string): boolean {
  const body = (pei: string): string => /^imei(?:sv)?-(\d{14})/.exec(pei)?.[1] ?? pei.toLowerCase();
  return body(a) === body(b);
}

/** An id that people can read and addresses can hold, from any text; what is cut off or replaced is told apart by a hash. */
export function idFrom(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '');
  if (plain === text && plain.length <= 64) return plain;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return plain === '' ? hash : `${plain.slice(-48).replace(/^[^a-z0-9]+/, '')}-${hash}`;
}

export const idPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
