import styles from './mark.module.css';

/**
 * What a mark can say. Each has a shape of its own, so that it reads without colour:
 * a filled octagon is bad, a filled triangle outside normal (pointing where it went), a hollow triangle uncertain, a clock
 * stale, a dashed ring silent, a ring good or connected, a half ring on its way, a square stopped.
 */
export type MarkKind =
  | 'good'
  | 'uncertain'
  | 'bad'
  | 'stale'
  | 'silent'
  | 'outside'
  | 'above'
  | 'below'
  | 'connecting'
  | 'connected'
  | 'degraded'
  | 'disconnected'
  | 'stopped';

/** How much a state calls for somebody, the most urgent first: the order of every list. */
export const urgency: Record<MarkKind, number> = {
  bad: 0,
  disconnected: 0,
  outside: 1,
  above: 1,
  below: 1,
  degraded: 2,
  uncertain: 2,
  stale: 3,
  connecting: 4,
  silent: 5,
  stopped: 6,
  good: 7,
  connected: 7,
};

/** The shape alone. Always put a word beside it, or a label on what holds it. */
export function Mark({ kind, size = 16 }: { kind: MarkKind; size?: number }) {
  return (
    <svg
      className={`${styles.mark} ${styles[kind]}`}
      style={{ width: `${size / 16}rem`, height: `${size / 16}rem` }}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      {shape(kind)}
    </svg>
  );
}

function shape(kind: MarkKind) {
  switch (kind) {
    case 'bad':
    case 'disconnected':
      return (
        <>
          <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />
          <path d="M5.5 5.5l5 5m0-5l-5 5" className={styles.inner} strokeWidth="1.8" strokeLinecap="round" />
        </>
      );
    case 'outside':
      return <path d="M8 0l8 8-8 8-8-8z" fill="currentColor" />;
    case 'above':
      return <path d="M8 1.5l7 12.5H1z" fill="currentColor" />;
    case 'below':
      return <path d="M8 14.5L1 2h14z" fill="currentColor" />;
    case 'uncertain':
    case 'degraded':
      return (
        <>
          <path
            d="M8 2l6.5 11.5h-13z"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinejoin="round"
          />
          <path d="M8 6.3v3.2m0 1.6v.6" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
        </>
      );
    case 'stale':
      return (
        <>
          <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" strokeWidth="1.8" />
          <path
            d="M8 4.2V8l2.8 1.8"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinecap="round"
          />
        </>
      );
    case 'silent':
      return (
        <circle
          cx="8"
          cy="8"
          r="6.2"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.8"
          strokeDasharray="2.4 2.47"
        />
      );
    case 'connecting':
      return <path d="M8 1.8a6.2 6.2 0 1 1-6.2 6.2" fill="none" stroke="currentColor" strokeWidth="1.8" />;
    case 'stopped':
      return (
        <rect x="2.5" y="2.5" width="11" height="11" fill="none" stroke="currentColor" strokeWidth="1.8" />
      );
    default:
      return <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="1.6" />;
  }
}
