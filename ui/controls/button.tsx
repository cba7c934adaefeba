import { type ReactNode, useId } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { notify } from '../feedback/toast.tsx';
import styles from './button.module.css';

/**
 * - `plain`   the usual button
 * - `primary` the one thing a page is for
 * - `quiet`   in rows and bars
 * - `act`     does something to the plant or to stored data: squared, with a double edge, unlike anything that only navigates
 */
export type ButtonKind = 'plain' | 'primary' | 'quiet' | 'act';

export interface ButtonProps {
  children?: ReactNode;
  kind?: ButtonKind;
  icon?: ReactNode;
  /** Needed where there is no text. */
  label?: string;
  onPress?: () => void;
  type?: 'button' | 'submit';
  /** Why it cannot be pressed now. The button stays reachable and says so. */
  disabledReason?: string | undefined;
  pending?: boolean;
  pressed?: boolean;
  form?: string;
  autoFocus?: boolean;
  className?: string;
}

export function Button({
  children,
  kind = 'plain',
  icon,
  label,
  onPress,
  type = 'button',
  disabledReason,
  pending = false,
  pressed,
  form,
  autoFocus,
  className,
}: ButtonProps) {
  const reasonId = useId();
  const disabled = disabledReason !== undefined;
  return (
    <>
      <AriaButton
        type={disabled ? 'button' : type}
        className={`${styles.button} ${styles[kind]} ${children === undefined ? styles.iconOnly : ''} ${className ?? ''}`}
        isPending={pending}
        autoFocus={autoFocus}
        form={form}
        aria-label={label}
        aria-disabled={disabled ? 'true' : undefined}
        aria-describedby={disabled ? reasonId : undefined}
        aria-pressed={pressed}
        render={(props) => (
          <button {...props} title={disabledReason ?? (children === undefined ? label : undefined)} />
        )}
        onPress={() => {
          // On a touch screen nothing hovers: pressing it is how a person asks why.
          if (disabledReason !== undefined) notify({ kind: 'info', title: disabledReason });
          else onPress?.();
        }}
      >
        {icon}
        {children === undefined ? null : <span>{children}</span>}
      </AriaButton>
      {disabled ? (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      ) : null}
    </>
  );
}
