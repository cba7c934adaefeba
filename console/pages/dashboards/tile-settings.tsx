import {
  type DashboardText,
  type DashboardTile,
  dashboardLimits,
  type PictureSpot,
  type SeriesRef,
} from '@millrace/contract';
import {
  Button,
  Dialog,
  ErrorState,
  NumberField,
  parseRange,
  quickRanges,
  rangeText,
  SelectField,
  TextField,
  ToggleField,
  titleOf,
  useLanguage,
  usePlantTime,
  useUiWords,
} from '@millrace/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, ImagePlus, X } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import { ApiError, problemOf } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { plantQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './dashboards.module.css';
import { PropertyPicker } from './property-picker.tsx';
import { useSource } from './source.tsx';

const rangesOffered = quickRanges.filter((range) => !range.endsWith('y'));

/** What a tile shows and how. Changes hold at once; undo takes them back. */
export function TileSettings({
  tile,
  dashboard,
  onChange,
  onClose,
}: {
  tile: DashboardTile;
  dashboard: string;
  onChange: (tile: DashboardTile) => void;
  onClose: () => void;
}) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const plant = usePlantTime();
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`${words('dashboard.settings')}: ${words(`dashboard.kinds.${tile.kind}`)}`}
      footer={
        <Button kind="primary" onPress={onClose}>
          {uiWords('action.close')}
        </Button>
      }
    >
      <div className={styles.form}>
        <TextInLanguages
          label={words('dashboard.tileTitle')}
          value={tile.title}
          onChange={(title) => {
            const { title: _before, ...rest } = tile;
            onChange((title === undefined ? rest : { ...rest, title }) as DashboardTile);
          }}
        />
        {tile.kind === 'chart' || tile.kind === 'table' ? (
          <>
            {tile.kind === 'chart' ? (
              <SelectField
                label={words('dashboard.ownRange')}
                value={tile.range ?? ''}
                options={[
                  { value: '', title: words('dashboard.ownRangePage') },
                  ...rangesOffered.map((range) => ({
                    value: range,
                    title: rangeText(parseRange(range)!, uiWords, plant),
                  })),
                ]}
                onChange={(range) => {
                  const { range: _before, ...rest } = tile;
                  onChange(range === '' ? rest : { ...rest, range });
                }}
              />
            ) : null}
            <SeriesChoice
              chosen={tile.series}
              most={tile.kind === 'chart' ? dashboardLimits.chartSeriesMax : dashboardLimits.tableSeriesMax}
              onChange={(series) => onChange({ ...tile, series })}
            />
          </>
        ) : null}
        {tile.kind === 'value' ? (
          <>
            <div className={styles.pair}>
              <NumberField
                label={words('dashboard.limitLow')}
                value={tile.limits?.min}
                onChange={(min) => onChange(withLimits(tile, { ...tile.limits, min }))}
              />
              <NumberField
                label={words('dashboard.limitHigh')}
                value={tile.limits?.max}
                onChange={(max) => onChange(withLimits(tile, { ...tile.limits, max }))}
              />
            </div>
            <p className={styles.faint}>{words('dashboard.limitsHelp')}</p>
            <SeriesChoice
              chosen={tile.series === undefined ? [] : [tile.series]}
              most={1}
              onChange={([series]) => {
                const { series: _before, ...rest } = tile;
                onChange(series === undefined ? rest : { ...rest, series });
              }}
            />
          </>
        ) : null}
        {tile.kind === 'states' ? (
          <PlaceField value={tile.place} onChange={(place) => onChange({ ...tile, place })} />
        ) : null}
        {tile.kind === 'text' ? (
          <TextField
            label={words('dashboard.text')}
            lines={6}
            value={typeof tile.text === 'string' ? tile.text : tile.text.en}
            onChange={(text) =>
              onChange({ ...tile, text: text.slice(0, dashboardLimits.tileTextCharactersMax) })
            }
          />
        ) : null}
        {tile.kind === 'picture' ? (
          <PictureSettings tile={tile} dashboard={dashboard} onChange={onChange} />
        ) : null}
      </div>
    </Dialog>
  );
}

type ValueTile = Extract<DashboardTile, { kind: 'value' }>;

function withLimits(
  tile: ValueTile,
  { min, max }: { min?: number | undefined; max?: number | undefined },
): ValueTile {
  const { limits: _before, ...rest } = tile;
  const limits = {
    ...(min === undefined || Number.isNaN(min) ? {} : { min }),
    ...(max === undefined || Number.isNaN(max) ? {} : { max }),
  };
  return Object.keys(limits).length === 0 ? rest : { ...rest, limits };
}

