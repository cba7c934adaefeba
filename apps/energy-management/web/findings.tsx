import type { LocalText } from '@millrace/contract';
import {
  Button,
  EmptyState,
  Instant,
  Mark,
  Page,
  Section,
  Since,
  useApp,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { formatAmount } from './amount.ts';
import { Answer, useDoing } from './answer.tsx';
import styles from './energy.module.css';
import { useEnergyWords } from './words.ts';

interface Finding {
  key: string;
  kind: 'standby' | 'level-change' | 'unexplained';
  machine: string;
  titles: LocalText;
  place: string;
  since: string;
  kilowattHours: number;
  cost: number;
  costPerWeek: number;
  words: LocalText;
  remedy: LocalText;
  dismissedBy: string | null;
}
interface Findings {
  searched: string | null;
  currency: string;
  findings: Finding[];
}

export function FindingsPage() {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const app = useApp();
  const { busy, run } = useDoing();
  const answer = app.useAnswer<Findings>('/findings', {}, 60);
  const mayNot = app.may('operate') ? undefined : words('mayNotOperate');
  const look = (
    <Button
      pending={busy}
      disabledReason={mayNot}
      onPress={() => run(() => app.startJob('search'), words('findings.look'))}
    >
      {words('findings.look')}
    </Button>
  );
  return (
    <Page title={words('findings.title')} actions={look}>
      <Answer answer={answer}>
        {({ findings, currency, searched }) => {
          const open = findings.filter((finding) => finding.dismissedBy === null);
          const note =
            searched === null ? null : (
              <p className={styles.faint}>
                {words('findings.looked')} <Since time={searched} />
              </p>
            );
          if (findings.length === 0)
            return (
              <>
                <EmptyState title={words('findings.none')}>{words('findings.noneHow')}</EmptyState>
                {note}
              </>
            );
          return (
            <div className={styles.stack}>
              <p className={styles.money}>
                {words('findings.total', {
                  cost: `${formatAmount(
                    open.reduce((sum, finding) => sum + finding.costPerWeek, 0),
                    language,
                  )} ${currency}`,
                  count: open.length,
                })}
              </p>
              {findings.map((finding) => (
                <div key={finding.key} className={finding.dismissedBy === null ? undefined : styles.aside}>
                  <Section
                    title={
                      <span className={styles.row}>
                        <Mark kind={finding.kind === 'standby' ? 'uncertain' : 'above'} />{' '}
                        {local(finding.titles)}
                        {' · '}
                        {words(`findings.kind.${finding.kind}`)}
                      </span>
                    }
                    note={finding.place}
                    actions={
                      <Button
                        kind="quiet"
                        disabledReason={mayNot}
                        onPress={() =>
                          run(() =>
                            app.send('POST', '/findings/dismiss', {
                              key: finding.key,
                              dismissed: finding.dismissedBy === null,
                            }),
                          )
                        }
                      >
                        {words(finding.dismissedBy === null ? 'findings.dismiss' : 'findings.restore')}
                      </Button>
                    }
                  >
                    <div className={styles.finding}>
                      <p className={styles.money}>
                        {formatAmount(finding.costPerWeek, language)} {currency} {words('findings.week')}
                      </p>
                      <p>{local(finding.words)}</p>
                      <p>
                        <b>{words('findings.todo')}: </b>
                        {local(finding.remedy)}
                      </p>
                      <p className={styles.faint}>
                        {words('since')} <Instant time={finding.since} /> · {words('findings.soFar')}{' '}
                        {formatAmount(finding.kilowattHours, language)} kWh,{' '}
                        {formatAmount(finding.cost, language)} {currency}
                        {' · '}
                        <app.ThingLink thing={finding.machine}>{words('machine')}</app.ThingLink>
                        {finding.dismissedBy === null
                          ? null
                          : ` · ${words('findings.dismissedBy', { who: finding.dismissedBy })}`}
                      </p>
                    </div>
                  </Section>
                </div>
              ))}
              {note}
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}
