import type { LocalText } from '@millrace/contract';
import {
  Button,
  Confirm,
  EmptyState,
  Facts,
  Instant,
  Mark,
  Page,
  Section,
  SelectField,
  Table,
  useApp,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useState } from 'react';
import type { LoadDefinition } from '../model/loads.ts';
import type { Plan } from '../model/plan.ts';
import { formatAmount } from './amount.ts';
import { Answer, useDoing } from './answer.tsx';
import { DayChart, quarterLabels } from './day-chart.tsx';
import styles from './energy.module.css';
import { LoadsSection } from './loads.tsx';
import { useEnergyWords } from './words.ts';

interface Step {
  load: string;
  title: string;
  at?: string;
  command: { thing: string; property?: string; action?: string; value?: unknown };
  before?: unknown;
  state: 'waiting' | 'done' | 'failed' | 'undone' | 'cancelled';
  reason?: LocalText;
}
interface StoredPlan {
  id: string;
  date: string;
  created: string;
  state: 'proposed' | 'approved' | 'partly-applied' | 'undone' | 'rejected' | 'replaced';
  plan: Plan;
  input: { demandPrice: number; peakFree: number };
  loads: LoadDefinition[];
  decidedBy?: string;
  decided?: string;
  steps: Step[];
}

export function PlanPage() {
  const words = useEnergyWords();
  const app = useApp();
  const { busy, run } = useDoing();
  const [search, setSearch] = app.useSearch();
  const answer = app.useAnswer<StoredPlan[]>('/plans', { limit: 30 }, 30);
  const tariff = app.useAnswer<{ carriers: { tariff: { currency: string } }[] }>('/tariff');
  const currency = tariff.data?.carriers[0]?.tariff.currency ?? '';
  const make = (
    <Button
      pending={busy}
      disabledReason={app.may('operate') ? undefined : words('mayNotOperate')}
      onPress={() => run(() => app.startJob('forecast'), words('forecast.started'))}
    >
      {words('plan.make')}
    </Button>
  );
  return (
    <Page title={words('plan.title')} actions={make}>
      <div className={styles.stack}>
        <Answer answer={answer}>
          {(plans) => {
            const shown = plans.find((plan) => plan.id === search['plan']) ?? plans[0];
            return shown === undefined ? (
              <EmptyState title={words('plan.none')}>{words('plan.noneHow')}</EmptyState>
            ) : (
              <>
                {plans.length < 2 ? null : (
                  <div className={styles.row}>
                    <SelectField
                      compact
                      label={words('plan.earlier')}
                      value={shown.id}
                      options={plans.map((plan) => ({
                        value: plan.id,
                        title: `${plan.date} · ${words(`plan.state.${plan.state}`)}`,
                      }))}
                      onChange={(plan) => setSearch({ plan })}
                    />
                  </div>
                )}
                <OnePlan plan={shown} currency={currency} />
              </>
            );
          }}
        </Answer>
        <LoadsSection />
      </div>
    </Page>
  );
}