/** One text for all languages, or one for each. Undefined: none. */
export function TextInLanguages({
  label,
  value,
  onChange,
}: {
  label: string;
  value: DashboardText | undefined;
  onChange: (value: DashboardText | undefined) => void;
}) {
  const words = useConsoleWords();
  const both = typeof value === 'object';
  const cut = (text: string): string => text.slice(0, 200);
  return (
    <>
      <TextField
        label={label}
        value={both ? value.en : (value ?? '')}
        onChange={(text) =>
          onChange(both ? { ...value, en: cut(text) || ' ' } : text === '' ? undefined : cut(text))
        }
      />
      {both ? (
        <TextField
          label={words('dashboard.nameZh')}
          value={value.zh}
          onChange={(text) => onChange({ ...value, zh: cut(text) || ' ' })}
        />
      ) : null}
      {value === undefined ? null : (
        <ToggleField
          label={words('dashboard.bothLanguages')}
          value={both}
          onChange={(on) =>
            onChange(on ? { en: value as string, zh: value as string } : (value as { en: string }).en)
          }
        />
      )}
    </>
  );
}

export function PlaceField({
  value,
  onChange,
  help,
}: {
  value: string;
  onChange: (place: string) => void;
  help?: string;
}) {
  const words = useConsoleWords();
  const plant = useQuery(plantQuery);
  const known = (plant.data ?? []).map(({ path }) => path).filter((path) => path !== '');
  const all = value === '' || known.includes(value) ? known : [value, ...known];
  return (
    <SelectField
      label={words('dashboard.place')}
      {...(help === undefined ? {} : { help })}
      value={value}
      options={[
        { value: '', title: words('dashboard.wholePlant') },
        ...all.map((path) => ({ value: path, title: path.replaceAll('/', ' / ') })),
      ]}
      onChange={onChange}
    />
  );
}

function SeriesChoice({
  chosen,
  most,
  onChange,
}: {
  chosen: readonly SeriesRef[];
  most: number;
  onChange: (chosen: SeriesRef[]) => void;
}) {
  const words = useConsoleWords();
  return (
    <>
      <div>
        <h3 className={styles.small}>{words('dashboard.chosen')}</h3>
        {chosen.length === 0 ? <p className={styles.faint}>{words('dashboard.chosenNone')}</p> : null}
        <ul className={styles.chosen}>
          {chosen.map((series, at) => (
            <li key={`${series.thing} ${series.property}`}>
              <SeriesLabel series={series} />
              {most > 1 ? (
                <>
                  <Button
                    kind="quiet"
                    icon={<ArrowUp size={16} />}
                    label={words('dashboard.up')}
                    onPress={() => onChange(swapped(chosen, at, at - 1))}
                  />
                  <Button
                    kind="quiet"
                    icon={<ArrowDown size={16} />}
                    label={words('dashboard.down')}
                    onPress={() => onChange(swapped(chosen, at, at + 1))}
                  />
                </>
              ) : null}
              <Button
                kind="quiet"
                icon={<X size={16} />}
                label={words('dashboard.removeTile')}
                onPress={() => onChange(chosen.filter((_, other) => other !== at))}
              />
            </li>
          ))}
        </ul>
        {most > 1 && chosen.length >= most ? (
          <p className={styles.faint}>{words('dashboard.full', { count: most })}</p>
        ) : null}
      </div>
      <PropertyPicker chosen={chosen} most={most} onChange={onChange} />
    </>
  );
}

export function swapped<T>(list: readonly T[], a: number, b: number): T[] {
  const next = [...list];
  if (b < 0 || b >= next.length) return next;
  [next[a], next[b]] = [next[b]!, next[a]!];
  return next;
}

function SeriesLabel({ series }: { series: SeriesRef }) {
  const language = useLanguage();
  const thing = useSource().thing(series.thing);
  return (
    <span className={styles.seriesName}>
      {titleOf(thing?.properties?.[series.property], language, series.property)}
      <small>
        {thing === undefined || thing === null ? series.thing : titleOf(thing, language, thing.id)}
      </small>
    </span>
  );
}

type PictureTile = Extract<DashboardTile, { kind: 'picture' }>;

