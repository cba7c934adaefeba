import { type AlarmRuleInput, alarmLimits, type RoleName, roleNames, roles } from '@millrace/contract';
import { Button, NumberField, SelectField, ToggleField, useLanguage } from '@millrace/ui';
import { Plus, X } from 'lucide-react';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';

export type EscalationStep = NonNullable<AlarmRuleInput['escalation']>[number];

/** As many as the contract takes. */
const stepsMax = 8;
const secondsMax = alarmLimits.delaySecondsMax;
const firstSeconds = 900;

/** Why these steps cannot be saved; undefined: they can. */
export function useEscalationFault(): (steps: readonly EscalationStep[] | undefined) => string | undefined {
  const words = useConsoleWords();
  return (steps = []) => {
    if (steps.some(({ afterSeconds }) => !(afterSeconds >= 1 && afterSeconds <= secondsMax)))
      return words('alarm.rule.escalateAfterWrong');
    if (new Set(steps.map(({ afterSeconds }) => afterSeconds)).size < steps.length)
      return words('alarm.rule.escalateTwice');
    return undefined;
  };
}

/** Who is told next, and after how long, while nobody acknowledges. */
export function EscalationSteps({
  steps,
  onChange,
}: {
  steps: readonly EscalationStep[];
  onChange: (steps: EscalationStep[]) => void;
}) {
  const words = useConsoleWords();
  const roleOptions = useRoleOptions(steps.map(({ role }) => role));
  const change = (index: number, part: Partial<EscalationStep>) =>
    onChange(steps.map((step, at) => (at === index ? { ...step, ...part } : step)));
  const last = steps.at(-1);
  return (
    <fieldset className={styles.telling}>
      <legend>{words('alarm.rule.escalate')}</legend>
      <p className={styles.faint}>{words('alarm.rule.escalateHelp')}</p>
      {steps.length === 0 ? null : (
        <ol className={styles.steps}>
          {steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name of its own, and its place is what it is
            <li key={index}>
              <NumberField
                label={words('alarm.rule.escalateAfter', { step: index + 1 })}
                unit="s"
                value={Number.isNaN(step.afterSeconds) ? undefined : step.afterSeconds}
                onChange={(value) => change(index, { afterSeconds: value ?? Number.NaN })}
                required
              />
              <SelectField
                label={words('alarm.rule.escalateTo')}
                value={step.role}
                options={roleOptions}
                onChange={(role) => change(index, { role })}
              />
              <Button
                kind="quiet"
                icon={<X size={16} />}
                label={words('alarm.rule.escalateRemove', { step: index + 1 })}
                onPress={() => onChange(steps.filter((_, at) => at !== index))}
              />
            </li>
          ))}
        </ol>
      )}
      <div>
        <Button
          icon={<Plus size={16} />}
          disabledReason={
            steps.length >= stepsMax ? words('alarm.rule.escalateMax', { max: stepsMax }) : undefined
          }
          onPress={() =>
            onChange([
              ...steps,
              {
                afterSeconds:
                  last === undefined || !(last.afterSeconds >= 1)
                    ? firstSeconds
                    : Math.min(secondsMax, last.afterSeconds * 2),
                role: last === undefined ? 'supervisor' : 'engineer',
              },
            ])
          }
        >
          {words('alarm.rule.escalateAdd')}
        </Button>
      </div>
    </fieldset>
  );
}

/** Roles whose channels are told when the alarm comes, beside the channels that belong to no role. */
export function NotifiedRoles({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (roles: string[]) => void;
}) {
  const words = useConsoleWords();
  const options = useRoleOptions(chosen);
  return (
    <fieldset className={styles.telling}>
      <legend>{words('alarm.rule.notifyRoles')}</legend>
      <p className={styles.faint}>{words('alarm.rule.notifyRolesHelp')}</p>
      <div className={styles.columns}>
        {options.map(({ value, title }) => (
          <ToggleField
            key={value}
            label={title}
            value={chosen.includes(value)}
            onChange={(on) => onChange(on ? [...chosen, value] : chosen.filter((role) => role !== value))}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** Roles by title; one that a program wrote and that is none of the platform's stays to be seen. */
function useRoleOptions(used: readonly string[]): { value: string; title: string }[] {
  const language = useLanguage();
  const known = roleNames as readonly string[];
  return [
    ...roleNames.map((role: RoleName) => ({ value: role, title: roles[role].title[language] })),
    ...[...new Set(used)]
      .filter((role) => !known.includes(role))
      .map((role) => ({ value: role, title: role })),
  ];
}
