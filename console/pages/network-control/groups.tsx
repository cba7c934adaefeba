import type { LanGroup, LanGroupInput, NetworkTerminalSummary } from '@millrace/contract';
import {
  Button,
  type Column,
  Dialog,
  EmptyState,
  Facts,
  formatCount,
  NumberField,
  notify,
  SearchField,
  Section,
  SelectField,
  Table,
  TextField,
  useLanguage,
  useLocalText,
  useUiWords,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Network, Pencil, Plus, RotateCw, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import { groupsQuery, terminalsQuery } from '../network/queries.ts';
import styles from './control.module.css';
import { usePlanned } from './dry-run.tsx';
import { leftOver } from './fields.ts';
import { Dash, Loaded, NameAndId, Named, OtherFaults, useSetSearch } from './parts.tsx';
import { askAgain, providersQuery, saveGroup } from './queries.ts';
import { ReleaseDialog } from './release.tsx';
import { snssaiText } from './slices.tsx';
import { StageCell, Stages, Standing, stageNames } from './stages.tsx';

/** More terminals than this no square of marks can be read; then a list by terminal is. */
const matrixTerminalsMax = 16;
/** Members of the picker shown at once; a search finds the others. */
const membersShownMax = 200;

/** Who may talk to whom, below and beside the platform. */
export function GroupsPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const set = useSetSearch();
  const search = useSearch({ strict: false }) as { group?: string; text?: string };
  const forbidden = useForbidden()('configure', '');
  const groups = useQuery(groupsQuery);
  const terminals = useQuery(terminalsQuery());
  const [editing, setEditing] = useState<LanGroup | 'new'>();
  const titles = useMemo(
    () => new Map((terminals.data?.terminals ?? []).map(({ id, title }) => [id, title])),
    [terminals.data],
  );
  const open = groups.data?.find(({ id }) => id === search.group);
  const columns = useMemo<Column<LanGroup>[]>(
    () => [
      {
        id: 'title',
        title: words('networkControl.group.one'),
        width: 'minmax(10rem, 1.2fr)',
        phone: 'title',
        value: ({ title }) => title,
        render: (group) => (
          <Named name={group.title} below={words(`networkControl.group.kinds.${group.kind}`)} />
        ),
      },
      {
        id: 'members',
        title: words('networkControl.group.members'),
        width: 'minmax(11rem, 1.6fr)',
        value: ({ members }) => members.length,
        render: ({ members }) => (
          <Named
            name={formatCount(members.length, language)}
            below={`${members
              .slice(0, 4)
              .map((id) => titles.get(id) ?? id)
              .join(', ')}${members.length > 4 ? ' …' : ''}`}
          />
        ),
      },
      {
        id: 'how',
        title: words('networkControl.group.how'),
        width: 'minmax(8rem, 1fr)',
        value: ({ vni, dnn }) => vni ?? dnn,
        render: ({ vni, dnn, snssai }) => {
          const parts = [
            vni === undefined ? undefined : `VNI ${vni}`,
            dnn === undefined ? undefined : `DNN ${dnn}`,
            snssai === undefined ? undefined : `S-NSSAI ${snssaiText(snssai)}`,
          ].filter((one) => one !== undefined);
          return parts.length === 0 ? <Dash /> : <span className={styles.number}>{parts.join(' · ')}</span>;
        },
      },
      ...stageNames.map(
        (name): Column<LanGroup> => ({
          id: name,
          title: words(`networkControl.stage.${name}`),
          width: 'minmax(7rem, 0.7fr)',
          value: ({ stages }) => stages[name]?.time,
          render: ({ stages }) => <StageCell stages={stages} name={name} />,
        }),
      ),
      {
        id: 'standing',
        title: words('networkControl.standing'),
        width: 'minmax(10rem, 1.3fr)',
        value: ({ stages }) => stages.standing,
        render: ({ stages }) => (
          <span className={styles.lines}>
            <Standing stages={stages} />
            {stages.problem === undefined ? null : (
              <span className={styles.faint}>{local(stages.problem)}</span>
            )}
          </span>
        ),
      },
    ],
    [words, language, local, titles],
  );
  return (
    <NetworkFrame
      title={words('networkControl.group.title')}
      note={words('networkControl.group.note')}
      actions={
        <Button
          kind="primary"
          icon={<Plus size={16} />}
          disabledReason={forbidden}
          onPress={() => setEditing('new')}
        >
          {words('networkControl.group.add')}
        </Button>
      }
    >
      <Loaded query={groups}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<Network size={44} />} title={words('networkControl.group.none')}>
              <p>{words('networkControl.group.noneHelp')}</p>
            </EmptyState>
          ) : (
            <>
              <Table
                label={words('networkControl.group.title')}
                columns={columns}
                rows={rows}
                rowKey={({ id }) => id}
                rowHeight={72}
                csv="lan-groups"
                onOpen={({ id }) => set({ group: id })}
              />
              <WhoWithWhom groups={rows} titles={titles} />
            </>
          )
        }
      </Loaded>
      {open === undefined || editing !== undefined ? null : (
        <GroupDialog
          group={open}
          titles={titles}
          onClose={() => set({ group: undefined })}
          onEdit={() => setEditing(open)}
        />
      )}
      {editing === undefined ? null : (
        <GroupForm
          {...(editing === 'new' ? {} : { group: editing })}
          terminals={terminals.data?.terminals ?? []}
          onClose={() => setEditing(undefined)}
          onSaved={(id) => set({ group: id })}
        />
      )}
    </NetworkFrame>
  );
}

