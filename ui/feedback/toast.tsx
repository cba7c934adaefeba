import { X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Button } from '../controls/button.tsx';
import { Mark } from '../values/mark.tsx';
import { useUiWords } from '../words/index.ts';
import styles from './toast.module.css';

export interface Notice {
  kind: 'info' | 'error';
  title: string;
  detail?: string;
}

interface Shown extends Notice {
  id: number;
}

/** Notices on the page at once; the oldest leaves first. */
const noticesMax = 4;
const infoMilliseconds = 6000;
const errorMilliseconds = 20_000;

let shown: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Tells the person something in passing; read out by a screen reader, and gone by itself after a while. */
export function notify(notice: Notice): void {
  const id = ++lastId;
  const others = shown.filter((other) => other.title !== notice.title || other.detail !== notice.detail);
  change([...others, { ...notice, id }].slice(-noticesMax));
  setTimeout(() => dismiss(id), notice.kind === 'error' ? errorMilliseconds : infoMilliseconds);
}

export function dismiss(id: number): void {
  if (shown.some((notice) => notice.id === id)) change(shown.filter((notice) => notice.id !== id));
}

/** Where notices appear. Once per page. */
export function Notices() {
  const words = useUiWords();
  const notices = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <div className={styles.region} role="status" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.id} className={styles.notice}>
          {notice.kind === 'error' ? <Mark kind="bad" size={18} /> : null}
          <div className={styles.text}>
            <p>{notice.title}</p>
            {notice.detail === undefined ? null : <p className={styles.detail}>{notice.detail}</p>}
          </div>
          <Button
            kind="quiet"
            icon={<X size={16} />}
            label={words('action.close')}
            onPress={() => dismiss(notice.id)}
          />
        </div>
      ))}
    </div>
  );
}
