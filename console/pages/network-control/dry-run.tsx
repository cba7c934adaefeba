import type { DryRun, DryRunInput } from '@millrace/contract';
import { Button, CodeBlock, ErrorState, useLanguage, useLocalText } from '@millrace/ui';
import { useMutation } from '@tanstack/react-query';
import { FlaskConical, Send } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import styles from './control.module.css';
import { faultsFrom } from './fields.ts';
import { dryRun } from './queries.ts';

/** What would be sent: call by call, in words and as it is. */
export function DryRunView({ plan }: { plan: DryRun }) {
  const words = useConsoleWords();
  const local = useLocalText();
  return (
    <div className={styles.stack}>
      <p>
        <b>{local(plan.words)}</b>
      </p>
      {plan.calls.length === 0 ? null : (
        <ol className={styles.calls}>
          {plan.calls.map((call, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: calls are told in the order they would be made
            <li key={index}>
              <p>
                <b>{words(`networkControl.operations.${call.operation}`)}</b> · {call.provider} ·{' '}
                {local(call.words)}
              </p>
              {call.problem === undefined ? null : (
                <ErrorState
                  compact
                  problem={{
                    title: local(call.problem.what),
                    remedy: local(call.problem.remedy),
                    ...(call.problem.detail === undefined ? {} : { technical: call.problem.detail }),
                  }}
                />
              )}
              <details>
                <summary>{words(call.exact ? 'networkControl.wire' : 'networkControl.handed')}</summary>
                <CodeBlock
                  label={words(call.exact ? 'networkControl.wire' : 'networkControl.handed')}
                  text={JSON.stringify(call.values, undefined, 2)}
                />
              </details>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

export interface Planned {
  /** Faults at fields, of the dry run and of the sending. */
  faults: Record<string, string>;
  /** Buttons and what was found; stands below the form. */
  below: ReactNode;
}

/**
 * First what would be sent, then sending it: only what was dry run just so can be sent. Any change of the input makes the dry run one of the
 * past.
 */
export function usePlanned({
  input,
  missing,
  send,
  onSent,
  sendWord,
}: {
  input: DryRunInput;
  /** Why it cannot even be tried. */
  missing: string | undefined;
  send: () => Promise<unknown>;
  onSent: () => void;
  sendWord: string;
}): Planned {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const forbidden = useForbidden()('configure', '');
  const key = JSON.stringify(input);
  const trial = useMutation({
    mutationFn: async () => ({ key, plan: await dryRun(input) }),
  });
  const sending = useMutation({ mutationFn: send, onSuccess: onSent });
  const plan = trial.data?.key === key ? trial.data.plan : undefined;
  const faults = useMemo(
    () => ({
      ...faultsFrom(trial.error, language),
      ...faultsFrom(sending.error, language),
      ...Object.fromEntries((plan?.problems ?? []).map(({ field, message }) => [field, message[language]])),
    }),
    [trial.error, sending.error, plan, language],
  );
  const reason =
    forbidden ??
    missing ??
    (plan === undefined
      ? words('networkControl.dryRunFirst')
      : plan.problems.length > 0
        ? local(plan.words)
        : undefined);
  return {
    faults,
    below: (
      <div className={styles.stack}>
        <div className={styles.row}>
          <Button
            kind={plan === undefined ? 'primary' : 'plain'}
            icon={<FlaskConical size={16} />}
            pending={trial.isPending}
            disabledReason={forbidden ?? missing}
            onPress={() => trial.mutate()}
          >
            {words('networkControl.dryRun')}
          </Button>
          <Button
            kind="act"
            icon={<Send size={16} />}
            pending={sending.isPending}
            disabledReason={reason}
            onPress={() => sending.mutate()}
          >
            {sendWord}
          </Button>
          <span className={styles.faint}>{words('networkControl.dryRunHelp')}</span>
        </div>
        {[trial.error, sending.error].map((error, index) =>
          error === null ? null : (
            // biome-ignore lint/suspicious/noArrayIndexKey: always these two
            <ErrorState key={index} problem={problemWords(error, words)} />
          ),
        )}
        {plan === undefined ? null : (
          <section className={styles.plan} aria-label={words('networkControl.dryRun')} aria-live="polite">
            <DryRunView plan={plan} />
          </section>
        )}
      </div>
    ),
  };
}
