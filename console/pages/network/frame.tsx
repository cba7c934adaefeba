import { Page } from '@millrace/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useConsoleWords } from '../../words/index.ts';
import styles from './network.module.css';
import { controlPages, proofPages } from './pages.ts';

/** A page of the network, with all others one press away. */
export function NetworkFrame({
  title,
  note,
  above,
  actions,
  children,
}: {
  title: ReactNode;
  note?: ReactNode;
  /** Where it stands below one of the pages. */
  above?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Page
      title={title}
      {...(note === undefined ? {} : { note })}
      {...(above === undefined ? {} : { above })}
      {...(actions === undefined ? {} : { actions })}
    >
      <NetworkPages />
      {children}
    </Page>
  );
}

function NetworkPages() {
  const words = useConsoleWords();
  const row = (name: string, pages: typeof proofPages | typeof controlPages) => (
    <div className={styles.pageRow}>
      <span className={styles.pageGroup}>{name}</span>
      {pages.map(({ to, word }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/network', includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {words(word)}
        </Link>
      ))}
    </div>
  );
  return (
    <nav className={styles.pages} aria-label={words('network.title')}>
      {row(words('network.proof'), proofPages)}
      {row(words('network.control'), controlPages)}
    </nav>
  );
}
