import { type Dashboard, type DashboardInput, type DashboardTile, dashboardLimits } from '@millrace/contract';
import {
  Button,
  Confirm,
  Dialog,
  EmptyState,
  ErrorState,
  MenuButton,
  notify,
  Page,
  Skeleton,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import {
  ArrowDown,
  ArrowUp,
  ChartLine,
  Gauge,
  Image as ImageIcon,
  LayoutGrid,
  Monitor,
  Pencil,
  Plus,
  Redo2,
  Save,
  Settings2,
  Share2,
  Smartphone,
  SquareActivity,
  Table2,
  Trash2,
  Type,
  Undo2,
  X,
} from 'lucide-react';
import { type KeyboardEvent, useEffect, useReducer, useState } from 'react';
import { ApiError, api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { Board } from './board.tsx';
import styles from './dashboards.module.css';
import { draftStep, startDraft } from './draft.ts';
import { freeSpot, phoneOrder, settled, startSize } from './layout.ts';
import { dashboardQuery, textIn } from './queries.ts';
import { ShareDialog } from './share.tsx';
import { OwnSource } from './source.tsx';
import { PlaceField, swapped, TextInLanguages, TileSettings } from './tile-settings.tsx';
import { useTileTitle } from './tiles.tsx';

/** One dashboard: to look at, and, with `edit=on`, to put together. */
export function DashboardPage() {
  const words = useConsoleWords();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const search = useSearch({ strict: false }) as { edit?: string };
  const dashboard = useQuery(dashboardQuery(id));
  if (dashboard.error !== null && dashboard.data === undefined)
    return (
      <Page title={words('dashboard.title')}>
        <ErrorState problem={problemWords(dashboard.error, words)} onRetry={() => void dashboard.refetch()} />
      </Page>
    );
  if (dashboard.data === undefined)
    return (
      <Page title={words('dashboard.title')}>
        <Skeleton height="20rem" />
      </Page>
    );
  return search.edit !== undefined && dashboard.data.mayChange ? (
    <Editor key={id} start={dashboard.data} />
  ) : (
    <View dashboard={dashboard.data} />
  );
}

function View({ dashboard }: { dashboard: Dashboard }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const client = useQueryClient();
  const search = useSearch({ strict: false }) as { wall?: string };
  const [sharing, setSharing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const title = textIn(dashboard.title, language);
  const remove = useMutation({
    mutationFn: () =>
      take(api.DELETE('/api/dashboards/{dashboard}', { params: { path: { dashboard: dashboard.id } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['dashboards'] });
      void navigate({ to: '/dashboards' });
    },
    onError: (error) => notify({ kind: 'error', title: problemWords(error, words).title }),
  });
  const set = (change: object): void =>
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...change })) as never });
  const mayNot = dashboard.mayChange ? undefined : words('dashboard.mayNot');
  const actions =
    search.wall !== undefined ? (
      <Button
        kind="quiet"
        icon={<X size={16} />}
        label={uiWords('action.close')}
        onPress={() => set({ wall: undefined })}
      />
    ) : (
      <>
        <Button icon={<Pencil size={16} />} disabledReason={mayNot} onPress={() => set({ edit: 'on' })}>
          {words('dashboard.edit')}
        </Button>
        <Button icon={<Share2 size={16} />} disabledReason={mayNot} onPress={() => setSharing(true)}>
          {words('dashboard.share')}
        </Button>
        <Button icon={<Monitor size={16} />} onPress={() => set({ wall: 'on' })}>
          {words('dashboard.wall')}
        </Button>
        <Button
          kind="act"
          icon={<Trash2 size={16} />}
          label={words('dashboard.remove')}
          disabledReason={mayNot}
          onPress={() => setRemoving(true)}
        />
      </>
    );
  return (
    <Page
      title={title}
      note={dashboard.place === '' ? words('dashboard.wholePlant') : dashboard.place.replaceAll('/', ' / ')}
      actions={actions}
    >
      {dashboard.tiles.length === 0 ? (
        <EmptyState icon={<LayoutGrid size={40} />} title={words('dashboard.empty')}>
          <p>{words('dashboard.emptyView')}</p>
        </EmptyState>
      ) : (
        <OwnSource dashboard={dashboard.id} tiles={dashboard.tiles}>
          <Board tiles={dashboard.tiles} phone={dashboard.phone} />
        </OwnSource>
      )}
      {sharing ? <ShareDialog dashboard={dashboard.id} onClose={() => setSharing(false)} /> : null}
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
        title={words('dashboard.remove')}
        confirm={words('dashboard.remove')}
        busy={remove.isPending}
      >
        <p>{words('dashboard.removeSure', { title })}</p>
      </Confirm>
    </Page>
  );
}

