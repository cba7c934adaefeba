import type { AlarmChannel, AlarmChannelInput, NotificationSettings } from '@millrace/contract';
import {
  Button,
  Dialog,
  ErrorState,
  Instant,
  NumberField,
  notify,
  Section,
  SelectField,
  Skeleton,
  TextField,
  useLanguage,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { plantQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';
import { AlarmFrame } from './frame.tsx';
import { alarmChannelsQuery, maintenanceQuery, notificationSettingsQuery } from './queries.ts';

const listOf = (text: string): string[] =>
  text
    .split(/[,\s]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** How alarms leave the platform, how each way is, and when a place is under maintenance. */
export function AlarmMessagesPage() {
  const words = useConsoleWords();
  const queries = useQueryClient();
  const channels = useQuery(alarmChannelsQuery);
  const settings = useQuery(notificationSettingsQuery);
  const [editing, setEditing] = useState<AlarmChannel | 'new'>();
  const failed = (error: unknown) => {
    const { title, why } = problemWords(error, words);
    notify({ kind: 'error', title, ...(why === undefined ? {} : { detail: why }) });
  };
  return (
    <AlarmFrame
      title={words('alarm.channel.title')}
      note={words('alarm.channel.note')}
      actions={
        <Button kind="primary" icon={<Plus size={16} />} onPress={() => setEditing('new')}>
          {words('alarm.channel.add')}
        </Button>
      }
    >
      <div className={styles.stack}>
        {channels.error !== null && channels.data === undefined ? (
          <ErrorState problem={problemWords(channels.error, words)} onRetry={() => void channels.refetch()} />
        ) : channels.data === undefined ? (
          <Skeleton height="4rem" rows={2} />
        ) : (
          <Section flush>
            {channels.data.length === 0 ? <p className={styles.bar}>{words('alarm.channel.none')}</p> : null}
            <ul className={styles.list}>
              {channels.data.map((channel) => (
                <li key={channel.id} className={styles.bar}>
                  <b>{channel.title}</b>
                  <span>{words(`alarm.channel.${channel.kind}`)}</span>
                  <span className={styles.code}>{channel.url ?? (channel.to ?? []).join(', ')}</span>
                  <span className={styles.count}>
                    {channel.waiting} {words('alarm.channel.waiting')} · {channel.sent}{' '}
                    {words('alarm.channel.sent')} · {channel.failed} {words('alarm.channel.failed')}
                  </span>
                  {channel.problem === undefined ? null : (
                    <span className={styles.problem}>
                      {channel.problem.detail} (<Instant time={channel.problem.time} />)
                    </span>
                  )}
                  <span className={styles.buttons}>
                    <Button
                      onPress={() => {
                        take(
                          api.POST('/api/alarm-channels/{channel}/test', {
                            params: { path: { channel: channel.id } },
                          }),
                        ).then(
                          ({ ok, detail }) =>
                            notify(
                              ok
                                ? { kind: 'info', title: words('alarm.channel.testOk') }
                                : { kind: 'error', title: words('alarm.channel.testFailed', { detail }) },
                            ),
                          failed,
                        );
                      }}
                    >
                      {words('alarm.channel.test')}
                    </Button>
                    <Button onPress={() => setEditing(channel)}>{words('alarm.channel.edit')}</Button>
                    <Button
                      kind="act"
                      onPress={() => {
                        take(
                          api.DELETE('/api/alarm-channels/{channel}', {
                            params: { path: { channel: channel.id } },
                          }),
                        ).then(() => queries.invalidateQueries({ queryKey: ['alarm-channels'] }), failed);
                      }}
                    >
                      {words('alarm.channel.remove')}
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
          </Section>
        )}
        {settings.data === undefined ? null : <SettingsForm saved={settings.data} onFailed={failed} />}
        <MaintenanceSection onFailed={failed} />
      </div>
      {editing === undefined ? null : (
        <ChannelDialog
          {...(editing === 'new' ? {} : { saved: editing })}
          onClose={() => setEditing(undefined)}
          onFailed={failed}
        />
      )}
    </AlarmFrame>
  );
}

function ChannelDialog({
  saved,
  onClose,
  onFailed,
}: {
  saved?: AlarmChannel;
  onClose: () => void;
  onFailed: (error: unknown) => void;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<AlarmChannelInput>(() => ({
    title: saved?.title ?? '',
    kind: saved?.kind ?? 'webhook',
    url: saved?.url ?? '',
    secret: saved?.secret ?? '',
    language: saved?.language ?? language,
  }));
  const [to, setTo] = useState((saved?.to ?? []).join(', '));
  const [roles, setRoles] = useState((saved?.roles ?? []).join(', '));
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<AlarmChannelInput>) => setDraft((before) => ({ ...before, ...part }));
  const save = () => {
    setBusy(true);
    const { url, secret, ...rest } = draft;
    const body = {
      ...rest,
      roles: listOf(roles),
      ...(draft.kind === 'webhook' ? { url, ...(secret === '' ? {} : { secret }) } : { to: listOf(to) }),
    } as never;
    (saved === undefined
      ? take(api.POST('/api/alarm-channels', { body }))
      : take(api.PUT('/api/alarm-channels/{channel}', { params: { path: { channel: saved.id } }, body }))
    )
      .then(async () => {
        await queries.invalidateQueries({ queryKey: ['alarm-channels'] });
        onClose();
      }, onFailed)
      .finally(() => setBusy(false));
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={words('alarm.channel.add')}
      busy={busy}
      footer={
        <Button
          kind="primary"
          pending={busy}
          onPress={save}
          disabledReason={draft.title.trim() === '' ? words('alarm.channel.name') : undefined}
        >
          {words('alarm.rule.save')}
        </Button>
      }
    >
      <div className={styles.stack}>
        <TextField
          label={words('alarm.channel.name')}
          value={draft.title}
          onChange={(title) => change({ title })}
          required
        />
        <SelectField
          label={words('alarm.channel.kind')}
          value={draft.kind}
          options={(['webhook', 'email'] as const).map((one) => ({
            value: one,
            title: words(`alarm.channel.${one}`),
          }))}
          onChange={(kind) => change({ kind: kind as 'webhook' | 'email' })}
        />
        {draft.kind === 'webhook' ? (
          <>
            <TextField
              label={words('alarm.channel.url')}
              value={draft.url ?? ''}
              onChange={(url) => change({ url })}
              help={words('alarm.channel.urlHelp')}
              code
            />
            <TextField
              label={words('alarm.channel.secret')}
              value={draft.secret ?? ''}
              onChange={(secret) => change({ secret })}
              help={words('alarm.channel.secretHelp')}
              type="password"
              autoComplete="off"
            />
          </>
        ) : (
          <>
            <TextField
              label={words('alarm.channel.to')}
              value={to}
              onChange={setTo}
              help={words('alarm.channel.toHelp')}
            />
            <SelectField
              label={words('alarm.channel.language')}
              value={draft.language}
              options={[
                { value: 'en', title: 'English' },
                { value: 'zh', title: '中文' },
              ]}
              onChange={(one) => change({ language: one as 'en' | 'zh' })}
            />
          </>
        )}
        <TextField
          label={words('alarm.channel.roles')}
          value={roles}
          onChange={setRoles}
          help={words('alarm.channel.rolesHelp')}
        />
      </div>
    </Dialog>
  );
}

function SettingsForm({
  saved,
  onFailed,
}: {
  saved: NotificationSettings;
  onFailed: (error: unknown) => void;
}) {
  const words = useConsoleWords();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(saved);
  const [hosts, setHosts] = useState(saved.allowedHosts.join(', '));
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<NotificationSettings>) => setDraft((before) => ({ ...before, ...part }));
  return (
    <Section title={words('alarm.channel.settings')}>
      <form
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          take(
            api.PUT('/api/notification-settings', {
              body: { ...draft, allowedHosts: listOf(hosts) } as never,
            }),
          )
            .then(async () => {
              notify({ kind: 'info', title: words('alarm.rule.saved') });
              await queries.invalidateQueries({ queryKey: ['notification-settings'] });
            }, onFailed)
            .finally(() => setBusy(false));
        }}
      >
        <div className={styles.columns}>
          <TextField
            label={words('alarm.channel.allowedHosts')}
            value={hosts}
            onChange={setHosts}
            help={words('alarm.channel.toHelp')}
          />
          <TextField
            label={words('alarm.channel.consoleUrl')}
            value={draft.consoleUrl}
            onChange={(consoleUrl) => change({ consoleUrl })}
          />
          <NumberField
            label={words('alarm.channel.operators')}
            value={draft.operators}
            onChange={(operators) => change({ operators: operators ?? 1 })}
          />
          <TextField
            label={words('alarm.channel.mailHost')}
            value={draft.mailHost}
            onChange={(mailHost) => change({ mailHost })}
          />
          <NumberField
            label={words('alarm.channel.mailPort')}
            value={draft.mailPort}
            onChange={(mailPort) => change({ mailPort: mailPort ?? 587 })}
          />
          <SelectField
            label={words('alarm.channel.mailSecurity')}
            value={draft.mailSecurity}
            options={(['tls', 'starttls', 'none'] as const).map((one) => ({
              value: one,
              title: words(`alarm.channel.securities.${one}`),
            }))}
            onChange={(mailSecurity) => change({ mailSecurity: mailSecurity as 'tls' })}
          />
          <TextField
            label={words('alarm.channel.mailUser')}
            value={draft.mailUser}
            onChange={(mailUser) => change({ mailUser })}
            autoComplete="off"
          />
          <TextField
            label={words('alarm.channel.mailPassword')}
            value={draft.mailPassword}
            onChange={(mailPassword) => change({ mailPassword })}
            type="password"
            autoComplete="new-password"
          />
          <TextField
            label={words('alarm.channel.mailFrom')}
            value={draft.mailFrom}
            onChange={(mailFrom) => change({ mailFrom })}
          />
        </div>
        <div>
          <Button type="submit" pending={busy}>
            {words('alarm.rule.save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}

function MaintenanceSection({ onFailed }: { onFailed: (error: unknown) => void }) {
  const words = useConsoleWords();
  const queries = useQueryClient();
  const windows = useQuery(maintenanceQuery);
  const places = useQuery(plantQuery);
  const [title, setTitle] = useState('');
  const [place, setPlace] = useState('');
  const [hours, setHours] = useState<number | undefined>(4);
  const [reason, setReason] = useState('');
  const done = () => queries.invalidateQueries({ queryKey: ['maintenance-windows'] });
  return (
    <Section title={words('alarm.maintenance.title')} note={words('alarm.maintenance.note')}>
      <div className={styles.stack}>
        {windows.data?.length === 0 ? <p>{words('alarm.maintenance.none')}</p> : null}
        <ul className={styles.list}>
          {(windows.data ?? []).map((window) => (
            <li key={window.id} className={styles.bar}>
              <b>{window.title}</b>{' '}
              <span>{window.place === '' ? words('alarm.anyPlace') : window.place}</span>
              <span>
                <Instant time={window.from} /> – <Instant time={window.to} />
              </span>
              <span className={styles.what}>{window.reason}</span>
              <span className={styles.faint}>{words('alarm.by', { name: window.by })}</span>
              <Button
                kind="act"
                onPress={() => {
                  take(
                    api.DELETE('/api/maintenance-windows/{window}', {
                      params: { path: { window: window.id } },
                    }),
                  ).then(done, onFailed);
                }}
              >
                {words('alarm.maintenance.end')}
              </Button>
            </li>
          ))}
        </ul>
        <form
          className={styles.columns}
          onSubmit={(event) => {
            event.preventDefault();
            const now = Date.now();
            take(
              api.POST('/api/maintenance-windows', {
                body: {
                  title,
                  place,
                  reason,
                  from: new Date(now).toISOString(),
                  to: new Date(now + (hours ?? 4) * 3_600_000).toISOString(),
                },
              }),
            ).then(() => {
              setTitle('');
              setReason('');
              return done();
            }, onFailed);
          }}
        >
          <TextField label={words('alarm.maintenance.what')} value={title} onChange={setTitle} required />
          <SelectField
            label={words('alarm.place')}
            value={place}
            options={[
              { value: '', title: words('alarm.anyPlace') },
              ...(places.data ?? [])
                .filter((node) => node.path !== '')
                .map((node) => ({ value: node.path, title: node.path })),
            ]}
            onChange={setPlace}
          />
          <NumberField label={words('alarm.maintenance.hours')} value={hours} onChange={setHours} />
          <TextField label={words('alarm.reason')} value={reason} onChange={setReason} required />
          <Button
            type="submit"
            kind="act"
            disabledReason={
              title.trim() === '' || reason.trim() === '' ? words('alarm.reasonNeeded') : undefined
            }
          >
            {words('alarm.maintenance.add')}
          </Button>
        </form>
      </div>
    </Section>
  );
}
