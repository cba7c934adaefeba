import { rejectReasons } from '@millrace/contract';
import {
  Button,
  Confirm,
  EmptyState,
  ErrorState,
  formatCount,
  Instant,
  notify,
  Page,
  reasonWords,
  Section,
  SelectField,
  Since,
  Skeleton,
  ToolBar,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, ShieldCheck, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { api, type Schemas, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { connectionsQuery, quarantineQuery } from '../api/queries.ts';
import { en } from '../words/en.ts';
import { useConsoleWords } from '../words/index.ts';
import { excerptOf } from './terminals/excerpt.ts';
import styles from './terminals/terminals.module.css';

type Rejected = Schemas['QuarantineRecord'];
const perPage = 50;

interface Search {
  thing?: string;
  connection?: string;
  reason?: string;
  page?: string;
}

/** What came in and could not be taken, the newest first, with the reason and what to do. */
export function QuarantinePage() {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const search = useSearch({ strict: false }) as Search;
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const page = Math.max(1, Math.trunc(Number(search.page)) || 1);
  const filter = {
    ...(search.thing === undefined ? {} : { thing: search.thing }),
    ...(search.connection === undefined ? {} : { connection: search.connection }),
    ...(search.reason === undefined ? {} : { reason: search.reason }),
  };
  const filtered = Object.keys(filter).length > 0;
  const records = useQuery(quarantineQuery((page - 1) * perPage, perPage, filter));
  const connections = useQuery(connectionsQuery);
  const setSearch = (change: Search) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, page: undefined, ...change })) as never,
      resetScroll: false,
    });
  const total = records.data?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / perPage));
  const clear = () => {
    setBusy(true);
    take(api.DELETE('/api/quarantine'))
      .then(
        async () => {
          setAsking(false);
          notify({ kind: 'info', title: words('terminal.quarantine.cleared') });
          await queryClient.invalidateQueries({ queryKey: ['quarantine'] });
        },
        (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
      )
      .finally(() => setBusy(false));
  };
  const known = (connections.data ?? []).map((one) => ({ value: one.id, title: one.title }));
  const through = [
    { value: '', title: words('terminal.quarantine.any') },
    ...known,
    ...(known.some((one) => one.value === 'http') ? [] : [{ value: 'http', title: 'HTTP' }]),
  ];
  return (
    <Page
      title={words('quarantine.title')}
      note={words('quarantine.note')}
      actions={
        <Button
          kind="act"
          icon={<Trash2 size={16} />}
          onPress={() => setAsking(true)}
          disabledReason={
            records.data !== undefined && total === 0 && !filtered ? words('quarantine.none') : undefined
          }
        >
          {`${words('terminal.quarantine.clear')}…`}
        </Button>
      }
    >
      <ToolBar label={words('plant.filter')}>
        <SelectField
          compact
          label={words('quarantine.reason')}
          value={search.reason ?? ''}
          options={[
            { value: '', title: words('terminal.quarantine.any') },
            ...rejectReasons.map((reason) => ({ value: reason, title: reasonWords(uiWords, reason) })),
          ]}
          onChange={(reason) => setSearch({ reason: reason === '' ? undefined : reason })}
        />
        <SelectField
          compact
          label={words('terminal.quarantine.connection')}
          value={search.connection ?? ''}
          options={through}
          onChange={(connection) => setSearch({ connection: connection === '' ? undefined : connection })}
        />
        {search.thing === undefined ? null : (
          <Button
            icon={<X size={16} />}
            label={words('terminal.quarantine.anyThing', { thing: search.thing })}
            onPress={() => setSearch({ thing: undefined })}
          >
            {search.thing}
          </Button>
        )}
        {records.data === undefined ? null : (
          <span className={styles.faint}>
            {words('terminal.quarantine.total', { count: total, shown: formatCount(total, language) })}
          </span>
        )}
      </ToolBar>
      {records.error !== null && records.data === undefined ? (
        <ErrorState problem={problemWords(records.error, words)} onRetry={() => void records.refetch()} />
      ) : records.data === undefined ? (
        <Skeleton height="5rem" rows={4} />
      ) : (
        <RejectedTable records={records.data.records} filtered={filtered} />
      )}
      {pages > 1 ? (
        <nav className={styles.buttons} aria-label={words('terminal.quarantine.pages')}>
          <Button
            icon={<ChevronLeft size={16} />}
            onPress={() => setSearch({ page: page <= 2 ? undefined : String(page - 1) })}
            disabledReason={page <= 1 ? words('terminal.quarantine.first') : undefined}
          >
            {words('terminal.quarantine.newer')}
          </Button>
          <span>{uiWords('wall.page', { page, pages })}</span>
          <Button
            icon={<ChevronRight size={16} />}
            onPress={() => setSearch({ page: String(page + 1) })}
            disabledReason={page >= pages ? words('terminal.quarantine.last') : undefined}
          >
            {words('terminal.quarantine.older')}
          </Button>
        </nav>
      ) : null}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={words('terminal.quarantine.clearTitle')}
        confirm={words('terminal.quarantine.clear')}
        busy={busy}
        onConfirm={clear}
      >
        <div className={styles.stack}>
          <p>{words('terminal.quarantine.clearWill')}</p>
          <p>
            <b>{words('thing.actions.noUndo')}</b>
          </p>
        </div>
      </Confirm>
    </Page>
  );
}