const kindIcons: Record<DashboardTile['kind'], React.ReactNode> = {
  chart: <ChartLine size={16} />,
  value: <Gauge size={16} />,
  states: <SquareActivity size={16} />,
  table: <Table2 size={16} />,
  text: <Type size={16} />,
  picture: <ImageIcon size={16} />,
};

function newTile(kind: DashboardTile['kind'], place: string, tiles: readonly DashboardTile[]): DashboardTile {
  const placed = {
    id: crypto.getRandomValues(new Uint32Array(2)).join('-'),
    ...freeSpot(tiles, startSize[kind]),
  };
  switch (kind) {
    case 'chart':
    case 'table':
      return { ...placed, kind, series: [] };
    case 'value':
      return { ...placed, kind };
    case 'states':
      return { ...placed, kind, place };
    case 'text':
      return { ...placed, kind, text: '' };
    case 'picture':
      return { ...placed, kind, spots: [] };
  }
}

/** Nothing but what is saved: an order on the phone names only tiles that are there. */
function tidy(input: DashboardInput): DashboardInput {
  const ids = new Set(input.tiles.map((tile) => tile.id));
  return { ...input, phone: input.phone.filter((id) => ids.has(id)) };
}

function Editor({ start }: { start: Dashboard }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [base, setBase] = useState(start);
  const [draft, step] = useReducer(draftStep, startDraft(inputOf(start)));
  const [openTile, setOpenTile] = useState<string>();
  const [dialog, setDialog] = useState<'properties' | 'phone'>();
  const { now } = draft;
  const dirty = now !== draft.saved;
  const change = (to: DashboardInput, again = false): void => step({ do: 'change', to, again });
  const setTiles = (tiles: DashboardTile[], again = false): void => change({ ...now, tiles }, again);
  const leave = (): void =>
    void navigate({ to: '.', search: ((before: object) => ({ ...before, edit: undefined })) as never });

  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      dirty && (current.pathname !== next.pathname || (next.search as { edit?: string }).edit === undefined),
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });

  const loaded = (saved: Dashboard): void => {
    setBase(saved);
    step({ do: 'load', to: inputOf(saved) });
    client.setQueryData(['dashboard', saved.id], saved);
    void client.invalidateQueries({ queryKey: ['dashboards'] });
  };
  const save = useMutation({
    mutationFn: async () =>
      (await take(
        api.PUT('/api/dashboards/{dashboard}', {
          params: { path: { dashboard: base.id } },
          body: { ...tidy(now), version: base.version } as never,
        }),
      )) as Dashboard,
    onSuccess: (saved) => {
      loaded(saved);
      notify({ kind: 'info', title: words('dashboard.saved') });
    },
  });
  const copy = useMutation({
    mutationFn: async () =>
      (await take(
        api.POST('/api/dashboards', {
          body: {
            ...tidy(now),
            title: words('dashboard.copyOf', { title: textIn(now.title, language) }).slice(0, 200),
          } as never,
        }),
      )) as Dashboard,
    onSuccess: (made) => {
      step({ do: 'load', to: now });
      void client.invalidateQueries({ queryKey: ['dashboards'] });
      // After the draft counts as saved, so that leaving it is not asked about.
      setTimeout(
        () => void navigate({ to: '/dashboards/$id', params: { id: made.id }, search: { edit: 'on' } }),
        0,
      );
    },
  });
  const conflict = save.error instanceof ApiError && save.error.problem.status === 409;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (
      !(event.ctrlKey || event.metaKey) ||
      (event.target as Element).closest('input, textarea, [role=dialog]') !== null
    )
      return;
    const key = event.key.toLowerCase();
    if (key === 'z' || key === 'y') {
      step({ do: key === 'y' || event.shiftKey ? 'redo' : 'undo' });
      event.preventDefault();
    } else if (key === 's') {
      if (dirty) save.mutate();
      event.preventDefault();
    }
  };
  const add = (kind: DashboardTile['kind']): void => {
    const tile = newTile(kind, now.place, now.tiles);
    setTiles([...now.tiles, tile]);
    setOpenTile(tile.id);
  };
  const opened = now.tiles.find((tile) => tile.id === openTile);
  useEffect(() => {
    if (openTile !== undefined && opened === undefined) setOpenTile(undefined);
  }, [openTile, opened]);
  const full =
    now.tiles.length >= dashboardLimits.tilesPerDashboardMax
      ? words('dashboard.full', { count: dashboardLimits.tilesPerDashboardMax })
      : undefined;

  const actions = (
    <>
      {full === undefined ? (
        <MenuButton
          label={words('dashboard.addTile')}
          text={words('dashboard.addTile')}
          icon={<Plus size={16} />}
          groups={[
            {
              items: (Object.keys(kindIcons) as DashboardTile['kind'][]).map((kind) => ({
                id: kind,
                text: `${words(`dashboard.kinds.${kind}`)} – ${words(`dashboard.kindNotes.${kind}`)}`,
                icon: kindIcons[kind],
                onChoose: () => add(kind),
              })),
            },
          ]}
        />
      ) : (
        <Button icon={<Plus size={16} />} disabledReason={full}>
          {words('dashboard.addTile')}
        </Button>
      )}
      <Button
        icon={<Settings2 size={16} />}
        label={words('dashboard.properties')}
        onPress={() => setDialog('properties')}
      />
      <Button
        icon={<Smartphone size={16} />}
        label={words('dashboard.phoneOrder')}
        onPress={() => setDialog('phone')}
      />
      <Button
        icon={<Undo2 size={16} />}
        label={words('dashboard.undo')}
        disabledReason={draft.past.length === 0 ? words('dashboard.nothingToSave') : undefined}
        onPress={() => step({ do: 'undo' })}
      />
      <Button
        icon={<Redo2 size={16} />}
        label={words('dashboard.redo')}
        disabledReason={draft.future.length === 0 ? words('dashboard.nothingToSave') : undefined}
        onPress={() => step({ do: 'redo' })}
      />
      <Button
        kind="primary"
        icon={<Save size={16} />}
        pending={save.isPending}
        disabledReason={dirty ? undefined : words('dashboard.nothingToSave')}
        onPress={() => save.mutate()}
      >
        {words('dashboard.save')}
      </Button>
      <Button onPress={leave}>{dirty ? words('dashboard.done') : uiWords('action.close')}</Button>
    </>
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole page, each with a button as well
    <div onKeyDown={onKeyDown}>
      <Page title={textIn(now.title, language)} actions={actions}>
        {save.error === null || conflict ? null : <ErrorState problem={problemWords(save.error, words)} />}
        {copy.error === null ? null : <ErrorState problem={problemWords(copy.error, words)} />}
        <OwnSource dashboard={base.id} tiles={now.tiles}>
          {now.tiles.length === 0 ? (
            <EmptyState icon={<LayoutGrid size={40} />} title={words('dashboard.empty')}>
              <p>{words('dashboard.emptyHelp')}</p>
            </EmptyState>
          ) : (
            <Board
              tiles={now.tiles}
              phone={now.phone}
              editing={{
                onTiles: setTiles,
                onOpen: setOpenTile,
                onRemove: (id) => setTiles(settled(now.tiles.filter((tile) => tile.id !== id))),
              }}
            />
          )}
          {opened === undefined ? null : (
            <TileSettings
              tile={opened}
              dashboard={base.id}
              onChange={(tile) => setTiles(now.tiles.map((one) => (one.id === tile.id ? tile : one)))}
              onClose={() => setOpenTile(undefined)}
            />
          )}
          <Dialog
            open={dialog === 'properties'}
            onClose={() => setDialog(undefined)}
            title={words('dashboard.properties')}
            footer={
              <Button kind="primary" onPress={() => setDialog(undefined)}>
                {uiWords('action.close')}
              </Button>
            }
          >
            <div className={styles.form}>
              <TextInLanguages
                label={words('dashboard.name')}
                value={now.title}
                onChange={(title) => change({ ...now, title: title ?? ' ' })}
              />
              <PlaceField
                value={now.place}
                onChange={(place) => change({ ...now, place })}
                help={words('dashboard.placeHelp')}
              />
            </div>
          </Dialog>
          <Dialog
            open={dialog === 'phone'}
            onClose={() => setDialog(undefined)}
            title={words('dashboard.phoneOrder')}
            footer={
              <Button kind="primary" onPress={() => setDialog(undefined)}>
                {uiWords('action.close')}
              </Button>
            }
          >
            <PhoneOrder tiles={now.tiles} phone={now.phone} onChange={(phone) => change({ ...now, phone })} />
          </Dialog>
        </OwnSource>
        <Confirm
          open={blocker.status === 'blocked'}
          onClose={() => blocker.reset?.()}
          onConfirm={() => blocker.proceed?.()}
          title={words('dashboard.unsaved')}
          confirm={words('dashboard.leave')}
        >
          <p>{words('dashboard.unsavedHelp')}</p>
        </Confirm>
        <Dialog
          open={conflict}
          onClose={() => save.reset()}
          title={words('dashboard.conflict')}
          footer={
            <>
              <Button
                onPress={() => {
                  save.reset();
                  void client.fetchQuery({ ...dashboardQuery(base.id), staleTime: 0 }).then(loaded);
                }}
              >
                {words('dashboard.loadTheirs')}
              </Button>
              <Button
                kind="primary"
                onPress={() => {
                  save.reset();
                  copy.mutate();
                }}
              >
                {words('dashboard.saveCopy')}
              </Button>
            </>
          }
        >
          <p>
            {words('dashboard.conflictHelp', {
              detail: save.error === null ? '' : (problemWords(save.error, words).why ?? ''),
            })}
          </p>
        </Dialog>
      </Page>
    </div>
  );
}

