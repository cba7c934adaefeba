import { type Sim, type SimInput, type SimState, simStates } from '@millrace/contract';
import {
  Button,
  type Column,
  Confirm,
  Dialog,
  EmptyState,
  ErrorState,
  Facts,
  formatCount,
  Instant,
  type MarkKind,
  notify,
  SearchField,
  SelectField,
  Since,
  StateBadge,
  Table,
  TextField,
  ToggleField,
  ToolBar,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { CardSim, Download, FileUp, Pencil, Plus, Trash2 } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import styles from './control.module.css';
import { faultsFrom, filled, leftOver } from './fields.ts';
import { Dash, Loaded, Named, OtherFaults, useSetSearch } from './parts.tsx';
import { removeSim, rowsShownMax, saveSim, simQuery, simsQuery } from './queries.ts';

const stateKinds: Record<SimState, MarkKind> = {
  'in-stock': 'silent',
  active: 'good',
  suspended: 'stopped',
  lost: 'bad',
  retired: 'stopped',
};

function StateOfSim({ state }: { state: SimState }) {
  const words = useConsoleWords();
  return <StateBadge kind={stateKinds[state]} word={words(`networkControl.simStates.${state}`)} />;
}

/** SIM cards: where each belongs, where it was seen, what has become of it. */
export function SimsPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const search = useSearch({ strict: false }) as {
    text?: string;
    state?: SimState;
    parted?: string;
    sim?: string;
  };
  const set = useSetSearch();
  const forbidden = useForbidden()('configure');
  const [adding, setAdding] = useState(false);
  const sims = useQuery(
    simsQuery({
      ...(search.text === undefined ? {} : { text: search.text }),
      ...(search.state === undefined ? {} : { state: search.state }),
      ...(search.parted === undefined ? {} : { parted: true }),
    }),
  );
  const filtered = search.text !== undefined || search.state !== undefined || search.parted !== undefined;
  const columns = useMemo<Column<Sim>[]>(
    () => [
      {
        id: 'iccid',
        title: 'ICCID',
        width: 'minmax(12rem, 1.4fr)',
        phone: 'title',
        value: (sim) => sim.iccid,
        render: (sim) => (
          <Named name={<span className={styles.number}>{sim.iccid}</span>} below={sim.operator} />
        ),
      },
      {
        id: 'supi',
        title: 'SUPI',
        width: 'minmax(10rem, 1.2fr)',
        value: (sim) => sim.supi,
        render: (sim) =>
          sim.supi === undefined ? (
            <Dash />
          ) : (
            <Named name={<span className={styles.code}>{sim.supi}</span>} below={sim.gpsi} />
          ),
      },
      {
        id: 'state',
        title: words('networkControl.state'),
        width: 'minmax(7rem, 0.7fr)',
        value: (sim) => simStates.indexOf(sim.state),
        render: (sim) => (
          <span className={styles.lines}>
            <StateOfSim state={sim.state} />
            <Since time={sim.since} className={styles.faint} />
          </span>
        ),
      },
      {
        id: 'pei',
        title: words('networkControl.sim.belongs'),
        width: 'minmax(10rem, 1.2fr)',
        value: (sim) => sim.pei ?? sim.thing,
        render: (sim) =>
          sim.pei === undefined && sim.thing === undefined ? (
            <Dash />
          ) : (
            <span className={styles.lines}>
              {sim.pei === undefined ? null : <span className={styles.code}>{sim.pei}</span>}
              {sim.thing === undefined ? null : (
                <Link to="/things/$id" params={{ id: sim.thing }} className={styles.faint}>
                  {sim.thing}
                </Link>
              )}
            </span>
          ),
      },
      {
        id: 'seen',
        title: words('networkControl.sim.seenIn'),
        width: 'minmax(10rem, 1.2fr)',
        value: (sim) => sim.seenIn,
        render: (sim) => (
          <span className={styles.lines}>
            {sim.parted ? <StateBadge kind="bad" word={words('networkControl.sim.parted')} /> : null}
            {sim.seenIn === undefined ? <Dash /> : <span className={styles.code}>{sim.seenIn}</span>}
            {sim.seen === undefined ? null : <Since time={sim.seen} className={styles.faint} />}
          </span>
        ),
      },
    ],
    [words],
  );
  return (
    <NetworkFrame
      title={words('networkControl.sim.title')}
      note={words('networkControl.sim.note')}
      actions={
        <>
          <Button icon={<Plus size={16} />} disabledReason={forbidden} onPress={() => setAdding(true)}>
            {words('networkControl.sim.add')}
          </Button>
          <ImportLink what="sims" />
          <CsvLink href="/api/network/sims.csv" />
        </>
      }
    >
      <ToolBar label={words('plant.filter')}>
        <SearchField
          label={words('networkControl.sim.search')}
          value={search.text ?? ''}
          onChange={(text) => set({ text: text === '' ? undefined : text })}
        />
        <SelectField
          compact
          label={words('networkControl.state')}
          value={search.state ?? 'all'}
          options={[
            { value: 'all', title: words('networkControl.all') },
            ...simStates.map((state) => ({
              value: state,
              title: words(`networkControl.simStates.${state}`),
            })),
          ]}
          onChange={(state) => set({ state: state === 'all' ? undefined : state })}
        />
        <ToggleField
          label={words('networkControl.sim.onlyParted')}
          value={search.parted !== undefined}
          onChange={(on) => set({ parted: on ? 'yes' : undefined })}
        />
      </ToolBar>
      <Loaded query={sims}>
        {(data) =>
          data.sims.length === 0 ? (
            filtered ? (
              <EmptyState title={words('networkControl.noneSuch')}>
                <p>{words('networkControl.noneSuchHelp')}</p>
              </EmptyState>
            ) : (
              <EmptyState
                icon={<CardSim size={44} />}
                title={words('networkControl.sim.none')}
                actions={<ImportLink what="sims" />}
              >
                <p>{words('networkControl.sim.noneHelp')}</p>
              </EmptyState>
            )
          ) : (
            <>
              {data.total > data.sims.length ? (
                <p className={styles.faint}>
                  {words('networkControl.firstOf', {
                    shown: formatCount(rowsShownMax, language),
                    total: formatCount(data.total, language),
                  })}
                </p>
              ) : null}
              <Table
                label={words('networkControl.sim.title')}
                columns={columns}
                rows={data.sims}
                rowKey={(sim) => sim.iccid}
                rowHeight={64}
                onOpen={(sim) => set({ sim: sim.iccid })}
              />
            </>
          )
        }
      </Loaded>
      {adding ? <SimForm onClose={() => setAdding(false)} /> : null}
      {search.sim === undefined ? null : (
        <SimDialog key={search.sim} iccid={search.sim} onClose={() => set({ sim: undefined })} />
      )}
    </NetworkFrame>
  );
}

