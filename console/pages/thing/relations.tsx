import type { ThingDescription, Link as ThingLink } from '@millrace/contract';
import { type Column, EmptyState, Section, Table, titleOf, useLanguage } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Waypoints } from 'lucide-react';
import { useMemo } from 'react';
import { thingQuery, thingStatesQuery } from '../../api/queries.ts';
import { consoleWords, useConsoleWords } from '../../words/index.ts';
import styles from './thing.module.css';

/** What the thing has to do with others: the links of its description, and what stands at the same place. */
export function RelationsTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const place = thing['millrace:place'] ?? '';
  const states = useQuery({ ...thingStatesQuery(place, false), enabled: place !== '' });
  const neighbours = (states.data?.things ?? []).filter((one) => one.id !== thing.id).slice(0, neighboursMax);
  const links = thing.links ?? [];
  const columns = useMemo<Column<ThingLink>[]>(
    () => [
      {
        id: 'rel',
        title: words('thing.relations.kind'),
        width: 'minmax(8rem, 1fr)',
        phone: 'title',
        value: (link) => link.rel ?? '',
        render: (link) => <RelWord rel={link.rel} />,
      },
      {
        id: 'href',
        title: words('thing.relations.to'),
        width: 'minmax(12rem, 3fr)',
        value: (link) => link.href,
        render: (link) => <Target href={link.href} />,
      },
      {
        id: 'type',
        title: words('thing.relations.type'),
        width: 'minmax(8rem, 1fr)',
        value: (link) => link.type ?? '',
        render: (link) => link.type ?? '–',
      },
    ],
    [words],
  );
  return (
    <div className={styles.stack}>
      <Section title={words('thing.relations.links')} flush>
        <Table
          label={words('thing.relations.links')}
          columns={columns}
          rows={links}
          rowKey={(link) => `${link.rel} ${link.href}`}
          empty={
            <EmptyState icon={<Waypoints size={40} />} title={words('thing.relations.none')}>
              <p>{words('thing.relations.noneHelp')}</p>
            </EmptyState>
          }
        />
      </Section>
      {neighbours.length === 0 ? null : (
        <Section title={words('thing.relations.samePlace')}>
          <ul className={styles.chips}>
            {neighbours.map((one) => (
              <li key={one.id}>
                <Link to="/things/$id" params={{ id: one.id }}>
                  {titleOf(one, language, one.id)}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

/** A relation in words; one that nobody has worded stands as it is. */
function RelWord({ rel }: { rel: string | undefined }) {
  const words = useConsoleWords();
  if (rel === undefined) return '–';
  const known = Object.hasOwn(consoleWords.en.thing.relations.rels, rel)
    ? words(`thing.relations.rels.${rel as keyof typeof consoleWords.en.thing.relations.rels}`)
    : undefined;
  return known === undefined ? (
    rel
  ) : (
    <span className={styles.name}>
      {known}
      <span className={styles.faint}>{rel}</span>
    </span>
  );
}

const neighboursMax = 200;

/** Another thing by its title, if it is one of ours; else the address as it stands, which only leads out if it is http. */
function Target({ href }: { href: string }) {
  const language = useLanguage();
  const web = /^https?:\/\//i.test(href);
  const known = useQuery({ ...thingQuery(href), enabled: !web, retry: false });
  if (known.data !== undefined) {
    return (
      <Link to="/things/$id" params={{ id: href }}>
        {titleOf(known.data, language, href)}
      </Link>
    );
  }
  return web ? (
    <a href={href} target="_blank" rel="noreferrer">
      {href}
    </a>
  ) : (
    <code>{href}</code>
  );
}
