import type { AuditRecordOut } from '@millrace/contract';
import {
  Button,
  boundsOf,
  type Column,
  CopyButton,
  Dialog,
  EmptyState,
  ErrorState,
  Facts,
  formatCount,
  Instant,
  notify,
  Page,
  type ProblemWords,
  SearchField,
  Section,
  SelectField,
  Skeleton,
  Table,
  ToolBar,
  useLanguage,
} from '@millrace/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, Download, ShieldCheck } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, type Schemas, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useTimeState } from '../../shell/time-state.ts';
import { accessEn } from '../../words/access-en.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './access.module.css';
import { useForbidden, useMay } from './permission.ts';

const perPage = 100;
const outcomes = ['asked', 'done', 'refused', 'failed'] as const;

interface Search {
  text?: string;
  actor?: string;
  action?: string;
  object?: string;
  place?: string;
  outcome?: string;
  before?: string;
}

type Verified = {
  ok: boolean;
  records: number;
  broken?: { number: number; reason: string };
  head: Schemas['AuditHead'] | null;
};

/** Who did what, to what, where and when. */
export function AuditPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const may = useMay();
  const forbidden = useForbidden();
  const time = useTimeState();
  const search = useSearch({ strict: false }) as Search;
  const [open, setOpen] = useState<AuditRecordOut>();
  const [verified, setVerified] = useState<Verified>();
  const [verifying, setVerifying] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const { text, actor, action, object, place, outcome, before } = search;
  const range = JSON.stringify(time.range);
  const records = useQuery({
    queryKey: ['audit', text, actor, action, object, place, outcome, before, range, time.frozen],
    queryFn: () => {
      const { from, to } = boundsOf(time.range, time.frozen ?? Date.now());
      return take(
        api.GET('/api/audit', {
          params: {
            query: {
              limit: perPage,
              from: new Date(from).toISOString(),
              // What happens while one looks belongs to a range that ends now.
              to: new Date(to + 60_000).toISOString(),
              ...(text === undefined ? {} : { text }),
              ...(actor === undefined ? {} : { actor }),
              ...(action === undefined ? {} : { action }),
              ...(object === undefined ? {} : { object }),
              ...(place === undefined ? {} : { place }),
              ...(outcome === undefined ? {} : { outcome }),
              ...(before === undefined ? {} : { before: Number(before) }),
            },
          },
        }),
      );
    },
    placeholderData: keepPreviousData,
    refetchInterval: before === undefined && time.frozen === undefined ? 5000 : false,
    enabled: may('audit'),
  });
  const setSearch = (change: Search) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, before: undefined, ...change })) as never,
      resetScroll: false,
      replace: true,
    });
  const filter = (name: 'actor' | 'action' | 'object' | 'place', value: string) =>
    setSearch({ [name]: value === '' ? undefined : value });
  const columns = useMemo<Column<AuditRecordOut>[]>(
    () => [
      {
        id: 'time',
        title: words('access.audit.time'),
        width: 'minmax(10rem, 1fr)',
        value: (one) => one.number,
        render: (one) => <Instant time={one.time} />,
      },
      {
        id: 'actor',
        title: words('access.audit.actor'),
        width: 'minmax(8rem, 1fr)',
        value: (one) => one.actor.id,
        render: (one) => <Actor actor={one.actor} />,
      },
      {
        id: 'action',
        title: words('access.audit.action'),
        phone: 'title',
        width: 'minmax(9rem, 1fr)',
        value: (one) => one.action,
        render: (one) => <code>{one.action}</code>,
      },
      {
        id: 'object',
        title: words('access.audit.object'),
        width: 'minmax(10rem, 2fr)',
        value: (one) => one.object,
        render: (one) => one.object,
      },
      {
        id: 'place',
        title: words('access.audit.place'),
        width: 'minmax(8rem, 1fr)',
        value: (one) => one.place,
        render: (one) => one.place,
      },
      {
        id: 'outcome',
        title: words('access.audit.outcome'),
        width: '7rem',
        value: (one) => one.outcome,
        render: (one) => <Outcome outcome={one.outcome} />,
      },
    ],
    [words],
  );
  const verify = () => {
    setVerifying(true);
    setProblem(undefined);
    take(api.POST('/api/audit/verify'))
      .then(
        (report) => setVerified(report as Verified),
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setVerifying(false));
  };
  const everywhere = forbidden('audit', '');
  const none = forbidden('audit');
  if (none !== undefined)
    return (
      <Page title={words('access.audit.title')}>
        <EmptyState title={words('access.audit.title')}>
          <p>{none}</p>
        </EmptyState>
      </Page>
    );
  return (
    <Page
      title={words('access.audit.title')}
      note={everywhere === undefined ? words('access.audit.note') : words('access.audit.onlySome')}
      actions={
        <>
          <Button
            icon={<ShieldCheck size={16} />}
            pending={verifying}
            disabledReason={everywhere}
            onPress={verify}
          >
            {words(verifying ? 'access.audit.verifying' : 'access.audit.verify')}
          </Button>
          <Button
            icon={<Download size={16} />}
            disabledReason={everywhere}
            onPress={() => {
              location.assign('/api/audit/export');
              notify({ kind: 'info', title: words('access.audit.export') });
            }}
          >
            {words('access.audit.export')}
          </Button>
        </>
      }
    >
      {problem === undefined ? null : <ErrorState problem={problem} />}
      {verified === undefined ? null : <Verdict verified={verified} />}
      <ToolBar label={words('access.audit.search')}>
        <SearchField
          label={words('access.audit.text')}
          value={text ?? ''}
          onChange={(value) => setSearch({ text: value === '' ? undefined : value })}
        />
        <SelectField
          compact
          label={words('access.audit.outcome')}
          value={outcome ?? ''}
          options={[
            { value: '', title: words('access.audit.any') },
            ...outcomes.map((one) => ({ value: one, title: words(`access.audit.outcomes.${one}`) })),
          ]}
          onChange={(value) => setSearch({ outcome: value === '' ? undefined : value })}
        />
        {(['actor', 'action', 'object', 'place'] as const).map((name) => (
          <SearchField
            key={name}
            label={words(`access.audit.${name}`)}
            value={search[name] ?? ''}
            onChange={(value) => filter(name, value)}
          />
        ))}
        {records.data === undefined ? null : (
          <span className={styles.faint}>
            {words(records.data.totalIsLeast ? 'access.audit.totalLeast' : 'access.audit.total', {
              shown: formatCount(records.data.total, language),
            })}
          </span>
        )}
      </ToolBar>
      {records.data === undefined ? (
        records.error === null ? (
          <Skeleton height="3rem" rows={6} />
        ) : (
          <ErrorState problem={problemWords(records.error, words)} onRetry={() => void records.refetch()} />
        )
      ) : (
        <Section flush>
          <Table
            label={words('access.audit.title')}
            columns={columns}
            rows={records.data.records}
            rowKey={(one) => String(one.number)}
            onOpen={setOpen}
            empty={
              <EmptyState title={words('access.audit.none')}>
                <p>{words('access.audit.noneHelp')}</p>
              </EmptyState>
            }
          />
        </Section>
      )}
      {records.data !== undefined && (records.data.more || before !== undefined) ? (
        <div className={styles.buttons}>
          <Button
            icon={<ChevronLeft size={16} />}
            disabledReason={before === undefined ? words('access.audit.newest') : undefined}
            onPress={() => setSearch({})}
          >
            {words('access.audit.newest')}
          </Button>
          <Button
            icon={<ChevronRight size={16} />}
            disabledReason={records.data.more ? undefined : words('access.audit.none')}
            onPress={() => setSearch({ before: String(records.data.records.at(-1)?.number ?? 1) })}
          >
            {words('access.audit.older')}
          </Button>
        </div>
      ) : null}
      <Dialog
        open={open !== undefined}
        wide
        onClose={() => setOpen(undefined)}
        title={words('access.audit.detail', { number: open?.number ?? 0 })}
      >
        {open === undefined ? null : (
          <div className={styles.stack}>
            <Facts
              facts={[
                { name: words('access.audit.time'), value: <Instant time={open.time} /> },
                { name: words('access.audit.actor'), value: <Actor actor={open.actor} /> },
                { name: words('access.audit.action'), value: <code>{open.action}</code> },
                { name: words('access.audit.object'), value: open.object },
                { name: words('access.audit.place'), value: open.place },
                { name: words('access.audit.outcome'), value: <Outcome outcome={open.outcome} /> },
              ]}
            />
            <pre className={styles.pre}>{JSON.stringify(open.detail, null, 2)}</pre>
            <p className={styles.faint}>
              {words('access.audit.hash')} <code>{open.hash}</code>
              <br />
              {words('access.audit.previous')} <code>{open.previous}</code>
            </p>
          </div>
        )}
      </Dialog>
    </Page>
  );
}

