import { EmptyState, ErrorState, Page } from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { problemWords } from '../api/problem.ts';
import { useConsoleWords } from '../words/index.ts';

/** A page that could not be made. */
export function LoadError({ error }: ErrorComponentProps) {
  const router = useRouter();
  const words = useConsoleWords();
  return (
    <Page title={words('fallback.failed')}>
      <ErrorState problem={problemWords(error, words)} onRetry={() => void router.invalidate()} />
    </Page>
  );
}

/** An address that leads nowhere. */
export function NotFound() {
  const words = useConsoleWords();
  return (
    <Page title={words('fallback.notFound')}>
      <EmptyState
        icon={<Compass size={40} />}
        title={words('fallback.noSuchPage')}
        actions={
          <Link to="/" className={`${buttonStyles.button} ${buttonStyles.primary}`}>
            {words('fallback.toPlant')}
          </Link>
        }
      >
        <p>{words('fallback.notFoundHelp')}</p>
      </EmptyState>
    </Page>
  );
}
