import { formatNumber, type Language } from '@millrace/ui';

/** An amount with as many digits as its size deserves; the same everywhere on the energy pages. */
export function formatAmount(value: number, language: Language, decimals?: number): string {
  const size = Math.abs(value);
  return formatNumber(value, language, decimals ?? (size >= 1000 ? 0 : size >= 10 || size === 0 ? 1 : 2));
}
