import { dashboardLimits } from '@millrace/contract';
import {
  Button,
  CopyButton,
  Dialog,
  ErrorState,
  SelectField,
  Since,
  TextField,
  usePlantTime,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './dashboards.module.css';
import { linksQuery } from './queries.ts';

const daysOffered = [1, 7, 30, 90, dashboardLimits.linkDaysMax];

/** Links that show a dashboard without signing in: make, copy, withdraw. */
export function ShareDialog({ dashboard, onClose }: { dashboard: string; onClose: () => void }) {
  const words = useConsoleWords();
  const plant = usePlantTime();
  const client = useQueryClient();
  const links = useQuery(linksQuery(dashboard));
  const [title, setTitle] = useState('');
  const [days, setDays] = useState(30);
  const again = (): void => {
    void client.invalidateQueries({ queryKey: ['dashboard-links', dashboard] });
    void client.invalidateQueries({ queryKey: ['dashboards'] });
  };
  const make = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/dashboards/{dashboard}/links', {
          params: { path: { dashboard } },
          body: { title: title.trim() === '' ? words('dashboard.wall') : title.trim(), days },
        }),
      ),
    onSuccess: again,
  });
  const withdraw = useMutation({
    mutationFn: (link: string) =>
      take(api.DELETE('/api/dashboards/{dashboard}/links/{link}', { params: { path: { dashboard, link } } })),
    onSuccess: again,
  });
  const url = make.data === undefined ? undefined : `${window.location.origin}/shared/${make.data.token}`;
  const failed = make.error ?? withdraw.error ?? links.error;
  return (
    <Dialog open wide onClose={onClose} title={words('dashboard.shareTitle')}>
      <div className={styles.form}>
        <p>{words('dashboard.shareHelp')}</p>
        {failed === null ? null : <ErrorState problem={problemWords(failed, words)} />}
        {url === undefined ? (
          <>
            <div className={styles.pair}>
              <TextField
                label={words('dashboard.shareName')}
                value={title}
                onChange={(text) => setTitle(text.slice(0, 200))}
              />
              <SelectField
                label={words('dashboard.shareDays')}
                value={String(days)}
                options={daysOffered.map((count) => ({
                  value: String(count),
                  title: words('dashboard.days', { count }),
                }))}
                onChange={(value) => setDays(Number(value))}
              />
            </div>
            <div>
              <Button
                kind="act"
                icon={<Link2 size={16} />}
                pending={make.isPending}
                onPress={() => make.mutate()}
              >
                {words('dashboard.makeLink')}
              </Button>
            </div>
          </>
        ) : (
          <div className={styles.made}>
            <p>{words('dashboard.linkOnce')}</p>
            <code className={styles.url}>{url}</code>
            <div className={styles.bar}>
              <CopyButton text={url} label={words('dashboard.copyLink')}>
                {words('dashboard.copyLink')}
              </CopyButton>
              <a href={url} target="_blank" rel="noreferrer">
                {words('dashboard.openLink')}
              </a>
            </div>
          </div>
        )}
        <h3 className={styles.small}>{words('dashboard.links')}</h3>
        {links.data?.length === 0 ? <p className={styles.faint}>{words('dashboard.noLinks')}</p> : null}
        <ul className={styles.chosen}>
          {(links.data ?? []).map((link) => (
            <li key={link.id}>
              <span className={styles.seriesName}>
                {link.title}
                <small>
                  {link.madeBy} ·{' '}
                  {words('dashboard.linkUntil', { time: plant.instant(Date.parse(link.expires)) })} ·{' '}
                  {link.lastUsed === undefined ? (
                    words('dashboard.linkNever')
                  ) : (
                    <>
                      {words('dashboard.linkUsed')} <Since time={link.lastUsed} />
                    </>
                  )}
                </small>
              </span>
              <Button
                kind="act"
                icon={<Trash2 size={16} />}
                pending={withdraw.isPending && withdraw.variables === link.id}
                label={`${words('dashboard.withdraw')}: ${link.title}`}
                onPress={() => withdraw.mutate(link.id)}
              >
                {words('dashboard.withdraw')}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
