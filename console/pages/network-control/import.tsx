import { type ImportReport, inventoryLimits } from '@millrace/contract';
import {
  Button,
  type Column,
  EmptyState,
  ErrorState,
  formatBytes,
  formatCount,
  notify,
  Section,
  Table,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Download, FileUp, Upload } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import { importCsv } from '../network/queries.ts';
import styles from './control.module.css';
import { Dash } from './parts.tsx';

const kinds = {
  sims: { path: '/api/network/sims.csv', back: '/network/sims' },
  terminals: { path: '/api/network/terminals.csv', back: '/network/terminals' },
} as const;

type Change = ImportReport['changes'][number];
type Problem = ImportReport['problems'][number] & { key: string };

/** A file of cards or terminals: first what it would change and what is wrong with it, line by line; then all of it or nothing. */
export function NetworkImportPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const client = useQueryClient();
  const search = useSearch({ strict: false }) as { what?: string };
  const what = search.what === 'terminals' ? 'terminals' : 'sims';
  const { path, back } = kinds[what];
  const forbidden = useForbidden()('configure');
  const [chooser, setChooser] = useState<HTMLInputElement | null>(null);
  const [file, setFile] = useState<File>();
  const [tooLarge, setTooLarge] = useState(false);
  const look = useMutation({ mutationFn: (one: File) => importCsv(path, one, false) });
  const apply = useMutation({
    mutationFn: (one: File) => importCsv(path, one, true),
    onSuccess: (report) => {
      notify({
        kind: 'info',
        title: words('networkControl.import.applied', {
          create: formatCount(report.create, language),
          change: formatCount(report.change, language),
        }),
      });
      void client.invalidateQueries({ queryKey: ['network'] });
    },
  });
  const choose = (one: File | undefined) => {
    if (one === undefined) return;
    setFile(one);
    apply.reset();
    look.reset();
    const large = one.size > inventoryLimits.importBytesMax;
    setTooLarge(large);
    if (!large) look.mutate(one);
  };
  const report = apply.data ?? look.data;
  const error = apply.error ?? look.error;
  const reason =
    forbidden ??
    (apply.data?.applied === true
      ? words('networkControl.import.isApplied')
      : look.data === undefined
        ? words('networkControl.import.lookFirst')
        : look.data.problemCount > 0
          ? words('networkControl.import.mendFirst')
          : look.data.create + look.data.change === 0
            ? words('networkControl.import.nothing')
            : undefined);
  return (
    <NetworkFrame
      title={words(`networkControl.import.${what}`)}
      note={words('networkControl.import.note')}
      above={<Link to={back}>{words(`networkControl.import.back.${what}`)}</Link>}
      actions={
        <a href={path} download className={styles.linkButton}>
          <Download size={16} aria-hidden="true" /> {words('networkControl.import.export')}
        </a>
      }
    >
      <div className={styles.row}>
        <input
          ref={setChooser}
          type="file"
          hidden
          accept=".csv,.txt,text/csv"
          data-testid="import-file"
          onChange={(event) => {
            choose(event.target.files?.[0]);
            // The same file, mended, can be chosen again.
            event.target.value = '';
          }}
        />
        <Button
          kind={report === undefined ? 'primary' : 'plain'}
          icon={<FileUp size={16} />}
          pending={look.isPending}
          disabledReason={forbidden}
          onPress={() => chooser?.click()}
        >
          {words('networkControl.import.choose')}
        </Button>
        <Button
          kind="act"
          icon={<Upload size={16} />}
          pending={apply.isPending}
          disabledReason={reason}
          onPress={() => apply.mutate(file!)}
        >
          {words('networkControl.import.apply')}
        </Button>
        <span className={styles.faint}>
          {file === undefined ? '' : `${file.name} · ${formatBytes(file.size, language)}`}
        </span>
      </div>
      {tooLarge ? (
        <ErrorState
          problem={{
            title: words('networkControl.import.tooLarge', {
              most: formatBytes(inventoryLimits.importBytesMax, language),
            }),
            remedy: words('networkControl.import.tooLargeHelp'),
          }}
        />
      ) : null}
      {error === null ? null : <ErrorState problem={problemWords(error, words)} />}
      {report === undefined ? (
        error === null && !look.isPending && !tooLarge ? (
          <EmptyState icon={<FileUp size={44} />} title={words('networkControl.import.empty')}>
            <p>{words('networkControl.import.emptyHelp')}</p>
            <p>
              <code className={styles.code}>
                {what === 'sims'
                  ? 'iccid,supi,gpsi,operator,state,pei,thing,note'
                  : 'id,title,kind,things,place,address,supi,gpsi,pei,iccid,module,firmware,zone'}
              </code>
            </p>
          </EmptyState>
        ) : null
      ) : (
        <Report report={report} local={local} />
      )}
    </NetworkFrame>
  );
}

