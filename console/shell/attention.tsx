import { alarmPriorities } from '@millrace/contract';
import { formatCount, Mark, type MarkKind, useLanguage, useUiWords } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { connectionsQuery, plantQuery } from '../api/queries.ts';
import { useOpenAlarms } from '../live/alarms.ts';
import { useMay } from '../pages/access/permission.ts';
import { PriorityMark } from '../pages/alarms/priority.tsx';
import { useConsoleWords } from '../words/index.ts';
import styles from './attention.module.css';

const shown = ['bad', 'outside', 'uncertain', 'stale'] as const;

/** What needs somebody, by kind, each a way to its list. Says so when nothing does. */
export function AttentionBar() {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const plant = useQuery(plantQuery);
  const may = useMay();
  // Connections belong to the whole plant.
  const connections = useQuery({ ...connectionsQuery, enabled: may('read', '') });
  const { counts: alarmCounts } = useOpenAlarms();
  const alarms = alarmPriorities.filter((priority) => (alarmCounts[priority] ?? 0) > 0);
  if (plant.data === undefined) return null;
  const counts = plantCounts(plant.data);
  const items: { kind: MarkKind; count: number; to: '/' | '/terminals'; state: string; word: string }[] =
    shown.map((kind) => ({
      kind,
      count: counts[kind] ?? 0,
      to: '/',
      state: kind,
      word: uiWords(`state.${kind}`),
    }));
  const broken = (connections.data ?? []).filter(
    (one) => one.enabled && (one.state === 'disconnected' || one.state === 'degraded'),
  ).length;
  items.push({
    kind: 'disconnected',
    count: broken,
    to: '/terminals',
    state: 'abnormal',
    word: words('attention.connections'),
  });
  const present = items.filter((item) => item.count > 0);
  if (present.length === 0 && alarms.length === 0)
    return <p className={styles.calm}>{words('attention.none')}</p>;
  const worst = present[0];
  const things = present.reduce((sum, item) => sum + (item.to === '/' ? item.count : 0), 0);
  return (
    <>
      {/* On a phone there is room for one sign: the worst, and how many there are in all. */}
      {alarms[0] !== undefined ? (
        <Link
          to="/alarms"
          className={`${styles.item} ${styles.one}`}
          aria-label={words('alarm.open', { count: alarmCounts[alarms[0]] ?? 0 })}
        >
          <PriorityMark priority={alarms[0]} digit={false} />
          <b>{formatCount(alarmCounts[alarms[0]] ?? 0, language)}</b>
        </Link>
      ) : worst === undefined ? null : (
        <Link
          to={worst.to}
          search={{ state: 'abnormal' }}
          className={`${styles.item} ${styles.one}`}
          aria-label={words('attention.some', { count: things === 0 ? worst.count : things })}
        >
          <Mark kind={worst.kind} />
          <b>{formatCount(things === 0 ? worst.count : things, language)}</b>
        </Link>
      )}
      <ul className={styles.list} aria-label={words('attention.title')}>
        {alarms.map((priority) => (
          <li key={priority}>
            <Link to="/alarms" search={{ priority }} className={styles.item}>
              <PriorityMark priority={priority} digit={false} />
              <b>{formatCount(alarmCounts[priority] ?? 0, language)}</b>
              <span className={styles.word}>{words(`alarm.priority.${priority}`)}</span>
            </Link>
          </li>
        ))}
        {present.map((item) => (
          <li key={item.word}>
            <Link to={item.to} search={{ state: item.state }} className={styles.item}>
              <Mark kind={item.kind} />
              <b>{formatCount(item.count, language)}</b>
              <span className={styles.word}>{item.word}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Counts of states over the whole plant: those of the root or, without one, of the nodes at the top, as each counts all below it. */
export function plantCounts(
  nodes: readonly { path: string; states: Record<string, number> }[],
): Record<string, number> {
  const root = nodes.find((node) => node.path === '');
  if (root !== undefined) return root.states;
  const paths = new Set(nodes.map((node) => node.path));
  const counts: Record<string, number> = {};
  for (const node of nodes) {
    const slash = node.path.lastIndexOf('/');
    if (slash >= 0 && paths.has(node.path.slice(0, slash))) continue;
    for (const [state, count] of Object.entries(node.states)) counts[state] = (counts[state] ?? 0) + count;
  }
  return counts;
}
