import {
  EmptyState,
  ErrorState,
  PlantZone,
  Skeleton,
  TimeRangePicker,
  useLanguage,
  useNow,
  usePlantTime,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Link2Off } from 'lucide-react';
import { useEffect } from 'react';
import { ApiError } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useFreeze, useTimeState } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import { Board } from './board.tsx';
import styles from './dashboards.module.css';
import { sharedQuery, textIn } from './queries.ts';
import { SharedSource } from './source.tsx';

/** What a link shows: one dashboard, read only, without signing in; also on a wall that nobody touches. */
export function SharedPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const { token = '' } = useParams({ strict: false }) as { token?: string };
  const shared = useQuery(sharedQuery(token));
  const time = useTimeState();
  useFreeze(time.frozen);
  const title = textIn(shared.data?.title, language);
  useEffect(() => {
    document.title = title === '' ? 'Millrace' : title;
  }, [title]);
  // One that is over shows nothing, even what was in sight before.
  if (shared.error instanceof ApiError && shared.error.problem.status === 404)
    return (
      <main className={styles.shared}>
        <h1 className="visually-hidden">Millrace</h1>
        <EmptyState icon={<Link2Off size={40} />} title={words('dashboard.linkOver')}>
          <p>{words('dashboard.linkOverHelp')}</p>
        </EmptyState>
      </main>
    );
  if (shared.data === undefined)
    return (
      <main className={styles.shared}>
        <h1 className="visually-hidden">Millrace</h1>
        {shared.error === null ? (
          <Skeleton height="20rem" />
        ) : (
          <ErrorState problem={problemWords(shared.error, words)} />
        )}
      </main>
    );
  return (
    <PlantZone zone={shared.data.plantTimeZone}>
      <main className={styles.shared}>
        <header className={styles.sharedHead}>
          <div>
            <h1>{title}</h1>
            <p className={styles.faint}>
              {shared.data.plantName === '' ? 'Millrace' : shared.data.plantName} ·{' '}
              {words('dashboard.sharedNote')}
            </p>
          </div>
          <div className={styles.sharedTime}>
            <TimeRangePicker
              range={time.range}
              onChange={time.setRange}
              frozen={time.frozen}
              onFreeze={time.freeze}
            />
            <Clock frozen={time.frozen} />
          </div>
        </header>
        {shared.data.tiles.length === 0 ? (
          <EmptyState title={words('dashboard.empty')} />
        ) : (
          <SharedSource token={token} shared={shared.data}>
            <Board tiles={shared.data.tiles} phone={shared.data.phone} />
          </SharedSource>
        )}
      </main>
    </PlantZone>
  );
}

function Clock({ frozen }: { frozen: number | undefined }) {
  const plant = usePlantTime();
  const now = useNow();
  const instant = frozen ?? now;
  return (
    <span className={styles.clock} title={plant.exact(instant)}>
      {plant.clock(instant)} <small>{plant.zoneName(instant)}</small>
    </span>
  );
}
