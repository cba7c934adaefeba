import type { AppWeb } from '@millrace/ui';
import { AllocationPage } from './allocation.tsx';
import { BalancePage } from './balance.tsx';
import { BaselinesPage } from './baselines.tsx';
import { FindingsPage } from './findings.tsx';
import { ForecastPage } from './forecast.tsx';
import { MetersPage } from './meters.tsx';
import { OverviewPage } from './overview.tsx';
import { PlanPage } from './plan.tsx';
import { TariffPage } from './tariff.tsx';
import { en } from './words-en.ts';
import { zh } from './words-zh.ts';

export const web: AppWeb = {
  pages: {
    '': OverviewPage,
    forecast: ForecastPage,
    plan: PlanPage,
    findings: FindingsPage,
    allocation: AllocationPage,
    baselines: BaselinesPage,
    balance: BalancePage,
    meters: MetersPage,
    tariff: TariffPage,
  },
  words: { en, zh },
};
