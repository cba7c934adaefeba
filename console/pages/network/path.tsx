import type { PathHop, TerminalPath } from '@millrace/contract';
import { formatNumber, Since, useLanguage, useLocalText } from '@millrace/ui';
import { useConsoleWords } from '../../words/index.ts';
import { blameText, percentText, todoText } from './figures.ts';
import styles from './network.module.css';
import { VerdictMark } from './verdict.tsx';

/**
 * An address or a name tells where a hop is, not how it does: only what was measured lets it be called well. The platform's figures are of
 * the whole path, so with anything to blame they speak well of nobody.
 */
const measuredOn = (hop: PathHop, { blames }: TerminalPath): boolean =>
  hop.figures.some(({ value, method }) => value !== undefined || method !== undefined) &&
  (hop.hop !== 'platform' || blames.length === 0);

/** Something of it was heard, such as a message or its cell. */
const seenOf = (hop: PathHop): boolean =>
  hop.figures.some(({ value, time }) => (value ?? time) !== undefined);

/** A terminal's path, hop by hop, with what was measured on each; the one to blame is marked, and what to do stands below. */
export function PathView({ path }: { path: TerminalPath }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  return (
    <div className={styles.stack}>
      <ol className={styles.path} aria-label={words('network.terminal.path')}>
        {path.hops.map((hop) => {
          const bad = hop.state === 'bad';
          const seen = measuredOn(hop, path);
          return (
            <li key={hop.hop} className={`${styles.hop} ${bad ? styles.blamed : ''}`}>
              <div className={styles.hopHead}>
                {bad ? (
                  <span className={styles.violated}>
                    <VerdictMark state="violated" />
                  </span>
                ) : (
                  <span className={styles.met}>
                    <VerdictMark
                      state={seen ? (hop.state === 'uncertain' ? 'inconclusive' : 'met') : 'none'}
                    />
                  </span>
                )}
                <b>{local(hop.title)}</b>
                <span className={styles.faint}>
                  {words(
                    `network.terminal.hopState.${bad ? 'bad' : seen ? (hop.state ?? 'unknown') : seenOf(hop) ? 'seen' : 'unknown'}`,
                  )}
                </span>
              </div>
              {hop.figures.length === 0 ? (
                <p className={styles.faint}>{words('network.terminal.notObservable')}</p>
              ) : (
                <dl className={styles.hopFigures}>
                  {hop.figures.map((one, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: figures stand in their order and have no name of their own
                    <div key={index}>
                      <dt>{local(one.what)}</dt>
                      <dd>
                        {one.value !== undefined ? (
                          `${formatNumber(Number(one.value.toPrecision(3)), language)}${one.unit === undefined ? '' : ` ${one.unit}`}`
                        ) : one.time !== undefined && one.text === one.time ? (
                          <Since time={one.time} />
                        ) : (
                          (one.text ?? '–')
                        )}
                        {one.method === undefined ? null : (
                          <span className={styles.faint}> {words(`network.methods.${one.method}`)}</span>
                        )}
                      </dd>
                    </div>
                  ))}
                </dl>
              )}
            </li>
          );
        })}
      </ol>
      {path.blames.map(({ flow, title, blame }) => (
        <div key={flow} className={styles.problem}>
          <p>
            <b>{local(title)}</b>: {blameText(blame, words)}
            {blame.from === undefined
              ? ''
              : ` · ${words('network.incident.confidence', { share: percentText(blame.confidence, language, 2) })}`}
          </p>
          <p>{local(blame.cause)}</p>
          <p>→ {todoText(blame, words)}</p>
        </div>
      ))}
    </div>
  );
}
