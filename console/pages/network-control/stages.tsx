import type { ThreeStages } from '@millrace/contract';
import { CodeBlock, Instant, Mark, type MarkKind, Since, StateBadge, useLocalText } from '@millrace/ui';
import { useConsoleWords } from '../../words/index.ts';
import styles from './control.module.css';

/**
 * Requested, accepted and effective are three things and are shown as three: each with when and what exactly. A yes of the provider is never
 * shown as if it were in force.
 */

export const stageNames = ['requested', 'accepted', 'effective'] as const;
type StageName = (typeof stageNames)[number];

const kinds: Record<ThreeStages['standing'], MarkKind> = {
  none: 'silent',
  requested: 'connecting',
  accepted: 'connecting',
  effective: 'good',
  refused: 'bad',
  lost: 'bad',
  released: 'stopped',
};
export const standingKind = (standing: ThreeStages['standing']): MarkKind => kinds[standing];

/** How it stands with one of the three. */
function stageOf(stages: ThreeStages, name: StageName): { kind: MarkKind; there: boolean } {
  const there = stages[name] !== undefined;
  // What was accepted and is gone keeps its time and no longer counts.
  if (there && stages.standing === 'lost' && name !== 'requested') return { kind: 'bad', there };
  if (there && stages.standing === 'released') return { kind: 'stopped', there };
  if (!there && stages.standing === 'refused' && name === 'accepted') return { kind: 'bad', there };
  return { kind: there ? 'good' : 'silent', there };
}

/** The standing in a word. */
export function Standing({ stages }: { stages: ThreeStages }) {
  const words = useConsoleWords();
  return (
    <StateBadge
      kind={standingKind(stages.standing)}
      word={words(`networkControl.standings.${stages.standing}`)}
    />
  );
}

/** One of the three in a cell of a list. */
export function StageCell({ stages, name }: { stages: ThreeStages; name: StageName }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const stage = stages[name];
  const { kind, there } = stageOf(stages, name);
  return (
    <span className={styles.stageCell} title={stage === undefined ? undefined : local(stage.detail)}>
      <Mark kind={kind} />
      {there && stage !== undefined ? (
        <Since time={stage.time} />
      ) : (
        <span className={styles.faint}>
          {words(kind === 'bad' ? 'networkControl.refusedShort' : 'networkControl.notYet')}
        </span>
      )}
    </span>
  );
}

/** All three in full. */
export function Stages({ stages }: { stages: ThreeStages }) {
  const words = useConsoleWords();
  const local = useLocalText();
  return (
    <div className={styles.stack}>
      <ol className={styles.stages} aria-label={words('networkControl.stages')}>
        {stageNames.map((name) => {
          const stage = stages[name];
          const { kind } = stageOf(stages, name);
          return (
            <li key={name} className={styles.stage}>
              <h3>
                <Mark kind={kind} /> {words(`networkControl.stage.${name}`)}
              </h3>
              <p className={styles.faint}>{words(`networkControl.stageHelp.${name}`)}</p>
              {stage === undefined ? (
                <p>
                  {words(kind === 'bad' ? 'networkControl.refusedShort' : `networkControl.stageNone.${name}`)}
                </p>
              ) : (
                <>
                  <p>{local(stage.detail)}</p>
                  <p className={styles.faint}>
                    <Instant time={stage.time} /> · <Since time={stage.time} />
                  </p>
                  {stage.values === undefined ? null : (
                    <details>
                      <summary>{words('networkControl.exactly')}</summary>
                      <CodeBlock
                        label={`${words(`networkControl.stage.${name}`)}: ${words('networkControl.exactly')}`}
                        text={JSON.stringify(stage.values, undefined, 2)}
                      />
                    </details>
                  )}
                </>
              )}
            </li>
          );
        })}
      </ol>
      {stages.problem === undefined ? null : <p className={styles.problem}>{local(stages.problem)}</p>}
      {stages.reference === undefined ? null : (
        <p className={styles.faint}>
          {words('networkControl.reference')} <code>{stages.reference}</code>
        </p>
      )}
    </div>
  );
}
