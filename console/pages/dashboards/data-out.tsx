import type { Webhook, WebhookInput } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  type Column,
  Confirm,
  Dialog,
  EmptyState,
  ErrorState,
  formatCount,
  formatValue,
  NumberField,
  notify,
  Page,
  Section,
  Skeleton,
  StateBadge,
  Table,
  TextField,
  ToggleField,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Play, Plus, Trash2, Webhook as WebhookIcon } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useBounds } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './dashboards.module.css';
import { PlaceField } from './tile-settings.tsx';

const rowsShownMax = 10_000;
const decimalsMax = 3;
const firstQuestion =
  'SELECT thing, property, avg(mean) AS mean, max(greatest) AS most\nFROM minutes\nGROUP BY thing, property\nORDER BY thing, property\nLIMIT 100';

/** How other programs get the plant's data: SQL to try, webhooks to set, addresses for the rest. */
export function DataOutPage() {
  const words = useConsoleWords();
  const { origin } = window.location;
  return (
    <Page title={words('dashboard.out.title')}>
      <div className={styles.form}>
        <Sql />
        <Webhooks />
        <Section title={words('dashboard.out.links')}>
          <div className={styles.form}>
            <h3 className={styles.small}>{words('dashboard.out.openApi')}</h3>
            <CodeBlock label={words('dashboard.out.openApi')} text={`${origin}/api/openapi.json`} />
            <h3 className={styles.small}>{words('dashboard.out.grafana')}</h3>
            <CodeBlock label={words('dashboard.out.grafana')} text={`${origin}/api/grafana`} />
            <h3 className={styles.small}>{words('dashboard.out.rowsUrl')}</h3>
            <CodeBlock
              label={words('dashboard.out.rowsUrl')}
              text={`${origin}/api/grafana/rows?series=<thing>/<property>&from=\${__from}&to=\${__to}`}
            />
          </div>
        </Section>
      </div>
    </Page>
  );
}

interface Answer {
  meta: { name: string; type: string }[];
  data: Record<string, unknown>[];
  rows: number;
}

/** Digits behind the point that all numbers of a column are shown with, so that they stand below each other: what the longest needs. */
function decimalsOf(rows: readonly Record<string, unknown>[], column: string): number {
  let most = 0;
  for (const row of rows) {
    const value = row[column];
    if (typeof value !== 'number') continue;
    while (most < decimalsMax && Math.abs(value - Number(value.toFixed(most))) > 1e-9) most++;
  }
  return most;
}

