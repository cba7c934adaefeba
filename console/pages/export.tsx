import type { ThingDescription } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  EmptyState,
  ErrorState,
  Page,
  rangeText,
  SearchField,
  Section,
  SelectField,
  Skeleton,
  titleOf,
  useLanguage,
  usePlantTime,
  useUiWords,
} from '@millrace/ui';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../api/problem.ts';
import { thingQuery, thingStatesQuery } from '../api/queries.ts';
import { useBounds, useTimeState } from '../shell/time-state.ts';
import { useConsoleWords } from '../words/index.ts';
import styles from './export.module.css';

/** Things in one file: their ids stand in the address, which has an end. */
const thingsMax = 100;
/** Rows of the list; search narrows it down. */
const listedMax = 300;

/** Samples as a file. */
export function ExportPage() {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const plant = usePlantTime();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { things?: string; properties?: string; format?: string };
  const { range } = useTimeState();
  const { from, to } = useBounds();
  const states = useQuery(thingStatesQuery('', false));
  const [text, setText] = useState('');

  const chosen = useMemo(() => splitList(search.things), [search.things]);
  const chosenProperties = useMemo(() => new Set(splitList(search.properties)), [search.properties]);
  const format = search.format === 'parquet' ? 'parquet' : 'csv';
  const set = (change: { things?: string; properties?: string; format?: string }) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, ...change })) as never,
      replace: true,
      resetScroll: false,
    });
  const choose = (ids: readonly string[]) => {
    const properties = [...chosenProperties].filter((one) =>
      ids.some((id) => one.startsWith(`${encodeURIComponent(id)}/`)),
    );
    set({ things: joinList(ids), properties: joinList(properties) });
  };

  const found = useMemo(() => {
    const wanted = text.toLowerCase();
    return (states.data?.things ?? []).filter(
      (thing) =>
        wanted === '' ||
        thing.id.toLowerCase().includes(wanted) ||
        titleOf(thing, language, thing.id).toLowerCase().includes(wanted) ||
        thing.place.toLowerCase().includes(wanted),
    );
  }, [states.data, text, language]);
  const listed = found.slice(0, listedMax);
  const isChosen = new Set(chosen);

  const query = new URLSearchParams();
  const single = chosenProperties.size > 0;
  for (const id of chosen) query.append('thing', id);
  if (single) for (const property of chosenProperties) query.append('property', property);
  query.set('from', new Date(from).toISOString());
  query.set('to', new Date(to).toISOString());
  query.set('format', format);
  const address = `/api/export?${query}`;
  const reason =
    chosen.length === 0
      ? words('export.pickFirst')
      : chosen.length > thingsMax
        ? words('export.tooMany', { count: thingsMax })
        : undefined;

  if (states.error !== null && states.data === undefined) {
    return (
      <Page title={words('export.title')}>
        <ErrorState problem={problemWords(states.error, words)} onRetry={() => void states.refetch()} />
      </Page>
    );
  }
  return (
    <Page title={words('export.title')} note={words('export.note')}>
      {states.data === undefined ? (
        <Skeleton height="3rem" rows={6} />
      ) : states.data.total === 0 ? (
        <EmptyState icon={<Download size={44} />} title={words('export.noThings')}>
          <p>{words('export.noThingsHelp')}</p>
        </EmptyState>
      ) : (
        <div className={styles.columns}>
          <Section
            title={words('export.things')}
            note={words('export.chosen', { count: chosen.length })}
            actions={<SearchField label={words('export.searchThings')} value={text} onChange={setText} />}
          >
            <div className={styles.row}>
              <Button
                onPress={() => choose([...new Set([...chosen, ...listed.map((thing) => thing.id)])])}
                disabledReason={listed.length === 0 ? words('plant.nothingFound') : undefined}
              >
                {words('export.chooseShown')}
              </Button>
              <Button
                onPress={() => choose([])}
                disabledReason={chosen.length === 0 ? words('export.pickFirst') : undefined}
              >
                {words('export.chooseNone')}
              </Button>
            </div>
            <ul className={styles.list}>
              {listed.map((thing) => (
                <li key={thing.id}>
                  <label className={styles.choice}>
                    <input
                      type="checkbox"
                      checked={isChosen.has(thing.id)}
                      onChange={(event) =>
                        choose(
                          event.target.checked
                            ? [...chosen, thing.id]
                            : chosen.filter((id) => id !== thing.id),
                        )
                      }
                    />
                    <span>
                      {titleOf(thing, language, thing.id)} <span className={styles.faint}>{thing.place}</span>
                    </span>
                  </label>
                </li>
              ))}
              {found.length > listed.length ? (
                <li className={styles.faint}>
                  {uiWords('table.of', { shown: listed.length, total: found.length })}
                </li>
              ) : null}
            </ul>
          </Section>
          <div className={styles.stack}>
            <Section title={words('export.properties')}>
              <p>{words('export.allProperties')}</p>
              <p className={styles.faint}>{words('export.allPropertiesHelp')}</p>
              <Properties
                things={chosen}
                chosen={chosenProperties}
                onChange={(properties) => set({ properties: joinList(properties) })}
              />
            </Section>
            <Section title={words('export.download')}>
              <div className={styles.stack}>
                <p>
                  {words('export.range')}: <b>{rangeText(range, uiWords, plant)}</b>
                  <br />
                  <span className={styles.faint}>
                    {plant.exact(from)} – {plant.exact(to)}
                  </span>
                </p>
                <SelectField
                  label={words('export.format')}
                  value={format}
                  options={[
                    { value: 'csv', title: words('export.csv') },
                    { value: 'parquet', title: words('export.parquet') },
                  ]}
                  onChange={(next) => set({ format: next === 'csv' ? undefined : next })}
                />
                <div>
                  <Button
                    kind="primary"
                    icon={<Download size={16} />}
                    disabledReason={reason}
                    onPress={() => {
                      const link = document.createElement('a');
                      link.href = address;
                      link.download = '';
                      link.click();
                    }}
                  >
                    {words('export.download')}
                  </Button>
                </div>
                <p className={styles.faint}>{words('export.file')}</p>
                <details>
                  <summary>{words('export.address')}</summary>
                  <p className={styles.faint}>{words('export.addressHelp')}</p>
                  <CodeBlock label={words('export.address')} text={`${window.location.origin}${address}`} />
                </details>
              </div>
            </Section>
          </div>
        </div>
      )}
    </Page>
  );
}