function inputOf({ title, place, tiles, phone }: Dashboard): DashboardInput {
  return { title, place, tiles, phone };
}

function PhoneOrder({
  tiles,
  phone,
  onChange,
}: {
  tiles: readonly DashboardTile[];
  phone: readonly string[];
  onChange: (phone: string[]) => void;
}) {
  const words = useConsoleWords();
  const titleOf = useTileTitle();
  const order = phoneOrder(tiles, phone);
  const ids = order.map((tile) => tile.id);
  return (
    <div className={styles.form}>
      <p className={styles.faint}>{words('dashboard.phoneHelp')}</p>
      <ol className={styles.chosen}>
        {order.map((tile, at) => (
          <li key={tile.id}>
            {kindIcons[tile.kind]}
            <span className={styles.seriesName}>{titleOf(tile)}</span>
            <Button
              kind="quiet"
              icon={<ArrowUp size={16} />}
              label={`${words('dashboard.up')}: ${titleOf(tile)}`}
              onPress={() => onChange(swapped(ids, at, at - 1))}
            />
            <Button
              kind="quiet"
              icon={<ArrowDown size={16} />}
              label={`${words('dashboard.down')}: ${titleOf(tile)}`}
              onPress={() => onChange(swapped(ids, at, at + 1))}
            />
          </li>
        ))}
      </ol>
    </div>
  );
}