function Sql() {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const { from, to } = useBounds();
  const [query, setQuery] = useState(firstQuestion);
  const tables = useQuery({
    queryKey: ['sql-tables'],
    queryFn: () => take(api.GET('/api/sql/tables')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const ask = useMutation({
    mutationFn: async () => {
      const start = performance.now();
      const answer = (await take(
        api.POST('/api/sql', {
          body: { query, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
        }),
      )) as unknown as Answer;
      return { ...answer, milliseconds: Math.round(performance.now() - start) };
    },
  });
  const shown = useMemo(() => (ask.data?.data ?? []).slice(0, rowsShownMax), [ask.data]);
  const columns = useMemo<Column<Record<string, unknown>>[]>(
    () =>
      (ask.data?.meta ?? []).map(({ name, type }) => {
        const decimals = decimalsOf(shown, name);
        return {
          id: name,
          title: name,
          ...(/Int|Float|Decimal/.test(type) ? { align: 'end' as const } : {}),
          value: (row) => {
            const value = row[name];
            return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
              ? value
              : value === null || value === undefined
                ? undefined
                : JSON.stringify(value);
          },
          render: (row) => {
            const value = row[name];
            return typeof value === 'number'
              ? formatValue(value, {
                  language,
                  decimals,
                  yes: uiWords('value.yes'),
                  no: uiWords('value.no'),
                  none: uiWords('value.none'),
                })
              : value === null
                ? '–'
                : typeof value === 'string'
                  ? value
                  : JSON.stringify(value);
          },
        };
      }),
    [ask.data, shown, language, uiWords],
  );
  const numbers = useMemo(() => new Map(shown.map((row, at) => [row, String(at)])), [shown]);
  return (
    <Section title={words('dashboard.out.sql')} note={words('dashboard.out.sqlHelp')}>
      <div className={styles.form}>
        <TextField label={words('dashboard.out.question')} lines={7} code value={query} onChange={setQuery} />
        <div className={styles.bar}>
          <Button
            kind="primary"
            icon={<Play size={16} />}
            pending={ask.isPending}
            onPress={() => ask.mutate()}
          >
            {words('dashboard.out.ask')}
          </Button>
          {(tables.data ?? []).map((table) => (
            <span
              key={table.name}
              className={styles.faint}
              title={`${words('dashboard.out.columns', { table: table.name })}: ${table.columns.map(({ name }) => name).join(', ')}`}
            >
              <b>{table.name}</b> ({table.columns.map(({ name }) => name).join(', ')})
            </span>
          ))}
        </div>
        {ask.error === null ? null : <ErrorState problem={problemWords(ask.error, words)} />}
        {ask.data === undefined ? null : (
          <>
            <p className={styles.faint}>
              {words('dashboard.out.rows', { count: ask.data.rows, milliseconds: ask.data.milliseconds })}
              {ask.data.data.length > rowsShownMax
                ? ` ${words('dashboard.out.shown', { count: rowsShownMax })}`
                : ''}
            </p>
            <Table
              label={words('dashboard.out.sql')}
              columns={columns}
              rows={shown}
              rowKey={(row) => numbers.get(row) ?? ''}
              rowHeight={40}
              csv="sql"
              empty={<EmptyState title={words('dashboard.out.noRows')} />}
            />
          </>
        )}
      </div>
    </Section>
  );
}

function Webhooks() {
  const words = useConsoleWords();
  const language = useLanguage();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Webhook>();
  const webhooks = useQuery({
    queryKey: ['webhooks'],
    queryFn: async () => (await take(api.GET('/api/webhooks'))) as Webhook[],
    refetchInterval: 5000,
  });
  const again = (): void => void client.invalidateQueries({ queryKey: ['webhooks'] });
  const test = useMutation({
    mutationFn: (webhook: string) =>
      take(api.POST('/api/webhooks/{webhook}/test', { params: { path: { webhook } } })),
    onSuccess: ({ ok, problem }) =>
      notify(
        ok
          ? { kind: 'info', title: words('dashboard.out.tested') }
          : {
              kind: 'error',
              title: words('dashboard.out.testFailed'),
              ...(problem === undefined ? {} : { detail: problem }),
            },
      ),
    onSettled: again,
  });
  const remove = useMutation({
    mutationFn: (webhook: string) =>
      take(api.DELETE('/api/webhooks/{webhook}', { params: { path: { webhook } } })),
    onSuccess: () => setRemoving(undefined),
    onSettled: again,
  });
  const columns = useMemo<Column<Webhook>[]>(
    () => [
      {
        id: 'title',
        title: words('dashboard.out.name'),
        width: 'minmax(10rem, 2fr)',
        phone: 'title',
        value: (row) => row.title,
        render: (row) => (
          <span className={styles.seriesName}>
            {row.title}
            <small>{row.url}</small>
            {row.problem === undefined ? null : <StateBadge kind="bad" word={row.problem} />}
          </span>
        ),
      },
      {
        id: 'what',
        title: words('dashboard.out.what'),
        width: 'minmax(8rem, 1.2fr)',
        render: (row) =>
          `${row.what.map((one) => words(`dashboard.out.kinds.${one}`)).join(', ')} · ${row.place === '' ? words('dashboard.wholePlant') : row.place}`,
      },
      ...(['waiting', 'sent', 'dropped'] as const).map(
        (name): Column<Webhook> => ({
          id: name,
          title: words(`dashboard.out.${name}`),
          width: '6rem',
          align: 'end',
          value: (row) => row[name],
          render: (row) => formatCount(row[name], language),
        }),
      ),
      {
        id: 'do',
        title: '',
        width: 'minmax(12rem, 1fr)',
        phone: 'plain',
        render: (row) => (
          <span className={styles.bar}>
            <Button
              kind="quiet"
              label={`${words('dashboard.out.test')}: ${row.title}`}
              onPress={() => test.mutate(row.id)}
            >
              {words('dashboard.out.test')}
            </Button>
            <Button
              kind="act"
              icon={<Trash2 size={16} />}
              label={`${words('dashboard.out.remove')}: ${row.title}`}
              onPress={() => setRemoving(row)}
            />
          </span>
        ),
      },
    ],
    [words, language, test.mutate],
  );
  return (
    <Section
      title={words('dashboard.out.webhooks')}
      note={words('dashboard.out.webhooksHelp')}
      actions={
        <Button icon={<Plus size={16} />} onPress={() => setAdding(true)}>
          {words('dashboard.out.add')}
        </Button>
      }
    >
      {webhooks.error !== null ? (
        <ErrorState problem={problemWords(webhooks.error, words)} onRetry={() => void webhooks.refetch()} />
      ) : webhooks.data === undefined ? (
        <Skeleton height="8rem" />
      ) : (
        <Table
          label={words('dashboard.out.webhooks')}
          columns={columns}
          rows={webhooks.data}
          rowKey={(row) => row.id}
          empty={
            <EmptyState icon={<WebhookIcon size={36} />} title={words('dashboard.out.none')}>
              <p>{words('dashboard.out.noneHelp')}</p>
            </EmptyState>
          }
        />
      )}
      {adding ? <AddWebhook onClose={() => setAdding(false)} onAdded={again} /> : null}
      <Confirm
        open={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        onConfirm={() => remove.mutate(removing!.id)}
        title={words('dashboard.out.remove')}
        confirm={words('dashboard.out.remove')}
        busy={remove.isPending}
      >
        <p>{words('dashboard.out.removeSure', { title: removing?.title ?? '' })}</p>
      </Confirm>
    </Section>
  );
}

function AddWebhook({ onClose, onAdded }: { onClose: () => void; onAdded: () => void }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const [input, setInput] = useState<WebhookInput>({
    title: '',
    url: '',
    what: ['samples'],
    place: '',
    everySeconds: 10,
  });
  const add = useMutation({
    mutationFn: () => take(api.POST('/api/webhooks', { body: input })),
    onSuccess: onAdded,
  });
  const secret = add.data?.secret;
  return (
    <Dialog
      open
      onClose={onClose}
      title={words('dashboard.out.add')}
      busy={add.isPending}
      footer={
        add.data !== undefined ? (
          <Button kind="primary" onPress={onClose}>
            {uiWords('action.close')}
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>{uiWords('action.cancel')}</Button>
            <Button kind="act" pending={add.isPending} onPress={() => add.mutate()}>
              {words('dashboard.out.add')}
            </Button>
          </>
        )
      }
    >
      {add.data !== undefined ? (
        <div className={styles.form}>
          <p>{words('dashboard.out.secretOnce')}</p>
          <CodeBlock label={words('dashboard.out.secret')} text={secret ?? ''} />
        </div>
      ) : (
        <div className={styles.form}>
          {add.error === null ? null : <ErrorState problem={problemWords(add.error, words)} />}
          <TextField
            label={words('dashboard.out.name')}
            value={input.title}
            onChange={(title) => setInput({ ...input, title: title.slice(0, 200) })}
          />
          <TextField
            label={words('dashboard.out.url')}
            help={words('dashboard.out.urlHelp')}
            placeholder="https://"
            value={input.url}
            onChange={(url) => setInput({ ...input, url })}
          />
          <fieldset className={styles.form}>
            <legend className={styles.small}>{words('dashboard.out.what')}</legend>
            {(['samples', 'events', 'alarms'] as const).map((kind) => (
              <ToggleField
                key={kind}
                label={words(`dashboard.out.kinds.${kind}`)}
                value={input.what.includes(kind)}
                onChange={(on) =>
                  setInput({
                    ...input,
                    what: on ? [...input.what, kind] : input.what.filter((one) => one !== kind),
                  })
                }
              />
            ))}
          </fieldset>
          <PlaceField value={input.place} onChange={(place) => setInput({ ...input, place })} />
          <NumberField
            label={words('dashboard.out.every')}
            help={words('dashboard.out.everyHelp')}
            unit={words('dashboard.out.seconds')}
            value={input.everySeconds}
            onChange={(everySeconds) =>
              setInput({ ...input, everySeconds: Math.max(0, Math.round(everySeconds ?? 0)) })
            }
          />
        </div>
      )}
    </Dialog>
  );
}