function OnePlan({ plan: stored, currency }: { plan: StoredPlan; currency: string }) {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const app = useApp();
  const { busy, run } = useDoing();
  const [asking, setAsking] = useState<'approve' | 'undo'>();
  const { plan } = stored;
  const mayNot = app.may('operate') ? undefined : words('mayNotOperate');
  const number = (value: number): string => formatAmount(value, language, 1);
  const commanded = new Set(stored.loads.filter((load) => load.command !== undefined).map((load) => load.id));
  const atOnce = stored.loads.filter(
    (load) =>
      (load.kind === 'block' && load.command?.property !== undefined) ||
      (load.kind === 'storage' && load.limit !== undefined),
  ).length;
  const decide = (what: 'approve' | 'reject' | 'undo') =>
    run(async () => {
      await app.send('POST', `/plans/${stored.id}/${what}`);
      setAsking(undefined);
    });
  return (
    <>
      <Section
        title={`${stored.date} · ${words(`plan.state.${stored.state}`)}`}
        note={
          stored.decidedBy === undefined ? undefined : (
            <>
              {stored.decidedBy}, <Instant time={stored.decided} />
            </>
          )
        }
        actions={
          <div className={styles.row}>
            {stored.state === 'proposed' ? (
              <>
                <Button
                  kind="act"
                  pending={busy}
                  disabledReason={mayNot}
                  onPress={() => setAsking('approve')}
                >
                  {words('plan.approve')}
                </Button>
                <Button disabledReason={mayNot} onPress={() => decide('reject')}>
                  {words('plan.reject')}
                </Button>
              </>
            ) : null}
            {stored.state === 'approved' || stored.state === 'partly-applied' ? (
              <Button kind="act" pending={busy} disabledReason={mayNot} onPress={() => setAsking('undo')}>
                {words('plan.undo')}
              </Button>
            ) : null}
          </div>
        }
      >
        <div className={styles.stack}>
          <dl className={styles.tiles}>
            <div className={styles.tile}>
              <dt>{words('plan.saves')}</dt>
              <dd>
                {number(plan.saves.cost)} <small>{currency}</small>
              </dd>
            </div>
            <div className={styles.tile}>
              <dt>{words('peak')}</dt>
              <dd>
                {number(plan.nothing.peak)} → {number(plan.planned.peak)} <small>kW</small>
              </dd>
            </div>
          </dl>
          <DayChart
            label={words('plan.title')}
            unit="kW"
            labels={quarterLabels}
            layers={[
              {
                kind: 'line',
                title: words('plan.nothing'),
                values: plan.nothing.grid,
                tone: 2,
                stepped: true,
              },
              {
                kind: 'line',
                title: words('plan.planned'),
                values: plan.planned.grid,
                tone: 0,
                stepped: true,
              },
              ...(stored.input.peakFree > 0
                ? [{ kind: 'level' as const, title: words('plan.free'), value: stored.input.peakFree }]
                : []),
            ]}
          />
          <div>
            <h3>{words('plan.touches')}</h3>
            {plan.moves.length === 0 ? (
              <p>{words('plan.touchesNothing')}</p>
            ) : (
              <ul>
                {plan.moves.map((move) => (
                  <li key={move.load}>
                    {local(move.words)}
                    {commanded.has(move.load) ? null : (
                      <span className={styles.faint}> ({words('plan.byHand')})</span>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </div>
          <Facts
            facts={[
              {
                name: words('cost'),
                value: words('plan.savesCost', {
                  amount: `${number(plan.planned.cost)} ${currency}`,
                  of: `${number(plan.nothing.cost)} ${currency}`,
                }),
              },
              {
                name: words('plan.result'),
                value: words(plan.solver.optimal ? 'plan.solver' : 'plan.solverTime'),
              },
              { name: words('forecast.issued'), value: <Instant time={stored.created} /> },
            ]}
          />
        </div>
      </Section>
      {stored.steps.length === 0 ? null : (
        <Section title={words('plan.steps')} flush>
          <Table
            label={words('plan.steps')}
            rows={stored.steps}
            rowKey={(step) => `${step.load} ${step.at ?? ''} ${step.command.property ?? ''}`}
            columns={[
              {
                id: 'at',
                title: words('plan.at'),
                render: (step) => (step.at === undefined ? words('plan.atOnce') : <Instant time={step.at} />),
              },
              { id: 'load', title: words('plan.what'), phone: 'title', render: (step) => step.title },
              {
                id: 'command',
                title: words('plan.fields.command'),
                render: (step) =>
                  step.command.action ?? `${step.command.property} = ${String(step.command.value ?? '')}`,
              },
              {
                id: 'before',
                title: words('plan.was'),
                render: (step) =>
                  step.before === undefined || step.before === null ? '–' : String(step.before),
              },
              {
                id: 'state',
                title: words('plan.result'),
                width: 'minmax(10rem, 2fr)',
                render: (step) => (
                  <span className={styles.row}>
                    <Mark
                      kind={step.state === 'failed' ? 'bad' : step.state === 'done' ? 'good' : 'silent'}
                    />{' '}
                    {words(`plan.stepState.${step.state}`)}
                    {step.reason === undefined ? '' : `: ${local(step.reason)}`}
                  </span>
                ),
              },
            ]}
          />
        </Section>
      )}
      <Confirm
        open={asking === 'approve'}
        onClose={() => setAsking(undefined)}
        onConfirm={() => decide('approve')}
        title={words('plan.approveAsk', { day: stored.date })}
        confirm={words('plan.approve')}
        busy={busy}
      >
        {words('plan.approveWhat', { now: atOnce, later: commanded.size })}
      </Confirm>
      <Confirm
        open={asking === 'undo'}
        onClose={() => setAsking(undefined)}
        onConfirm={() => decide('undo')}
        title={words('plan.undoAsk', { day: stored.date })}
        confirm={words('plan.undo')}
        busy={busy}
      >
        {words('plan.undoWhat')}
      </Confirm>
    </>
  );
}
