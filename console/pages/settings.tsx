import type { PlatformSettings } from '@millrace/contract';
import {
  Button,
  type Column,
  Confirm,
  chooseLanguage,
  chooseTheme,
  EmptyState,
  ErrorState,
  formatBytes,
  Instant,
  knownZone,
  type Language,
  languages,
  loadChineseFont,
  NumberField,
  notify,
  Page,
  type ProblemWords,
  plantTime,
  Section,
  SelectField,
  Skeleton,
  Table,
  TextField,
  type ThemeChoice,
  ToggleField,
  themeChoices,
  useLanguage,
  useNow,
  useTheme,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Archive } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { backupsQuery, settingsQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';
import { useForbidden, useMay } from './access/permission.ts';
import styles from './settings.module.css';

/** Settings of the platform, and of this browser. */
export function SettingsPage() {
  const words = useConsoleWords();
  const settings = useQuery(settingsQuery);
  const may = useMay();
  return (
    <Page title={words('settings.title')}>
      <div className={styles.columns}>
        <div className={styles.stack}>
          {settings.error !== null && settings.data === undefined ? (
            <ErrorState
              problem={problemWords(settings.error, words)}
              onRetry={() => void settings.refetch()}
            />
          ) : settings.data === undefined ? (
            <Skeleton height="4rem" rows={5} />
          ) : (
            <PlatformForm key={JSON.stringify(settings.data)} stored={settings.data} />
          )}
        </div>
        <div className={styles.stack}>
          {may('administer', '') ? <Backups /> : null}
          <Appearance />
        </div>
      </div>
    </Page>
  );
}

const tierOrder = ['raw', 'minute', 'hour', 'events', 'audit'] as const;

function PlatformForm({ stored }: { stored: PlatformSettings }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const queryClient = useQueryClient();
  const now = useNow();
  const [values, setValues] = useState(stored);
  const [confirming, setConfirming] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const set = (change: Partial<PlatformSettings>) => setValues({ ...values, ...change });

  const zoneKnown = knownZone(values.plantTimeZone);
  const tiers = [
    ...tierOrder.filter((tier) => tier in values.retentionDays),
    ...Object.keys(values.retentionDays).filter((tier) => !tierOrder.some((known) => known === tier)),
  ];
  const wrongDays = tiers.filter((tier) => !(values.retentionDays[tier]! >= 0));
  const shorter = tiers.filter((tier) => isShorter(values.retentionDays[tier]!, stored.retentionDays[tier]!));
  const changed = JSON.stringify(values) !== JSON.stringify(stored);
  const forbidden = useForbidden()('administer', '');
  const reason =
    forbidden ??
    (!changed
      ? words('settings.unchanged')
      : !zoneKnown
        ? words('settings.timeZoneUnknown')
        : wrongDays.length > 0
          ? words('settings.wrongDays')
          : undefined);
  const save = () => {
    setBusy(true);
    setProblem(undefined);
    take(api.PUT('/api/settings', { body: values }))
      .then(
        (next) => {
          setConfirming(false);
          notify({ kind: 'info', title: words('settings.saved') });
          queryClient.setQueryData(settingsQuery.queryKey, next);
        },
        (error: unknown) => {
          setConfirming(false);
          setProblem(problemWords(error, words));
        },
      )
      .finally(() => setBusy(false));
  };
  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason !== undefined || busy) return;
        if (shorter.length > 0) setConfirming(true);
        else save();
      }}
    >
      <Section title={words('settings.plant')}>
        <div className={styles.stack}>
          <TextField
            label={words('settings.plantName')}
            value={values.plantName}
            onChange={(plantName) => set({ plantName })}
          />
          <TextField
            label={words('settings.timeZone')}
            help={`${words('settings.timeZoneHelp')}${
              zoneKnown
                ? ` ${words('settings.now', { time: plantTime(values.plantTimeZone, language).instant(now) })}`
                : ''
            }`}
            value={values.plantTimeZone}
            fault={zoneKnown ? undefined : words('settings.timeZoneUnknown')}
            onChange={(plantTimeZone) => set({ plantTimeZone })}
          />
          <ToggleField
            label={words('settings.proposals')}
            help={words('settings.proposalsHelp')}
            value={values.autoAcceptProposals}
            onChange={(autoAcceptProposals) => set({ autoAcceptProposals })}
          />
        </div>
      </Section>
      <Section title={words('settings.retention')} note={words('settings.retentionHelp')}>
        <div className={styles.stack}>
          {tiers.map((tier) => (
            <NumberField
              key={tier}
              label={tierWord(tier, words)}
              unit={words('settings.days')}
              help={values.retentionDays[tier] === 0 ? words('settings.forEver') : undefined}
              value={values.retentionDays[tier]}
              fault={wrongDays.includes(tier) ? words('settings.wrongDays') : undefined}
              onChange={(days) =>
                set({ retentionDays: { ...values.retentionDays, [tier]: days ?? Number.NaN } })
              }
            />
          ))}
        </div>
      </Section>
      {problem === undefined ? null : <ErrorState problem={problem} />}
      <div>
        <Button kind="primary" type="submit" pending={busy} disabledReason={reason}>
          {words('settings.save')}
        </Button>
      </div>
      <Confirm
        open={confirming}
        onClose={() => setConfirming(false)}
        onConfirm={save}
        title={words('settings.saveTitle')}
        confirm={words('settings.save')}
        busy={busy}
      >
        <p>{words('settings.shorter')}</p>
        <ul>
          {shorter.map((tier) => (
            <li key={tier}>
              {tierWord(tier, words)}: {daysText(stored.retentionDays[tier]!, words)} →{' '}
              <b>{daysText(values.retentionDays[tier]!, words)}</b>
            </li>
          ))}
        </ul>
      </Confirm>
    </form>
  );
}

