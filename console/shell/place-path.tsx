import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useConsoleWords } from '../words/index.ts';
import styles from './place-path.module.css';

/** An ISA-95 path as links, one for each level. `root` puts the plant before it; `from` leaves out what the page is about anyway. */
export function PlacePath({
  path,
  from = '',
  root = false,
}: {
  path: string;
  from?: string;
  root?: boolean;
}) {
  const words = useConsoleWords();
  if (path === '') return null;
  const parts = path.split('/');
  const skip = from !== '' && path.startsWith(`${from}/`) ? from.split('/').length : 0;
  return (
    <span className={styles.path}>
      {!root ? null : (
        <>
          <Link to="/" className={styles.part}>
            {words('nav.plant')}
          </Link>
          <span aria-hidden="true"> › </span>
        </>
      )}
      {parts.slice(skip).map((part, index) => (
        <Fragment key={parts.slice(0, skip + index + 1).join('/')}>
          {index > 0 ? <span aria-hidden="true"> › </span> : null}
          <Link
            to="/places/$"
            params={{ _splat: parts.slice(0, skip + index + 1).join('/') }}
            className={styles.part}
          >
            {part}
          </Link>
        </Fragment>
      ))}
    </span>
  );
}
