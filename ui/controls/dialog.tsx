import { X } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useUiWords } from '../words/index.ts';
import { Button, type ButtonKind } from './button.tsx';
import styles from './dialog.module.css';

/** A dialog above the page. Escape and a press outside close it, unless work is under way. */
export function Dialog({
  open,
  onClose,
  title,
  children,
  footer,
  wide = false,
  drawer = false,
  busy = false,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** Comes in at the side over the whole height: navigation on a phone. */
  drawer?: boolean;
  busy?: boolean;
}) {
  const words = useUiWords();
  return (
    <ModalOverlay
      className={`${styles.overlay} ${drawer ? styles.side : ''}`}
      isOpen={open}
      onOpenChange={(next) => {
        if (!next && !busy) onClose();
      }}
      isDismissable={!busy}
      isKeyboardDismissDisabled={busy}
    >
      <Modal className={drawer ? styles.drawer : `${styles.modal} ${wide ? styles.wide : ''}`}>
        <AriaDialog className={styles.dialog}>
          <header className={styles.header}>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <Button
              kind="quiet"
              icon={<X size={18} />}
              label={words('action.close')}
              onPress={() => (busy ? undefined : onClose())}
            />
          </header>
          <div className={styles.body}>{children}</div>
          {footer === undefined ? null : <footer className={styles.footer}>{footer}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asks before something is done, and says what will happen and whether it can be undone. */
export function Confirm({
  open,
  onClose,
  onConfirm,
  title,
  children,
  confirm,
  kind = 'act',
  busy = false,
  disabledReason,
}: {
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The word on the button: a verb, never "OK". */
  confirm: string;
  kind?: ButtonKind;
  busy?: boolean;
  disabledReason?: string | undefined;
}) {
  const words = useUiWords();
  const form = useId();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      busy={busy}
      footer={
        <>
          <Button onPress={onClose} disabledReason={undefined}>
            {words('action.cancel')}
          </Button>
          <Button kind={kind} type="submit" form={form} pending={busy} disabledReason={disabledReason}>
            {confirm}
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && disabledReason === undefined) onConfirm();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
