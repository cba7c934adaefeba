import { Copy } from 'lucide-react';
import { Button } from '../controls/button.tsx';
import { notify } from '../feedback/toast.tsx';
import { useUiWords } from '../words/index.ts';
import styles from './code-block.module.css';

/** Text as a machine reads it, to be copied: JSON, a command, an address. */
export function CodeBlock({ text, label, tall = false }: { text: string; label: string; tall?: boolean }) {
  const words = useUiWords();
  return (
    <div className={styles.block}>
      <section
        className={`${styles.code} ${tall ? styles.tall : ''}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
      >
        <pre>{text}</pre>
      </section>
      <div className={styles.copy}>
        <CopyButton text={text} label={`${words('action.copy')}: ${label}`} />
      </div>
    </div>
  );
}

/** Copies a text; where the browser forbids the clipboard (plain HTTP), it selects by a hidden field. */
export function CopyButton({ text, label, children }: { text: string; label: string; children?: string }) {
  const words = useUiWords();
  return (
    <Button
      kind="quiet"
      icon={<Copy size={16} />}
      label={label}
      onPress={() => {
        void copyText(text).then((done) => {
          if (done) notify({ kind: 'info', title: words('action.copied') });
        });
      }}
    >
      {children}
    </Button>
  );
}

async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext && navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the person or the browser; the older way may still work.
    }
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}