function Actor({ actor }: { actor: AuditRecordOut['actor'] }) {
  const words = useConsoleWords();
  const kind = actor.kind as keyof typeof accessEn.audit.kinds;
  const kindWord = Object.hasOwn(accessEn.audit.kinds, kind)
    ? words(`access.audit.kinds.${kind}`)
    : actor.kind;
  return (
    <span>
      {actor.for === undefined ? actor.id : words('access.audit.behalf', { id: actor.id, person: actor.for })}{' '}
      {actor.kind === 'person' ? null : <span className={styles.faint}>{kindWord}</span>}
    </span>
  );
}

function Outcome({ outcome }: { outcome: string }) {
  const words = useConsoleWords();
  const known = outcomes.find((one) => one === outcome);
  const word = known === undefined ? outcome : words(`access.audit.outcomes.${known}`);
  return outcome === 'refused' || outcome === 'failed' ? <b>{word}</b> : <span>{word}</span>;
}

function Verdict({ verified }: { verified: Verified }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const reason = verified.broken?.reason as keyof typeof accessEn.audit.reasons | undefined;
  return (
    <Section
      title={
        verified.ok
          ? words('access.audit.whole', { count: formatCount(verified.records, language) })
          : words('access.audit.broken', {
              number: verified.broken?.number ?? 0,
              reason: reason === undefined ? '' : words(`access.audit.reasons.${reason}`),
            })
      }
    >
      {verified.head === null ? null : (
        <div className={styles.stack}>
          <p>{words('access.audit.headNote')}</p>
          <div className={styles.secret}>
            <code>{JSON.stringify(verified.head)}</code>
            <CopyButton text={JSON.stringify(verified.head)} label={words('access.audit.copyHead')} />
          </div>
        </div>
      )}
    </Section>
  );
}
