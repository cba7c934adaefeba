import { createContext, type ReactNode, useContext } from 'react';
import styles from './page.module.css';

/** True around pages that stand in another page, which has the title of the whole and the room at the edges. */
const Within = createContext(false);

/** Around pages that stand in a page. */
export function PagesWithin({ children }: { children: ReactNode }) {
  return <Within.Provider value={true}>{children}</Within.Provider>;
}

/** A page: what it is, where it stands, what can be done on it. `fill` gives the content the rest of the window. */
export function Page({
  title,
  above,
  note,
  actions,
  children,
  fill = false,
}: {
  title: ReactNode;
  /** Where it stands: a path above the title. */
  above?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  fill?: boolean;
}) {
  const within = useContext(Within);
  const Title = within ? 'h2' : 'h1';
  return (
    <div className={`${styles.page} ${fill ? styles.fill : ''} ${within ? styles.within : ''}`}>
      <header className={styles.header}>
        <div className={styles.heading}>
          {above === undefined ? null : <div className={styles.above}>{above}</div>}
          <Title>{title}</Title>
          {note === undefined ? null : <div className={styles.note}>{note}</div>}
        </div>
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A titled part of a page on its own ground. */
export function Section({
  title,
  note,
  actions,
  children,
  flush = false,
}: {
  title?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Content goes to the edge: tables, charts. */
  flush?: boolean;
}) {
  return (
    <section className={styles.section}>
      {title === undefined ? null : (
        <header className={styles.sectionHeader}>
          <div>
            <h2>{title}</h2>
            {note === undefined ? null : <p className={styles.note}>{note}</p>}
          </div>
          {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}

/** Names and what they stand for, in two columns. */
export function Facts({ facts }: { facts: readonly { name: string; value: ReactNode }[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map((fact) => (
        <div key={fact.name} className={styles.fact}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Filters and switches above a list. */
export function ToolBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className={styles.toolbar} aria-label={label}>
      {children}
    </fieldset>
  );
}
