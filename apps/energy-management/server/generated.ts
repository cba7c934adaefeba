import { formatInstant, type Microseconds } from '@millrace/contract';
import type { AppContext } from '@millrace/sdk';
import { Ledger } from './ledger.ts';

/**
 * What a demo plant made up of the time before it ran, so that nobody takes it for measured: amounts before this time, shown wherever
 * they are.
 */
export async function putGenerated(context: AppContext, until: Microseconds): Promise<void> {
  await new Ledger(context.records).putDocument('generated', { until });
}

/** Until when amounts are made up; undefined: none are. */
export async function generatedUntil(context: AppContext): Promise<string | undefined> {
  const kept = await new Ledger(context.records).document<{ until: Microseconds }>('generated');
  return kept === undefined ? undefined : formatInstant(kept.until);
}