/** Lists in the URL: joined by commas, each part encoded, so that a name may hold a comma. */
function splitList(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  return text.split(',').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

function joinList(parts: readonly string[]): string | undefined {
  return parts.length === 0
    ? undefined
    : parts.map((part) => part.replace(/[%,]/g, encodeURIComponent)).join(',');
}

/** Things whose properties are listed; with more, all of them are exported or a program is the better way. */
const propertiesOfThingsMax = 20;

function Properties({
  things,
  chosen,
  onChange,
}: {
  things: readonly string[];
  chosen: ReadonlySet<string>;
  onChange: (properties: string[]) => void;
}) {
  const language = useLanguage();
  const results = useQueries({ queries: things.slice(0, propertiesOfThingsMax).map((id) => thingQuery(id)) });
  const known = results
    .map((result) => result.data)
    .filter((thing): thing is ThingDescription => thing !== undefined);
  return (
    <ul className={styles.list}>
      {known.map((thing) => (
        <li key={thing.id}>
          <p className={styles.group}>{titleOf(thing, language, thing.id)}</p>
          <ul className={styles.inner}>
            {Object.entries(thing.properties ?? {}).map(([name, property]) => {
              const key = `${encodeURIComponent(thing.id)}/${encodeURIComponent(name)}`;
              return (
                <li key={name}>
                  <label className={styles.choice}>
                    <input
                      type="checkbox"
                      checked={chosen.has(key)}
                      onChange={(event) =>
                        onChange(
                          event.target.checked ? [...chosen, key] : [...chosen].filter((one) => one !== key),
                        )
                      }
                    />
                    <span>{titleOf(property, language, name)}</span>
                  </label>
                </li>
              );
            })}
          </ul>
        </li>
      ))}
    </ul>
  );
}
