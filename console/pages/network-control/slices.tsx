import type { Slice, SliceInput, SliceProfile } from '@millrace/contract';
import {
  Button,
  type Column,
  Dialog,
  EmptyState,
  Facts,
  formatNumber,
  NumberField,
  notify,
  SelectField,
  Table,
  TextField,
  ToggleField,
  useLanguage,
  useLocalText,
  useUiWords,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Layers, Pencil, Plus, RotateCw, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import { slicesQuery } from '../network/queries.ts';
import styles from './control.module.css';
import { usePlanned } from './dry-run.tsx';
import { leftOver } from './fields.ts';
import { Dash, Loaded, NameAndId, Named, OtherFaults, useSetSearch } from './parts.tsx';
import { askAgain, providersQuery, saveSlice } from './queries.ts';
import { ReleaseDialog } from './release.tsx';
import { StageCell, Stages, Standing, stageNames } from './stages.tsx';

/** S-NSSAI as people write it. */
export const snssaiText = ({ sst, sd }: { sst: number; sd?: string | undefined }): string =>
  sd === undefined ? String(sst) : `${sst}-${sd.toUpperCase()}`;

/** Attributes of a ServiceProfile that are numbers, with their unit, in the order of the form. */
const figures = [
  ['maxNumberofUEs', ''],
  ['maxNumberofPDUSessions', ''],
  ['uLThptPerSlice', 'kbit/s'],
  ['dLThptPerSlice', 'kbit/s'],
  ['uLThptPerUE', 'kbit/s'],
  ['dLThptPerUE', 'kbit/s'],
  ['uLLatency', 'ms'],
  ['dLLatency', 'ms'],
  ['jitter', 'ms'],
  ['survivalTime', 'ms'],
  ['availability', '%'],
  ['uLReliability', '%'],
  ['dLReliability', '%'],
  ['uLMaxPktSize', 'B'],
  ['dLMaxPktSize', 'B'],
  ['uESpeed', 'km/h'],
  ['termDensity', '1/km²'],
  ['synchronicity', 'ns'],
] as const;
const toggles = [
  'delayTolerance',
  'uLDeterministicComm',
  'dLDeterministicComm',
  'positioning',
  'nssaaSupport',
  'nonIPSupport',
] as const;
const choices = {
  networkSliceSharingIndicator: ['shared', 'non-shared'],
  uEMobilityLevel: ['stationary', 'nomadic', 'restricted-mobility', 'fully-mobility'],
} as const;
/** Shown in the list: what a slice is mostly asked for. */
const headline = ['uLThptPerSlice', 'dLThptPerSlice', 'uLLatency', 'maxNumberofUEs'] as const;

const number = (profile: SliceProfile, name: (typeof figures)[number][0]): number | undefined =>
  profile[name];

/** Slices: what each promises, and how far it is. */
export function SlicesPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const set = useSetSearch();
  const search = useSearch({ strict: false }) as { slice?: string };
  const forbidden = useForbidden()('configure', '');
  const slices = useQuery(slicesQuery);
  const providers = useQuery(providersQuery);
  const [editing, setEditing] = useState<Slice | 'new'>();
  const open = slices.data?.find(({ id }) => id === search.slice);
  const columns = useMemo<Column<Slice>[]>(
    () => [
      {
        id: 'title',
        title: words('networkControl.slice.one'),
        width: 'minmax(10rem, 1.2fr)',
        phone: 'title',
        value: ({ title }) => title,
        render: ({ title, profile }) => (
          <Named name={title} below={`S-NSSAI ${snssaiText(profile.snssai)}`} />
        ),
      },
      {
        id: 'profile',
        title: words('networkControl.slice.profile'),
        width: 'minmax(12rem, 1.6fr)',
        render: ({ profile }) => {
          const told = headline.flatMap((name) => {
            const value = number(profile, name);
            const unit = figures.find(([one]) => one === name)![1];
            return value === undefined
              ? []
              : [
                  `${words(`networkControl.slice.fields.${name}`)} ${formatNumber(value, language)} ${unit}`.trim(),
                ];
          });
          return told.length === 0 ? <Dash /> : <span className={styles.faint}>{told.join(' · ')}</span>;
        },
      },
      {
        id: 'provider',
        title: words('networkControl.provider.one'),
        width: 'minmax(8rem, 0.8fr)',
        value: ({ provider }) => provider,
        render: ({ provider }) =>
          provider === undefined ? (
            <span className={styles.faint}>{words('networkControl.noProvider')}</span>
          ) : (
            (providers.data?.find(({ id }) => id === provider)?.title ?? provider)
          ),
      },
      ...stageNames.map(
        (name): Column<Slice> => ({
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
    [words, language, local, providers.data],
  );
  return (
    <NetworkFrame
      title={words('networkControl.slice.title')}
      note={words('networkControl.slice.note')}
      actions={
        <Button
          kind="primary"
          icon={<Plus size={16} />}
          disabledReason={forbidden}
          onPress={() => setEditing('new')}
        >
          {words('networkControl.slice.add')}
        </Button>
      }
    >
      <Loaded query={slices}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<Layers size={44} />} title={words('networkControl.slice.none')}>
              <p>{words('networkControl.slice.noneHelp')}</p>
            </EmptyState>
          ) : (
            <Table
              label={words('networkControl.slice.title')}
              columns={columns}
              rows={rows}
              rowKey={({ id }) => id}
              rowHeight={72}
              csv="slices"
              onOpen={({ id }) => set({ slice: id })}
            />
          )
        }
      </Loaded>
      {open === undefined || editing !== undefined ? null : (
        <SliceDialog slice={open} onClose={() => set({ slice: undefined })} onEdit={() => setEditing(open)} />
      )}
      {editing === undefined ? null : (
        <SliceForm
          {...(editing === 'new' ? {} : { slice: editing })}
          onClose={() => setEditing(undefined)}
          onSaved={(id) => set({ slice: id })}
        />
      )}
    </NetworkFrame>
  );
}

function SliceDialog({ slice, onClose, onEdit }: { slice: Slice; onClose: () => void; onEdit: () => void }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const client = useQueryClient();
  const forbidden = useForbidden()('configure', '');
  const [releasing, setReleasing] = useState(false);
  const again = useMutation({
    mutationFn: () => askAgain('slice', slice.id),
    onError: (error) => notify({ kind: 'error', title: problemWords(error, words).title }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['network'] }),
  });
  const { profile, stages } = slice;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={slice.title}
      footer={
        <>
          {stages.standing === 'refused' || stages.standing === 'lost' ? (
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
      <section className={styles.wide} tabIndex={0} aria-label={slice.title}>
        <Stages stages={stages} />
        <Facts
          facts={[
            { name: 'S-NSSAI', value: snssaiText(profile.snssai) },
            {
              name: words('networkControl.provider.one'),
              value: slice.provider ?? words('networkControl.noProvider'),
            },
            ...figures.flatMap(([name, unit]) => {
              const value = number(profile, name);
              return value === undefined
                ? []
                : [
                    {
                      name: words(`networkControl.slice.fields.${name}`),
                      value: `${formatNumber(value, language)} ${unit}`.trim(),
                    },
                  ];
            }),
            ...toggles.flatMap((name) =>
              profile[name] === undefined
                ? []
                : [
                    {
                      name: words(`networkControl.slice.fields.${name}`),
                      value: uiWords(profile[name] ? 'value.yes' : 'value.no'),
                    },
                  ],
            ),
            ...(profile.networkSliceSharingIndicator === undefined
              ? []
              : [
                  {
                    name: words('networkControl.slice.fields.networkSliceSharingIndicator'),
                    value: words(`networkControl.slice.choices.${profile.networkSliceSharingIndicator}`),
                  },
                ]),
            ...(profile.uEMobilityLevel === undefined
              ? []
              : [
                  {
                    name: words('networkControl.slice.fields.uEMobilityLevel'),
                    value: words(`networkControl.slice.choices.${profile.uEMobilityLevel}`),
                  },
                ]),
            ...(['dataNetworks', 'coverageArea'] as const).flatMap((name) =>
              (profile[name]?.length ?? 0) === 0
                ? []
                : [{ name: words(`networkControl.slice.fields.${name}`), value: profile[name]!.join(', ') }],
            ),
          ]}
        />
      </section>
      {releasing ? (
        <ReleaseDialog
          kind="slice"
          id={slice.id}
          title={slice.title}
          onClose={() => setReleasing(false)}
          onReleased={onClose}
        />
      ) : null}
    </Dialog>
  );
}

function SliceForm({
  slice,
  onClose,
  onSaved,
}: {
  slice?: Slice;
  onClose: () => void;
  onSaved: (id: string) => void;
}) {
  const words = useConsoleWords();
  const client = useQueryClient();
  const providers = useQuery(providersQuery);
  const [id, setId] = useState(slice?.id ?? '');
  const [input, setInput] = useState<SliceInput>(
    slice === undefined
      ? { title: '', profile: { snssai: { sst: 1 } } }
      : {
          title: slice.title,
          profile: slice.profile,
          ...(slice.provider === undefined ? {} : { provider: slice.provider }),
        },
  );
  const setProfile = <K extends keyof SliceProfile>(name: K, value: SliceProfile[K] | undefined) =>
    setInput((before) => {
      const { [name]: _before, ...rest } = before.profile;
      return {
        ...before,
        profile: (value === undefined ? rest : { ...rest, [name]: value }) as SliceProfile,
      };
    });
  const { profile } = input;
  const planned = usePlanned({
    input: { ...(slice === undefined ? {} : { id: slice.id }), slice: input },
    missing: input.title.trim() === '' || id === '' ? words('networkControl.needName') : undefined,
    sendWord: words(input.provider === undefined ? 'networkControl.record' : 'networkControl.ask'),
    send: () => saveSlice(id, input),
    onSent: () => {
      notify({ kind: 'info', title: words('networkControl.sent') });
      void client.invalidateQueries({ queryKey: ['network'] });
      onSaved(id);
      onClose();
    },
  });
  const { faults } = planned;
  const others = leftOver(faults, [
    'title',
    'id',
    'slice',
    'provider',
    'profile.snssai.sst',
    'profile.snssai.sd',
    ...figures.map(([name]) => `profile.${name}`),
  ]);
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={slice === undefined ? words('networkControl.slice.add') : slice.title}
    >
      <div className={styles.wide}>
        <div className={styles.fields}>
          <NameAndId
            isNew={slice === undefined}
            name={input.title}
            id={id}
            nameFault={faults['title']}
            idFault={faults['id'] ?? faults['slice']}
            onName={(title) => setInput((before) => ({ ...before, title }))}
            onId={setId}
          />
          <SelectField
            label={words('networkControl.provider.one')}
            help={words('networkControl.slice.providerHelp')}
            value={input.provider ?? 'none'}
            fault={faults['provider']}
            options={[
              { value: 'none', title: words('networkControl.noProvider') },
              ...(providers.data ?? [])
                .filter(({ can }) => can.includes('slices'))
                .map(({ id: one, title }) => ({ value: one, title })),
            ]}
            onChange={(provider) =>
              setInput(({ provider: _before, ...rest }) =>
                provider === 'none' ? rest : { ...rest, provider },
              )
            }
          />
          <NumberField
            label="SST"
            required
            help={words('networkControl.slice.sstHelp')}
            value={profile.snssai.sst}
            fault={faults['profile.snssai.sst']}
            onChange={(sst) => setProfile('snssai', { ...profile.snssai, sst: sst ?? 0 })}
          />
          <TextField
            label="SD"
            code
            help={words('networkControl.slice.sdHelp')}
            value={profile.snssai.sd ?? ''}
            fault={faults['profile.snssai.sd']}
            onChange={(sd) => {
              const { sst } = profile.snssai;
              setProfile('snssai', sd === '' ? { sst } : { sst, sd });
            }}
          />
        </div>
        <details open={slice !== undefined}>
          <summary>{words('networkControl.slice.profile')}</summary>
          <div className={styles.wide}>
            <div className={styles.fields}>
              {figures.map(([name, unit]) => (
                <NumberField
                  key={name}
                  label={words(`networkControl.slice.fields.${name}`)}
                  {...(unit === '' ? {} : { unit })}
                  value={number(profile, name)}
                  fault={faults[`profile.${name}`]}
                  onChange={(value) => setProfile(name, value)}
                />
              ))}
              {(Object.keys(choices) as (keyof typeof choices)[]).map((name) => (
                <SelectField
                  key={name}
                  label={words(`networkControl.slice.fields.${name}`)}
                  value={profile[name] ?? 'none'}
                  options={[
                    { value: 'none', title: words('networkControl.notSaid') },
                    ...choices[name].map((value) => ({
                      value,
                      title: words(`networkControl.slice.choices.${value}`),
                    })),
                  ]}
                  onChange={(value) => setProfile(name, value === 'none' ? undefined : (value as never))}
                />
              ))}
              {(['dataNetworks', 'coverageArea'] as const).map((name) => (
                <TextField
                  key={name}
                  label={words(`networkControl.slice.fields.${name}`)}
                  help={words('networkControl.commas')}
                  value={(profile[name] ?? []).join(', ')}
                  onChange={(text) => setProfile(name, text.trim() === '' ? undefined : text.split(/,\s*/))}
                />
              ))}
            </div>
            <div className={styles.row}>
              {toggles.map((name) => (
                <ToggleField
                  key={name}
                  label={words(`networkControl.slice.fields.${name}`)}
                  value={profile[name] === true}
                  onChange={(on) => setProfile(name, on ? true : undefined)}
                />
              ))}
            </div>
          </div>
        </details>
        <OtherFaults faults={others} />
        {planned.below}
      </div>
    </Dialog>
  );
}
