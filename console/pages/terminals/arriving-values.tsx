import type { PropertyAffordance, ThingDescription } from '@millrace/contract';
import { Mark, Since, titleOf, useLanguage, useUiWords, Value } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { propertiesQuery, thingQuery } from '../../api/queries.ts';
import { liveStore, putValues, useLatest, useLiveThings } from '../../live/live.ts';
import { seriesKey } from '../../live/store.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './terminals.module.css';

const shownMax = 60;

/** The values of one thing as they arrive, each with its quality and age. */
export function ArrivingValues({ id }: { id: string }) {
  const words = useConsoleWords();
  const thing = useQuery(thingQuery(id));
  const latest = useQuery({ ...propertiesQuery(id), refetchInterval: 3000, staleTime: 0 });
  useLiveThings([id]);
  useEffect(() => {
    if (latest.data !== undefined) putValues(id, latest.data);
  }, [latest.data, id]);
  const properties = Object.entries((thing.data as ThingDescription | undefined)?.properties ?? {});
  return (
    <>
      <ul className={styles.arriving}>
        {properties.slice(0, shownMax).map(([name, property]) => (
          <ArrivingValue key={name} thing={id} name={name} property={property} />
        ))}
      </ul>
      {properties.length > shownMax ? (
        <p className={styles.moreNote}>
          {words('terminal.live.more', { count: properties.length - shownMax })}
        </p>
      ) : null}
    </>
  );
}

function ArrivingValue({
  thing,
  name,
  property,
}: {
  thing: string;
  name: string;
  property: PropertyAffordance;
}) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const sample = useLatest(seriesKey(thing, name));
  return (
    <li className={styles.arrivingLine} data-arrived={sample === undefined ? undefined : true}>
      <span className={styles.arrivingName} title={name}>
        {titleOf(property, language, name)}
      </span>
      <span className={styles.arrivingValue}>
        {sample === undefined ? (
          <span className={styles.faint}>{words('terminal.live.waiting')}</span>
        ) : (
          <Value
            value={sample.value}
            unit={property.unit}
            decimals={property['millrace:decimals']}
            quality={sample.quality}
            status={sample.status}
            normal={property['millrace:normal']}
          />
        )}
      </span>
      <span className={styles.arrivingQuality}>
        {sample === undefined ? null : (
          <>
            <Mark kind={sample.quality} size={14} />{' '}
            {sample.quality !== 'good' && sample.status !== undefined
              ? sample.status
              : uiWords(`state.${sample.quality}`)}
          </>
        )}
      </span>
      <Since time={sample?.time} className={styles.arrivingAge} />
    </li>
  );
}

/** How many properties of a thing have brought a value since the page began to look. */
export function useArrived(id: string | undefined, names: readonly string[]): number {
  const [count, setCount] = useState(0);
  const key = names.join('\n');
  useEffect(() => {
    if (id === undefined) return;
    const look = () =>
      setCount(
        key === ''
          ? 0
          : key.split('\n').filter((name) => liveStore.latest(seriesKey(id, name)) !== undefined).length,
      );
    look();
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [id, key]);
  return count;
}