type Reason = keyof typeof en.terminal.reject;
const knownReason = (reason: string): reason is Reason => Object.hasOwn(en.terminal.reject, reason);

/** Rejected data, each with where it came in, why it was not taken, what to do, and what it was. */
export function RejectedTable({ records, filtered }: { records: readonly Rejected[]; filtered: boolean }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  if (records.length === 0) {
    return (
      <EmptyState
        icon={<ShieldCheck size={44} />}
        title={words(filtered ? 'terminal.quarantine.noneFound' : 'quarantine.none')}
      >
        <p>{words(filtered ? 'terminal.quarantine.noneFoundHelp' : 'quarantine.noneHelp')}</p>
      </EmptyState>
    );
  }
  return (
    <Section flush>
      <ol className={styles.rejectedList}>
        {records.map((one) => {
          const excerpt = excerptOf(one.excerpt);
          return (
            <li key={one.id} className={styles.rejectedItem}>
              <div className={styles.rejectedHead}>
                <h3>{reasonWords(uiWords, one.reason)}</h3>
                <span className={styles.faint}>
                  <Instant time={one.time} /> · <Since time={one.time} />
                </span>
                {one.count > 1 ? (
                  <span className={styles.times}>
                    {words('terminal.quarantine.times', {
                      count: one.count,
                      shown: formatCount(one.count, language),
                    })}
                  </span>
                ) : null}
              </div>
              <p>{one.detail}</p>
              <p className={styles.todo}>
                →{' '}
                {words(
                  knownReason(one.reason) ? `terminal.reject.${one.reason}` : 'terminal.reject.malformed',
                )}
              </p>
              <dl className={styles.rejectedFacts}>
                {one.thing === undefined ? null : (
                  <div>
                    <dt>{words('terminal.quarantine.thing')}</dt>
                    <dd>
                      {one.reason === 'unknown-thing' ? (
                        one.thing
                      ) : (
                        <Link to="/things/$id" params={{ id: one.thing }}>
                          {one.thing}
                        </Link>
                      )}{' '}
                      <Link to="/quarantine" search={{ thing: one.thing }} className={styles.faint}>
                        {words('terminal.quarantine.only')}
                      </Link>
                    </dd>
                  </div>
                )}
                {one.connection === undefined ? null : (
                  <div>
                    <dt>{words('terminal.quarantine.connection')}</dt>
                    <dd>
                      {one.connection === 'http' ? (
                        'HTTP'
                      ) : (
                        <Link to="/terminals/$id" params={{ id: one.connection }}>
                          {one.connection}
                        </Link>
                      )}
                    </dd>
                  </div>
                )}
                <div>
                  <dt>{words('quarantine.source')}</dt>
                  <dd>
                    <code className={styles.code}>{one.source}</code>
                  </dd>
                </div>
              </dl>
              {one.excerpt === '' ? null : (
                <details className={styles.details} open={excerpt.bytes === undefined}>
                  <summary>{words('quarantine.excerpt')}</summary>
                  <pre className={styles.excerpt}>{excerpt.text}</pre>
                </details>
              )}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