/** To the page that takes a file. */
export function ImportLink({ what }: { what: 'sims' | 'terminals' }) {
  const words = useConsoleWords();
  return (
    <Link to="/network/import" search={{ what } as never} className={styles.linkButton}>
      <FileUp size={16} aria-hidden="true" /> {words('networkControl.import.link')}
    </Link>
  );
}

function CsvLink({ href }: { href: string }) {
  const words = useConsoleWords();
  return (
    <a href={href} download className={styles.linkButton}>
      <Download size={16} aria-hidden="true" /> {words('networkControl.import.export')}
    </a>
  );
}

const withoutState = (sim: Sim): SimInput => {
  const { since: _since, seenIn: _seenIn, seen: _seen, parted: _parted, ...input } = sim;
  return input;
};

/** One card: what it is, what it may become, what it was. */
function SimDialog({ iccid, onClose }: { iccid: string; onClose: () => void }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const client = useQueryClient();
  const forbidden = useForbidden()('configure');
  const query = useQuery(simQuery(iccid));
  const [to, setTo] = useState<SimState>();
  const [editing, setEditing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [reason, setReason] = useState('');
  const refresh = () => void client.invalidateQueries({ queryKey: ['network'] });
  const sim = query.data?.sim;
  const move = useMutation({
    mutationFn: (state: SimState) =>
      saveSim(iccid, { ...withoutState(sim!), state, ...(reason.trim() === '' ? {} : { reason }) }),
    onSuccess: () => {
      setTo(undefined);
      setReason('');
    },
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => removeSim(iccid),
    onSuccess: () => {
      notify({ kind: 'info', title: words('networkControl.removed') });
      refresh();
      onClose();
    },
  });
  if (editing && sim !== undefined) return <SimForm sim={sim} onClose={() => setEditing(false)} />;
  const gone = sim?.state === 'in-stock' || sim?.state === 'retired';
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`SIM ${iccid}`}
      footer={
        sim === undefined ? undefined : (
          <>
            <Button
              kind="act"
              icon={<Trash2 size={16} />}
              disabledReason={forbidden ?? (gone ? undefined : words('networkControl.sim.removeWhen'))}
              onPress={() => setRemoving(true)}
            >
              {words('networkControl.remove')}
            </Button>
            <Button icon={<Pencil size={16} />} disabledReason={forbidden} onPress={() => setEditing(true)}>
              {words('networkControl.edit')}
            </Button>
            <Button kind="primary" onPress={onClose}>
              {uiWords('action.close')}
            </Button>
          </>
        )
      }
    >
      <Loaded query={query}>
        {({ sim: card, next, history, terminal }) => (
          <div className={styles.wide}>
            {card.parted ? (
              <p className={styles.problem}>
                {words('networkControl.sim.partedWhat', { bound: card.pei ?? '–', seen: card.seenIn ?? '–' })}
              </p>
            ) : null}
            <Facts
              facts={[
                { name: words('networkControl.state'), value: <StateOfSim state={card.state} /> },
                { name: words('networkControl.since'), value: <Instant time={card.since} /> },
                { name: 'SUPI', value: card.supi ?? '–' },
                { name: words('networkControl.sim.gpsi'), value: card.gpsi ?? '–' },
                { name: words('networkControl.sim.operator'), value: card.operator ?? '–' },
                { name: words('networkControl.sim.pei'), value: card.pei ?? '–' },
                {
                  name: words('networkControl.sim.thing'),
                  value:
                    card.thing === undefined ? (
                      '–'
                    ) : (
                      <Link to="/things/$id" params={{ id: card.thing }}>
                        {card.thing}
                      </Link>
                    ),
                },
                {
                  name: words('networkControl.sim.seenIn'),
                  value:
                    card.seenIn === undefined ? (
                      '–'
                    ) : (
                      <>
                        {card.seenIn} · <Since time={card.seen} />
                      </>
                    ),
                },
                {
                  name: words('networkControl.terminal'),
                  value:
                    terminal === undefined ? (
                      '–'
                    ) : (
                      <Link to="/network/terminals/$terminal" params={{ terminal }}>
                        {terminal}
                      </Link>
                    ),
                },
                { name: words('networkControl.sim.noteOf'), value: card.note ?? '–' },
              ]}
            />
            <div className={styles.stack}>
              <h3>{words('networkControl.sim.next')}</h3>
              {next.length === 0 ? (
                <p className={styles.faint}>{words('networkControl.sim.end')}</p>
              ) : (
                <div className={styles.row}>
                  {next.map((state) => (
                    <Button key={state} kind="act" disabledReason={forbidden} onPress={() => setTo(state)}>
                      {words(`networkControl.simVerbs.${state}`)}
                    </Button>
                  ))}
                </div>
              )}
            </div>
            <div className={styles.stack}>
              <h3>{words('networkControl.sim.history')}</h3>
              <ol className={styles.changes}>
                {history.map((change) => (
                  <li key={`${change.time} ${change.to}`}>
                    <Instant time={change.time} className={styles.number} />{' '}
                    {change.from === undefined ? (
                      words('networkControl.sim.registered')
                    ) : (
                      <span className={styles.before}>
                        {words(`networkControl.simStates.${change.from}`)}
                      </span>
                    )}{' '}
                    → <b>{words(`networkControl.simStates.${change.to}`)}</b> · {change.by}
                    {change.reason === undefined ? '' : ` · ${change.reason}`}
                  </li>
                ))}
              </ol>
            </div>
          </div>
        )}
      </Loaded>
      <Confirm
        open={to !== undefined}
        onClose={() => setTo(undefined)}
        onConfirm={() => move.mutate(to!)}
        title={words('networkControl.sim.moveTitle', { iccid })}
        confirm={to === undefined ? '' : words(`networkControl.simVerbs.${to}`)}
        busy={move.isPending}
      >
        {to === undefined || sim === undefined ? null : (
          <div className={styles.stack}>
            <p>
              {words(`networkControl.simStates.${sim.state}`)} →{' '}
              <b>{words(`networkControl.simStates.${to}`)}</b>
            </p>
            <p>{words(`networkControl.simMeans.${to}`)}</p>
            <TextField label={words('networkControl.sim.reason')} value={reason} onChange={setReason} />
            {move.error === null ? null : <ErrorState problem={problemWords(move.error, words)} />}
          </div>
        )}
      </Confirm>
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
        title={words('networkControl.removeTitle', { title: iccid })}
        confirm={words('networkControl.remove')}
        busy={remove.isPending}
      >
        <p>{words('networkControl.sim.removeWhat')}</p>
        {remove.error === null ? null : <ErrorState problem={problemWords(remove.error, words)} />}
      </Confirm>
    </Dialog>
  );
}

