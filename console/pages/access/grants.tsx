import { type Grant, type LocalText, type RoleName, roleNames, roles } from '@millrace/contract';
import { Button, SelectField, useLocalText } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { appsQuery, plantQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './access.module.css';

/** Applications that a role can be given in; none while they are not known. */
function useAppTitles(): readonly { id: string; title: LocalText }[] {
  const apps = useQuery(appsQuery);
  return (apps.data ?? []).map(({ id, title }) => ({ id, title }));
}

/** A role at a place, in words. */
export function useGrantText(): (grant: Grant) => string {
  const words = useConsoleWords();
  const text = useLocalText();
  const apps = useAppTitles();
  return ({ role, place, app }) => {
    const known = apps.find(({ id }) => id === app);
    const inside = known === undefined ? app : text(known.title);
    return `${text(roles[role].title)} · ${place === '' ? words('access.whole') : place}${inside === undefined ? '' : ` · ${words('access.people.onlyIn', { app: inside })}`}`;
  };
}

export function GrantList({ grants }: { grants: readonly Grant[] }) {
  const words = useConsoleWords();
  const grantText = useGrantText();
  if (grants.length === 0) return <span className={styles.faint}>{words('access.people.noGrants')}</span>;
  return (
    <ul className={styles.grants}>
      {grants.map((grant) => (
        <li key={`${grant.role} ${grant.place} ${grant.app ?? ''}`}>{grantText(grant)}</li>
      ))}
    </ul>
  );
}

/** One role at one place of the tree. */
export function GrantFields({ grant, onChange }: { grant: Grant; onChange: (grant: Grant) => void }) {
  const words = useConsoleWords();
  const text = useLocalText();
  const plant = useQuery(plantQuery);
  const apps = useAppTitles();
  const paths = (plant.data ?? []).map((node) => node.path).filter((path) => path !== '');
  const known = paths.includes(grant.place) || grant.place === '' ? paths : [grant.place, ...paths];
  return (
    <div className={styles.row}>
      <SelectField
        label={words('access.people.role')}
        value={grant.role}
        options={roleNames.map((role) => ({ value: role, title: words(`access.roles.${role}`) }))}
        onChange={(role) => onChange({ ...grant, role: role as RoleName })}
      />
      <SelectField
        label={words('access.people.place')}
        value={grant.place}
        options={[
          { value: '', title: words('access.whole') },
          ...known.map((path) => ({
            value: path,
            title: `${'\u2003'.repeat(path.split('/').length - 1)}${path.slice(path.lastIndexOf('/') + 1)}`,
          })),
        ]}
        onChange={(place) => onChange({ ...grant, place })}
      />
      {apps.length === 0 && grant.app === undefined ? null : (
        <SelectField
          label={words('access.people.app')}
          value={grant.app ?? ''}
          options={[
            { value: '', title: words('access.people.allApps') },
            ...apps.map((app) => ({ value: app.id, title: text(app.title) })),
            // One that is no longer there is still told of, until it is taken away.
            ...(grant.app === undefined || apps.some((app) => app.id === grant.app)
              ? []
              : [{ value: grant.app, title: grant.app }]),
          ]}
          onChange={(app) => {
            const { app: _, ...rest } = grant;
            onChange(app === '' ? rest : { ...rest, app });
          }}
        />
      )}
    </div>
  );
}

/** Roles at places, with a picker for the next. */
export function GrantsField({
  grants,
  onChange,
}: {
  grants: readonly Grant[];
  onChange: (grants: Grant[]) => void;
}) {
  const words = useConsoleWords();
  const grantText = useGrantText();
  const [next, setNext] = useState<Grant>({ role: 'viewer', place: '' });
  const same = (a: Grant, b: Grant) => a.role === b.role && a.place === b.place && a.app === b.app;
  return (
    <fieldset className={styles.fieldset}>
      <legend>{words('access.people.grants')}</legend>
      {grants.length === 0 ? (
        <p className={styles.faint}>{words('access.people.noGrants')}</p>
      ) : (
        <ul className={styles.chosen}>
          {grants.map((grant) => (
            <li key={`${grant.role} ${grant.place} ${grant.app ?? ''}`}>
              <span>{grantText(grant)}</span>
              <Button
                kind="quiet"
                icon={<X size={16} />}
                label={words('access.people.removeGrant', {
                  role: grant.role,
                  place: grant.place === '' ? words('access.whole') : grant.place,
                })}
                onPress={() => onChange(grants.filter((one) => one !== grant))}
              />
            </li>
          ))}
        </ul>
      )}
      <GrantFields grant={next} onChange={setNext} />
      <div>
        <Button
          icon={<Plus size={16} />}
          onPress={() => {
            if (!grants.some((one) => same(one, next))) onChange([...grants, next]);
          }}
        >
          {words('access.people.grant')}
        </Button>
      </div>
    </fieldset>
  );
}