function PictureSettings({
  tile,
  dashboard,
  onChange,
}: {
  tile: PictureTile;
  dashboard: string;
  onChange: (tile: DashboardTile) => void;
}) {
  const words = useConsoleWords();
  const source = useSource();
  const file = useRef<HTMLInputElement>(null);
  const [at, setAt] = useState<{ spot: number | undefined; x: number; y: number }>();
  const upload = useMutation({
    mutationFn: async (picked: File) => {
      // By hand: the generated client sends JSON.
      const response = await fetch(`/api/dashboards/${encodeURIComponent(dashboard)}/pictures`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': picked.type || 'application/octet-stream' },
        body: picked,
      });
      const answer = (await response.json().catch(() => undefined)) as unknown;
      if (!response.ok) throw new ApiError(problemOf(answer, response));
      return answer as { id: string };
    },
    onSuccess: ({ id }) => onChange({ ...tile, picture: id }),
  });
  const spots = (next: PictureSpot[]): void =>
    onChange({ ...tile, spots: next.slice(0, dashboardLimits.pictureSpotsMax) });
  const press = (event: MouseEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt({
      spot: undefined,
      x: share(event.clientX - box.left, box.width),
      y: share(event.clientY - box.top, box.height),
    });
  };
  const nudge = (event: KeyboardEvent, number: number): void => {
    const step = { ArrowLeft: [-0.01, 0], ArrowRight: [0.01, 0], ArrowUp: [0, -0.01], ArrowDown: [0, 0.01] }[
      event.key
    ];
    if (step === undefined) return;
    spots(
      tile.spots.map((spot, other) =>
        other === number ? { ...spot, x: share(spot.x + step[0]!, 1), y: share(spot.y + step[1]!, 1) } : spot,
      ),
    );
    event.preventDefault();
  };
  return (
    <>
      <div>
        <input
          ref={file}
          type="file"
          accept="image/png,image/jpeg,image/webp"
          hidden
          onChange={(event) => {
            const [picked] = event.target.files ?? [];
            if (picked !== undefined) upload.mutate(picked);
            event.target.value = '';
          }}
        />
        <Button
          icon={<ImagePlus size={16} />}
          pending={upload.isPending}
          onPress={() => file.current?.click()}
        >
          {words('dashboard.upload')}
        </Button>
        <p className={styles.faint}>{words('dashboard.uploadHelp')}</p>
      </div>
      {upload.error === null ? null : <ErrorState problem={problemWords(upload.error, words)} />}
      {tile.picture === undefined ? null : (
        <div className={styles.picture}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: spots are added by the button below as well */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
          <img src={source.pictureUrl(tile.picture)} alt="" onClick={press} className={styles.pressable} />
          {tile.spots.map((spot, number) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: spots have nothing else that names them
              key={number}
              type="button"
              className={styles.pin}
              style={{ left: `${spot.x * 100}%`, top: `${spot.y * 100}%` }}
              aria-label={words('dashboard.spotPlace', { number: number + 1 })}
              onKeyDown={(event) => nudge(event, number)}
              onClick={() => setAt({ spot: number, x: spot.x, y: spot.y })}
            >
              {number + 1}
            </button>
          ))}
        </div>
      )}
      {tile.picture === undefined ? null : (
        <ul className={styles.chosen}>
          {tile.spots.map((spot, number) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: spots have nothing else that names them
            <li key={number}>
              <b>{number + 1}</b>
              <SeriesLabel series={spot.series} />
              <Button
                kind="quiet"
                icon={<X size={16} />}
                label={`${words('dashboard.spotRemove')}: ${number + 1}`}
                onPress={() => spots(tile.spots.filter((_, other) => other !== number))}
              />
            </li>
          ))}
          <li>
            <Button onPress={() => setAt({ spot: undefined, x: 0.5, y: 0.5 })}>
              {words('dashboard.spot', { number: tile.spots.length + 1 })}
            </Button>
          </li>
        </ul>
      )}
      {at === undefined ? null : (
        <Dialog open onClose={() => setAt(undefined)} title={words('dashboard.spotChoose')}>
          <PropertyPicker
            chosen={at.spot === undefined ? [] : [tile.spots[at.spot]!.series]}
            most={1}
            onChange={([series]) => {
              if (series === undefined) return;
              const spot = { x: at.x, y: at.y, series };
              spots(
                at.spot === undefined
                  ? [...tile.spots, spot]
                  : tile.spots.map((one, other) => (other === at.spot ? { ...one, series } : one)),
              );
              setAt(undefined);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

/** A share of a length, from 0 to 1, to the thousandth. */
function share(part: number, whole: number): number {
  return Math.min(1, Math.max(0, Math.round((part / whole) * 1000) / 1000));
}