interface Talker {
  id: string;
  title: string;
  groups: LanGroup[];
}

/** Every terminal that is in a group, with its groups. */
function talkersOf(groups: readonly LanGroup[], titles: ReadonlyMap<string, string>): Talker[] {
  const talkers = new Map<string, Talker>();
  for (const group of groups) {
    if (group.stages.standing === 'released') continue;
    for (const id of group.members) {
      const talker = talkers.get(id) ?? { id, title: titles.get(id) ?? id, groups: [] };
      talkers.set(id, talker);
      talker.groups.push(group);
    }
  }
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...talkers.values()].sort((a, b) => order.compare(a.title, b.title));
}

function mayTalk(a: Talker, b: Talker): LanGroup[] {
  return a.groups.filter((group) => b.groups.includes(group));
}

/** At least one of the groups that let two talk is seen in force. */
const inForce = (by: readonly LanGroup[]): boolean =>
  by.some(({ stages }) => stages.standing === 'effective');

/** Both ways: a square of marks while it can be read, a list by terminal when there are more. */
function WhoWithWhom({
  groups,
  titles,
}: {
  groups: readonly LanGroup[];
  titles: ReadonlyMap<string, string>;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const set = useSetSearch();
  const search = useSearch({ strict: false }) as { text?: string };
  const talkers = useMemo(() => talkersOf(groups, titles), [groups, titles]);
  const needle = (search.text ?? '').toLowerCase();
  const shown = talkers.filter(({ title }) => title.toLowerCase().includes(needle));
  const columns = useMemo<Column<Talker>[]>(
    () => [
      {
        id: 'terminal',
        title: words('networkControl.terminal'),
        width: 'minmax(10rem, 1fr)',
        phone: 'title',
        value: ({ title }) => title,
        render: ({ id, title }) => <Named name={title} {...(id === title ? {} : { below: id })} />,
      },
      {
        id: 'groups',
        title: words('networkControl.group.by'),
        width: 'minmax(14rem, 3fr)',
        value: (talker) => talker.groups.length,
        render: (talker) => (
          <ul className={styles.changes}>
            {talker.groups.map((group) => (
              <li key={group.id}>
                <b>{group.title}</b> ({words(`networkControl.standings.${group.stages.standing}`)}):{' '}
                {words('networkControl.group.others', {
                  others: formatCount(group.members.length - 1, language),
                })}{' '}
                <span className={styles.faint}>
                  {group.members
                    .filter((id) => id !== talker.id)
                    .slice(0, 6)
                    .map((id) => titles.get(id) ?? id)
                    .join(', ')}
                  {group.members.length > 7 ? ' …' : ''}
                </span>
              </li>
            ))}
          </ul>
        ),
      },
    ],
    [words, language, titles],
  );
  if (talkers.length === 0) return null;
  const square = talkers.length <= matrixTerminalsMax;
  return (
    <Section
      title={words('networkControl.group.who')}
      note={words(square ? 'networkControl.group.whoSquare' : 'networkControl.group.whoList')}
      flush={!square}
      {...(square
        ? {}
        : {
            actions: (
              <SearchField
                label={words('networkControl.terminal')}
                value={search.text ?? ''}
                onChange={(text) => set({ text: text === '' ? undefined : text })}
              />
            ),
          })}
    >
      {square ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className={styles.scroll} tabIndex={0} aria-label={words('networkControl.group.who')}>
          <table className={styles.matrix}>
            <thead>
              <tr>
                <td />
                {talkers.map(({ id, title }) => (
                  <th key={id} scope="col">
                    <span>{title}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {talkers.map((from) => (
                <tr key={from.id}>
                  <th scope="row">{from.title}</th>
                  {talkers.map((to) => {
                    if (to === from) return <td key={to.id} className={styles.self} />;
                    const by = mayTalk(from, to);
                    return (
                      <td key={to.id} title={by.map(({ title }) => title).join(', ')}>
                        {by.length === 0 ? (
                          <span
                            className={styles.faint}
                            role="img"
                            aria-label={words('networkControl.group.no')}
                          >
                            ·
                          </span>
                        ) : (
                          <span
                            role="img"
                            aria-label={`${words(inForce(by) ? 'networkControl.group.inForce' : 'networkControl.group.onlyAsked')}: ${by.map(({ title }) => title).join(', ')}`}
                          >
                            {inForce(by) ? '●' : '○'}
                          </span>
                        )}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : (
        <Table
          label={words('networkControl.group.who')}
          columns={columns}
          rows={shown}
          rowKey={({ id }) => id}
          rowHeight={72}
          empty={<EmptyState title={words('networkControl.noneSuch')} />}
        />
      )}
    </Section>
  );
}

function GroupDialog({
  group,
  titles,
  onClose,
  onEdit,
}: {
  group: LanGroup;
  titles: ReadonlyMap<string, string>;
  onClose: () => void;
  onEdit: () => void;
}) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const client = useQueryClient();
  const forbidden = useForbidden()('configure', '');
  const [releasing, setReleasing] = useState(false);
  const again = useMutation({
    mutationFn: () => askAgain('group', group.id),
    onError: (error) => notify({ kind: 'error', title: problemWords(error, words).title }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['network'] }),
  });
  const { standing } = group.stages;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={group.title}
      footer={
        <>
          {standing === 'refused' || standing === 'lost' ? (
            <Button
              kind="act"
              icon={<RotateCw size={16} />}
              pending={again.isPending}
              disabledReason={forbidden}
              onPress={() => again.mutate()}
            >
              {words('networkControl.askAgain')}
            </Button>
          ) : null}
          <Button
            kind="act"
            icon={<Trash2 size={16} />}
            disabledReason={forbidden}
            onPress={() => setReleasing(true)}
          >
            {words('networkControl.release')}
          </Button>
          <Button icon={<Pencil size={16} />} disabledReason={forbidden} onPress={onEdit}>
            {words('networkControl.edit')}
          </Button>
          <Button kind="primary" onPress={onClose}>
            {uiWords('action.close')}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={styles.wide} tabIndex={0} aria-label={group.title}>
        <Stages stages={group.stages} />
        <Facts
          facts={[
            {
              name: words('networkControl.group.kind'),
              value: words(`networkControl.group.kinds.${group.kind}`),
            },
            { name: 'VNI', value: group.vni ?? '–' },
            { name: 'DNN', value: group.dnn ?? '–' },
            { name: 'S-NSSAI', value: group.snssai === undefined ? '–' : snssaiText(group.snssai) },
            {
              name: words('networkControl.provider.one'),
              value: group.provider ?? words('networkControl.noProvider'),
            },
            {
              name: words('networkControl.group.members'),
              value: group.members.map((id) => titles.get(id) ?? id).join(', '),
            },
          ]}
        />
      </section>
      {releasing ? (
        <ReleaseDialog
          kind="group"
          id={group.id}
          title={group.title}
          onClose={() => setReleasing(false)}
          onReleased={onClose}
        />
      ) : null}
    </Dialog>
  );
}

function GroupForm({
  group,
  terminals,
  onClose,
  onSaved,
}: {
  group?: LanGroup;
  terminals: readonly NetworkTerminalSummary[];
  onClose: () => void;
  onSaved: (id: string) => void;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const client = useQueryClient();
  const providers = useQuery(providersQuery);
  const [id, setId] = useState(group?.id ?? '');
  const [text, setText] = useState('');
  const [input, setInput] = useState<LanGroupInput>(() => {
    if (group === undefined) return { title: '', kind: 'ethernet', members: [] };
    const { id: _id, stages: _stages, ...rest } = group;
    return rest;
  });
  const planned = usePlanned({
    input: { ...(group === undefined ? {} : { id: group.id }), group: input },
    missing: input.title.trim() === '' || id === '' ? words('networkControl.needName') : undefined,
    sendWord: words(input.provider === undefined ? 'networkControl.record' : 'networkControl.ask'),
    send: () => saveGroup(id, input),
    onSent: () => {
      notify({ kind: 'info', title: words('networkControl.sent') });
      void client.invalidateQueries({ queryKey: ['network'] });
      onSaved(id);
      onClose();
    },
  });
  const { faults } = planned;
  const chosen = useMemo(() => new Set(input.members), [input.members]);
  const known = useMemo(() => new Set(terminals.map(({ id: one }) => one)), [terminals]);
  const needle = text.toLowerCase();
  const found = terminals.filter(({ id: one, title, place, address }) =>
    [one, title, place, address].some((part) => part?.toLowerCase().includes(needle) === true),
  );
  // What is chosen stands first, so that it is seen without searching.
  const shown = [...found]
    .sort((a, b) => Number(chosen.has(b.id)) - Number(chosen.has(a.id)))
    .slice(0, membersShownMax);
  const toggle = (one: string) =>
    setInput((before) => ({
      ...before,
      members: before.members.includes(one)
        ? before.members.filter((member) => member !== one)
        : [...before.members, one],
    }));
  const others = leftOver(faults, [
    'title',
    'id',
    'group',
    'kind',
    'members',
    'dnn',
    'vni',
    'provider',
    'snssai',
  ]);
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={group === undefined ? words('networkControl.group.add') : group.title}
    >
      <div className={styles.wide}>
        <div className={styles.fields}>
          <NameAndId
            isNew={group === undefined}
            name={input.title}
            id={id}
            nameFault={faults['title']}
            idFault={faults['id'] ?? faults['group']}
            onName={(title) => setInput((before) => ({ ...before, title }))}
            onId={setId}
          />
          <SelectField
            label={words('networkControl.group.kind')}
            value={input.kind}
            fault={faults['kind']}
            options={(['ethernet', 'ip'] as const).map((value) => ({
              value,
              title: words(`networkControl.group.kinds.${value}`),
            }))}
            onChange={(kind) => setInput((before) => ({ ...before, kind: kind as LanGroupInput['kind'] }))}
          />
          <SelectField
            label={words('networkControl.provider.one')}
            help={words('networkControl.slice.providerHelp')}
            value={input.provider ?? 'none'}
            fault={faults['provider']}
            options={[
              { value: 'none', title: words('networkControl.noProvider') },
              ...(providers.data ?? [])
                .filter(({ can }) => can.includes('groups'))
                .map(({ id: one, title }) => ({ value: one, title })),
            ]}
            onChange={(provider) =>
              setInput(({ provider: _before, ...rest }) =>
                provider === 'none' ? rest : { ...rest, provider },
              )
            }
          />
          <NumberField
            label="VNI"
            help={words('networkControl.group.vniHelp')}
            value={input.vni}
            fault={faults['vni']}
            onChange={(vni) =>
              setInput(({ vni: _before, ...rest }) => (vni === undefined ? rest : { ...rest, vni }))
            }
          />
          <TextField
            label="DNN"
            help={words('networkControl.group.dnnHelp')}
            code
            value={input.dnn ?? ''}
            fault={faults['dnn']}
            onChange={(dnn) =>
              setInput(({ dnn: _before, ...rest }) => (dnn === '' ? rest : { ...rest, dnn }))
            }
          />
        </div>
        <fieldset className={styles.stack}>
          <legend>
            <b>{words('networkControl.group.members')}</b>{' '}
            {words('networkControl.group.chosen', { count: formatCount(chosen.size, language) })}
          </legend>
          <div className={styles.row}>
            <SearchField label={words('networkControl.group.find')} value={text} onChange={setText} />
            <Button
              disabledReason={found.length === 0 ? words('networkControl.noneSuch') : undefined}
              onPress={() =>
                setInput((before) => ({
                  ...before,
                  members: [...new Set([...before.members, ...found.map(({ id: one }) => one)])],
                }))
              }
            >
              {words('networkControl.group.all', { count: formatCount(found.length, language) })}
            </Button>
            <Button onPress={() => setInput((before) => ({ ...before, members: [] }))}>
              {words('networkControl.group.clear')}
            </Button>
          </div>
          {faults['members'] === undefined ? null : <p className={styles.problem}>{faults['members']}</p>}
          {terminals.length === 0 ? (
            <p className={styles.faint}>{words('networkControl.binding.noTerminals')}</p>
          ) : (
            <div className={styles.members}>
              {[
                ...input.members
                  .filter((one) => !known.has(one))
                  .map((one) => ({ id: one, title: one, below: '' })),
                ...shown.map(({ id: one, title, place, address }) => ({
                  id: one,
                  title,
                  below: [address, place].filter(Boolean).join(' · '),
                })),
              ].map((one) => (
                <label key={one.id} className={styles.member}>
                  <input type="checkbox" checked={chosen.has(one.id)} onChange={() => toggle(one.id)} />
                  <span>
                    {one.title} <span className={styles.faint}>{one.below}</span>
                  </span>
                </label>
              ))}
            </div>
          )}
          {found.length > shown.length ? (
            <p className={styles.faint}>
              {words('networkControl.firstOf', {
                shown: formatCount(shown.length, language),
                total: formatCount(found.length, language),
              })}
            </p>
          ) : null}
        </fieldset>
        <OtherFaults faults={others} />
        {planned.below}
      </div>
    </Dialog>
  );
}
