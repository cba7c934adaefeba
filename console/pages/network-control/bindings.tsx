import { type Binding, standings } from '@millrace/contract';
import {
  Button,
  type Column,
  EmptyState,
  formatCount,
  SearchField,
  SelectField,
  Table,
  ToolBar,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Gauge, Plus } from 'lucide-react';
import { useMemo } from 'react';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import { flowsQuery, terminalsQuery } from '../network/queries.ts';
import styles from './control.module.css';
import { Loaded, Named, useSetSearch } from './parts.tsx';
import { bindingsQuery, providersQuery, rowsShownMax } from './queries.ts';
import { StageCell, Standing, stageNames } from './stages.tsx';

/** Rates of a quality in a line. */
export function ratesText(
  qos: Binding['qos'],
  number: (value: number) => string,
  words: ReturnType<typeof useConsoleWords>,
): string | undefined {
  const parts = (['gbrUplink', 'gbrDownlink', 'mbrUplink', 'mbrDownlink'] as const).flatMap((name) =>
    qos[name] === undefined ? [] : [`${words(`networkControl.qos.short.${name}`)} ${number(qos[name])}`],
  );
  return parts.length === 0 ? undefined : `${parts.join(' · ')} kbit/s`;
}

/** Which flow of which terminal has which quality: asked for, promised, in force. */
export function BindingsPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const navigate = useNavigate();
  const set = useSetSearch();
  const forbidden = useForbidden()('configure', '');
  const search = useSearch({ strict: false }) as {
    text?: string;
    flow?: string;
    terminal?: string;
    provider?: string;
    standing?: string;
  };
  const { text, flow, terminal, provider, standing } = search;
  const bindings = useQuery(
    bindingsQuery({
      ...(flow === undefined ? {} : { flow }),
      ...(terminal === undefined ? {} : { terminal }),
      ...(provider === undefined ? {} : { provider }),
      ...(standing === undefined ? {} : { standing }),
    }),
  );
  const flows = useQuery(flowsQuery);
  const terminals = useQuery(terminalsQuery());
  const providers = useQuery(providersQuery);
  const flowTitles = useMemo(
    () => new Map((flows.data ?? []).map(({ id, title }) => [id, title])),
    [flows.data],
  );
  const terminalTitles = useMemo(
    () => new Map((terminals.data?.terminals ?? []).map(({ id, title }) => [id, title])),
    [terminals.data],
  );
  const columns = useMemo<Column<Binding>[]>(
    () => [
      {
        id: 'flow',
        title: words('networkControl.binding.one'),
        width: 'minmax(12rem, 1.6fr)',
        phone: 'title',
        value: (row) => flowTitles.get(row.flow)?.[language] ?? row.flow,
        render: (row) => {
          const title = flowTitles.get(row.flow);
          return (
            <Named
              name={
                <Link to="/network/bindings/$binding" params={{ binding: row.id }}>
                  {title === undefined ? row.flow : local(title)} ×{' '}
                  {terminalTitles.get(row.terminal) ?? row.terminal}
                </Link>
              }
              below={providers.data?.find(({ id }) => id === row.provider)?.title ?? row.provider}
            />
          );
        },
      },
      {
        id: 'qos',
        title: words('networkControl.binding.quality'),
        width: 'minmax(10rem, 1.2fr)',
        value: (row) => row.qos.fiveQi,
        render: (row) => (
          <Named
            name={<span className={styles.number}>{`5QI ${row.qos.fiveQi} · DSCP ${row.qos.dscp}`}</span>}
            below={ratesText(row.qos, (value) => formatCount(value, language), words)}
          />
        ),
      },
      ...stageNames.map(
        (name): Column<Binding> => ({
          id: name,
          title: words(`networkControl.stage.${name}`),
          width: 'minmax(7rem, 0.7fr)',
          value: (row) => row.stages[name]?.time,
          render: (row) => <StageCell stages={row.stages} name={name} />,
        }),
      ),
      {
        id: 'problem',
        title: words('networkControl.standing'),
        width: 'minmax(11rem, 1.5fr)',
        value: (row) => row.stages.standing,
        render: (row) => (
          <span className={styles.lines}>
            <Standing stages={row.stages} />
            {row.stages.problem === undefined ? null : (
              <span className={styles.faint}>{local(row.stages.problem)}</span>
            )}
          </span>
        ),
      },
    ],
    [words, language, local, flowTitles, terminalTitles, providers.data],
  );
  const filtered = [text, flow, terminal, provider, standing].some((one) => one !== undefined);
  const needle = (text ?? '').toLowerCase();
  const shown = useMemo(
    () =>
      (bindings.data?.bindings ?? []).filter(
        (row) =>
          needle === '' ||
          [
            row.flow,
            row.terminal,
            row.provider,
            flowTitles.get(row.flow)?.[language],
            terminalTitles.get(row.terminal),
          ].some((one) => one?.toLowerCase().includes(needle) === true),
      ),
    [bindings.data, needle, flowTitles, terminalTitles, language],
  );
  const choice = (
    label: string,
    name: 'flow' | 'provider' | 'standing',
    value: string | undefined,
    options: { value: string; title: string }[],
  ) => (
    <span className={styles.filter}>
      <SelectField
        compact
        label={label}
        value={value ?? 'all'}
        options={[{ value: 'all', title: words('networkControl.all') }, ...options]}
        onChange={(next) => set({ [name]: next === 'all' ? undefined : next })}
      />
    </span>
  );
  const add = (
    <Button
      kind="primary"
      icon={<Plus size={16} />}
      disabledReason={forbidden}
      onPress={() => void navigate({ to: '/network/bindings/$binding', params: { binding: 'new' } })}
    >
      {words('networkControl.binding.add')}
    </Button>
  );
  return (
    <NetworkFrame
      title={words('networkControl.binding.title')}
      note={words('networkControl.binding.note')}
      actions={add}
    >
      <ToolBar label={words('plant.filter')}>
        <SearchField
          label={words('networkControl.binding.search')}
          value={text ?? ''}
          onChange={(next) => set({ text: next === '' ? undefined : next })}
        />
        {choice(
          words('networkControl.flow'),
          'flow',
          flow,
          (flows.data ?? []).map(({ id, title }) => ({ value: id, title: local(title) })),
        )}
        {choice(
          words('networkControl.provider.one'),
          'provider',
          provider,
          (providers.data ?? []).map(({ id, title }) => ({ value: id, title })),
        )}
        {choice(
          words('networkControl.standing'),
          'standing',
          standing,
          standings.map((one) => ({ value: one, title: words(`networkControl.standings.${one}`) })),
        )}
      </ToolBar>
      <Loaded query={bindings}>
        {(data) =>
          shown.length === 0 ? (
            filtered ? (
              <EmptyState title={words('networkControl.noneSuch')}>
                <p>{words('networkControl.noneSuchHelp')}</p>
              </EmptyState>
            ) : (
              <EmptyState icon={<Gauge size={44} />} title={words('networkControl.binding.none')}>
                <p>{words('networkControl.binding.noneHelp')}</p>
              </EmptyState>
            )
          ) : (
            <>
              {data.total > data.bindings.length ? (
                <p className={styles.faint}>
                  {words('networkControl.firstOf', {
                    shown: formatCount(rowsShownMax, language),
                    total: formatCount(data.total, language),
                  })}
                </p>
              ) : null}
              <Table
                label={words('networkControl.binding.title')}
                columns={columns}
                rows={shown}
                rowKey={({ id }) => id}
                rowHeight={72}
                csv="bindings"
                onOpen={({ id }) =>
                  void navigate({ to: '/network/bindings/$binding', params: { binding: id } })
                }
              />
            </>
          )
        }
      </Loaded>
    </NetworkFrame>
  );
}