type Words = ReturnType<typeof useConsoleWords>;

function tierWord(tier: string, words: Words): string {
  const known = tierOrder.find((one) => one === tier);
  return known === undefined ? tier : words(`settings.tiers.${known}`);
}

function daysText(days: number, words: Words): string {
  return days === 0 ? words('settings.forEver') : `${days} ${words('settings.days')}`;
}

/** 0 stands for ever, so any number is shorter than it. */
function isShorter(next: number, before: number): boolean {
  return next !== 0 && (before === 0 || next < before);
}

type Backup = { name: string; time: string; bytes: number };

function Backups() {
  const words = useConsoleWords();
  const language = useLanguage();
  const queryClient = useQueryClient();
  const backups = useQuery(backupsQuery);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const columns = useMemo<Column<Backup>[]>(
    () => [
      {
        id: 'name',
        title: words('settings.backupName'),
        width: 'minmax(10rem, 2fr)',
        phone: 'title',
        value: (one) => one.name,
        render: (one) => <code>{one.name}</code>,
      },
      {
        id: 'time',
        title: words('settings.backupTime'),
        width: 'minmax(9rem, 1fr)',
        value: (one) => one.time,
        render: (one) => <Instant time={one.time} />,
      },
      {
        id: 'bytes',
        title: words('settings.backupSize'),
        width: '6rem',
        align: 'end',
        value: (one) => one.bytes,
        render: (one) => formatBytes(one.bytes, language),
      },
    ],
    [words, language],
  );
  const make = () => {
    setBusy(true);
    setProblem(undefined);
    take(api.POST('/api/backups'))
      .then(
        (made) => {
          notify({ kind: 'info', title: words('settings.backupDone', { name: made.name }) });
          return queryClient.invalidateQueries({ queryKey: backupsQuery.queryKey });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <Section
      title={words('settings.backups')}
      note={words('settings.backupsNote')}
      flush
      actions={
        <Button icon={<Archive size={16} />} pending={busy} onPress={make}>
          {words(busy ? 'settings.backupRunning' : 'settings.backupNow')}
        </Button>
      }
    >
      {problem === undefined ? null : (
        <div className={styles.inset}>
          <ErrorState problem={problem} />
        </div>
      )}
      {backups.error !== null && backups.data === undefined ? (
        <ErrorState problem={problemWords(backups.error, words)} onRetry={() => void backups.refetch()} />
      ) : backups.data === undefined ? (
        <Skeleton height="3rem" rows={2} />
      ) : (
        <Table
          label={words('settings.backups')}
          columns={columns}
          rows={backups.data}
          rowKey={(one) => one.name}
          empty={
            <EmptyState title={words('settings.backupNone')}>
              <p>{words('settings.backupNoneHelp')}</p>
            </EmptyState>
          }
        />
      )}
    </Section>
  );
}

function Appearance() {
  const words = useConsoleWords();
  const language = useLanguage();
  const { choice } = useTheme();
  return (
    <Section title={words('settings.appearance')} note={words('settings.appearanceNote')}>
      <div className={styles.stack}>
        <SelectField
          label={words('shell.language')}
          value={language}
          options={Object.entries(languages).map(([value, title]) => ({ value, title }))}
          onChange={(tag) => {
            if (tag === 'zh') void loadChineseFont();
            chooseLanguage(tag as Language);
          }}
        />
        <SelectField
          label={words('shell.theme')}
          value={choice}
          options={themeChoices.map((value) => ({ value, title: words(`shell.themes.${value}`) }))}
          onChange={(theme) => chooseTheme(theme as ThemeChoice)}
        />
      </div>
    </Section>
  );
}
