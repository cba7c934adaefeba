import { CodeBlock, Dialog, Instant, Mark, useLocalText } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { useConsoleWords } from '../../words/index.ts';
import styles from './control.module.css';
import { Loaded } from './parts.tsx';
import { decisionQuery } from './queries.ts';

/** One round with all it was decided from; decided anew now, it gives the same. */
export function DecisionDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const query = useQuery(decisionQuery(id));
  return (
    <Dialog open wide onClose={onClose} title={words('networkControl.loop.decision')}>
      <Loaded query={query}>
        {(decision) => (
          <div className={styles.stack}>
            <p>
              <Instant time={decision.time} /> · {local(decision.words)}
            </p>
            <p className={styles.row}>
              <Mark kind={decision.same ? 'good' : 'bad'} />
              {words(decision.same ? 'networkControl.loop.same' : 'networkControl.loop.notSame')}
            </p>
            <h3>{words('networkControl.loop.situation')}</h3>
            <CodeBlock
              tall
              label={words('networkControl.loop.situation')}
              text={JSON.stringify(decision.situation, undefined, 2)}
            />
            <h3>{words('networkControl.loop.decided')}</h3>
            <CodeBlock
              tall
              label={words('networkControl.loop.decided')}
              text={JSON.stringify(decision.decision, undefined, 2)}
            />
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