const simFields = ['iccid', 'supi', 'gpsi', 'operator', 'pei', 'thing', 'note'] as const;

/** A new card, or one that is changed. Its state changes by its own buttons only, with a reason. */
function SimForm({ sim, onClose }: { sim?: Sim; onClose: () => void }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const client = useQueryClient();
  const form = useId();
  const [input, setInput] = useState<SimInput>(
    sim === undefined ? { iccid: '', state: 'in-stock' } : withoutState(sim),
  );
  const save = useMutation({
    mutationFn: () => saveSim(sim?.iccid, filled(input)),
    onSuccess: () => {
      notify({ kind: 'info', title: words('networkControl.saved') });
      void client.invalidateQueries({ queryKey: ['network'] });
      onClose();
    },
  });
  const faults = faultsFrom(save.error, language);
  const others = leftOver(faults, [...simFields, 'state']);
  const labels: Record<(typeof simFields)[number], string> = {
    iccid: 'ICCID',
    supi: 'SUPI',
    gpsi: words('networkControl.sim.gpsi'),
    operator: words('networkControl.sim.operator'),
    pei: words('networkControl.sim.pei'),
    thing: words('networkControl.sim.thing'),
    note: words('networkControl.sim.noteOf'),
  };
  const helps: Partial<Record<(typeof simFields)[number], string>> = {
    iccid: words('networkControl.sim.iccidHelp'),
    supi: words('networkControl.sim.supiHelp'),
    pei: words('networkControl.sim.peiHelp'),
    thing: words('networkControl.sim.thingHelp'),
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      busy={save.isPending}
      title={sim === undefined ? words('networkControl.sim.add') : `SIM ${sim.iccid}`}
      footer={
        <>
          <Button onPress={onClose}>{uiWords('action.cancel')}</Button>
          <Button
            kind="act"
            type="submit"
            form={form}
            pending={save.isPending}
            disabledReason={input.iccid.trim() === '' ? words('networkControl.sim.needIccid') : undefined}
          >
            {words('networkControl.save')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {save.error !== null && Object.keys(faults).length === 0 ? (
          <ErrorState problem={problemWords(save.error, words)} />
        ) : null}
        <OtherFaults faults={others} />
        <div className={styles.fields}>
          {simFields.map((field) =>
            // The card keeps its number for life.
            field === 'iccid' && sim !== undefined ? null : (
              <TextField
                key={field}
                label={labels[field]}
                {...(helps[field] === undefined ? {} : { help: helps[field] })}
                required={field === 'iccid'}
                code={field !== 'operator' && field !== 'note'}
                value={input[field] ?? ''}
                fault={faults[field]}
                onChange={(value) => setInput((before) => ({ ...before, [field]: value.trimStart() }))}
              />
            ),
          )}
          {sim === undefined ? (
            <SelectField
              label={words('networkControl.state')}
              value={input.state}
              fault={faults['state']}
              options={simStates.map((state) => ({
                value: state,
                title: words(`networkControl.simStates.${state}`),
              }))}
              onChange={(state) => setInput((before) => ({ ...before, state: state as SimState }))}
            />
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}
