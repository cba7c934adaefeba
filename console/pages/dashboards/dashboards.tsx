import type { DashboardSummary, DashboardText } from '@millrace/contract';
import {
  Button,
  type Column,
  Dialog,
  EmptyState,
  ErrorState,
  formatCount,
  Page,
  Section,
  Since,
  Skeleton,
  Table,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { LayoutGrid, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './dashboards.module.css';
import { dashboardsQuery, textIn } from './queries.ts';
import { PlaceField, TextInLanguages } from './tile-settings.tsx';

/** Dashboards that people put together, of the places that may be seen. */
export function DashboardsPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const dashboards = useQuery(dashboardsQuery);
  const [adding, setAdding] = useState(false);
  const columns = useMemo<Column<DashboardSummary>[]>(
    () => [
      {
        id: 'title',
        title: words('dashboard.name'),
        width: 'minmax(12rem, 2fr)',
        phone: 'title',
        value: (row) => textIn(row.title, language),
        render: (row) => (
          <Link to="/dashboards/$id" params={{ id: row.id }} className={styles.name}>
            {textIn(row.title, language)}
          </Link>
        ),
      },
      {
        id: 'place',
        title: words('dashboard.place'),
        width: 'minmax(8rem, 1.5fr)',
        value: (row) => row.place,
        render: (row) =>
          row.place === '' ? words('dashboard.wholePlant') : row.place.replaceAll('/', ' / '),
      },
      {
        id: 'owner',
        title: words('dashboard.owner'),
        width: 'minmax(6rem, 1fr)',
        value: (row) => row.owner,
        render: (row) => row.owner,
      },
      {
        id: 'tiles',
        title: words('dashboard.tiles'),
        width: '6rem',
        align: 'end',
        value: (row) => row.tileCount,
        render: (row) => formatCount(row.tileCount, language),
      },
      {
        id: 'links',
        title: words('dashboard.links'),
        width: '6rem',

        value: (row) => row.links,
        render: (row) => (row.links === 0 ? '–' : formatCount(row.links, language)),
      },
      {
        id: 'changed',
        title: words('dashboard.changed'),
        width: 'minmax(8rem, 1fr)',
        value: (row) => row.changed,
        render: (row) => (
          <span title={words('dashboard.changedBy', { name: row.changedBy })}>
            <Since time={row.changed} />
          </span>
        ),
      },
    ],
    [words, language],
  );
  const add = (
    <Button kind="primary" icon={<Plus size={16} />} onPress={() => setAdding(true)}>
      {words('dashboard.add')}
    </Button>
  );
  return (
    <Page title={words('dashboard.title')} actions={add}>
      {dashboards.error === null ? null : (
        <ErrorState
          problem={problemWords(dashboards.error, words)}
          onRetry={() => void dashboards.refetch()}
        />
      )}
      {dashboards.data === undefined ? (
        dashboards.error === null ? (
          <Skeleton height="20rem" />
        ) : null
      ) : dashboards.data.length === 0 ? (
        <EmptyState icon={<LayoutGrid size={40} />} title={words('dashboard.none')} actions={add}>
          <p>{words('dashboard.noneHelp')}</p>
        </EmptyState>
      ) : (
        <Section flush>
          <Table
            label={words('dashboard.title')}
            columns={columns}
            rows={dashboards.data}
            rowKey={(row) => row.id}
            onOpen={(row) => void navigate({ to: '/dashboards/$id', params: { id: row.id } })}
          />
        </Section>
      )}
      {adding ? <AddDashboard onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function AddDashboard({ onClose }: { onClose: () => void }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [title, setTitle] = useState<DashboardText>();
  const [place, setPlace] = useState('');
  const create = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/dashboards', {
          body: { title: title ?? words('dashboard.add'), place, tiles: [], phone: [] },
        }),
      ),
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: ['dashboards'] });
      void navigate({ to: '/dashboards/$id', params: { id }, search: { edit: 'on' } });
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={words('dashboard.add')}
      busy={create.isPending}
      footer={
        <>
          <Button onPress={onClose}>{uiWords('action.cancel')}</Button>
          <Button kind="primary" pending={create.isPending} onPress={() => create.mutate()}>
            {words('dashboard.create')}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {create.error === null ? null : <ErrorState problem={problemWords(create.error, words)} />}
        <TextInLanguages label={words('dashboard.name')} value={title} onChange={setTitle} />
        <PlaceField value={place} onChange={setPlace} help={words('dashboard.placeHelp')} />
      </div>
    </Dialog>
  );
}