function Report({ report, local }: { report: ImportReport; local: ReturnType<typeof useLocalText> }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const count = (value: number) => formatCount(value, language);
  const unread = report.columns.filter(({ field }) => field === undefined);
  const problems = useMemo<Problem[]>(
    () => report.problems.map((problem, index) => ({ ...problem, key: String(index) })),
    [report],
  );
  const problemColumns = useMemo<Column<Problem>[]>(
    () => [
      {
        id: 'line',
        title: words('networkControl.import.line'),
        width: '5rem',
        value: ({ line }) => line,
        render: ({ line }) => <b className={styles.number}>{line}</b>,
      },
      {
        id: 'field',
        title: words('networkControl.import.field'),
        width: 'minmax(6rem, 0.5fr)',
        value: ({ field }) => field,
        render: ({ field }) => (field === undefined ? <Dash /> : <code>{field}</code>),
      },
      {
        id: 'message',
        title: words('networkControl.import.wrong'),
        width: 'minmax(14rem, 3fr)',
        phone: 'title',
        value: ({ message }) => local(message),
        render: ({ message }) => local(message),
      },
    ],
    [words, local],
  );
  const changeColumns = useMemo<Column<Change>[]>(
    () => [
      {
        id: 'line',
        title: words('networkControl.import.line'),
        width: '5rem',
        value: ({ line }) => line,
        render: ({ line }) => <span className={styles.number}>{line}</span>,
      },
      {
        id: 'id',
        title: words('networkControl.import.which'),
        width: 'minmax(10rem, 1fr)',
        phone: 'title',
        value: ({ id }) => id,
        render: ({ id }) => <span className={styles.code}>{id}</span>,
      },
      {
        id: 'what',
        title: words('networkControl.import.what'),
        width: '7rem',
        value: ({ what }) => what,
        render: ({ what }) => words(`networkControl.import.whats.${what}`),
      },
      {
        id: 'fields',
        title: words('networkControl.import.fields'),
        width: 'minmax(14rem, 3fr)',
        render: ({ fields }) => (
          <ul className={styles.changes}>
            {Object.entries(fields).map(([field, { before, after }]) => (
              <li key={field}>
                <code>{field}</code>{' '}
                {before === undefined ? null : <span className={styles.before}>{before}</span>} →{' '}
                <b>{after ?? '–'}</b>
              </li>
            ))}
          </ul>
        ),
      },
    ],
    [words],
  );
  return (
    <>
      <dl className={styles.figures}>
        {(['rows', 'create', 'change', 'same'] as const).map((name) => (
          <div key={name}>
            <dt>{words(`networkControl.import.counts.${name}`)}</dt>
            <dd>{count(report[name])}</dd>
          </div>
        ))}
        <div>
          <dt>{words('networkControl.import.counts.wrong')}</dt>
          <dd className={report.problemCount > 0 ? styles.parted : ''}>{count(report.problemCount)}</dd>
        </div>
      </dl>
      <p className={styles.faint}>
        {words('networkControl.import.columns')}:{' '}
        {report.columns
          .filter(({ field }) => field !== undefined)
          .map(({ header, field }) => (header === field ? header : `${header} → ${field}`))
          .join(', ')}
        {unread.length === 0
          ? ''
          : ` · ${words('networkControl.import.unread')}: ${unread.map(({ header }) => header).join(', ')}`}
      </p>
      {report.applied ? <p role="status">{words('networkControl.import.isApplied')}</p> : null}
      {problems.length === 0 ? null : (
        <Section
          flush
          title={words('networkControl.import.problems')}
          note={
            report.problemCount > problems.length
              ? words('networkControl.firstOf', {
                  shown: count(problems.length),
                  total: count(report.problemCount),
                })
              : words('networkControl.import.allOrNothing')
          }
        >
          <Table
            label={words('networkControl.import.problems')}
            columns={problemColumns}
            rows={problems}
            rowKey={({ key }) => key}
            csv="import-problems"
          />
        </Section>
      )}
      {report.changes.length === 0 ? null : (
        <Section
          flush
          title={words(
            report.applied ? 'networkControl.import.changed' : 'networkControl.import.wouldChange',
          )}
          {...(report.create + report.change > report.changes.length
            ? {
                note: words('networkControl.firstOf', {
                  shown: count(report.changes.length),
                  total: count(report.create + report.change),
                }),
              }
            : {})}
        >
          <Table
            label={words('networkControl.import.wouldChange')}
            columns={changeColumns}
            rows={report.changes}
            rowKey={({ line, id }) => `${line} ${id}`}
            rowHeight={64}
          />
        </Section>
      )}
    </>
  );
}
