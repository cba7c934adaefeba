import type { DeviceAuthority } from '@millrace/contract';
import {
  Button,
  type Column,
  Confirm,
  Dialog,
  EmptyState,
  ErrorState,
  Instant,
  notify,
  type ProblemWords,
  Section,
  Skeleton,
  Table,
  TextField,
} from '@millrace/ui';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { FileKey, Plus } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { useProof } from '../access/proof.tsx';
import styles from './terminals.module.css';

const authoritiesQuery = queryOptions({
  queryKey: ['device-authorities'],
  queryFn: async () => (await take(api.GET('/api/device-authorities'))) as DeviceAuthority[],
});

/** Whose client certificates devices may show to the platform's own MQTT listener. */
export function Authorities() {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const forbidden = useForbidden()('administer', '');
  const authorities = useQuery(authoritiesQuery);
  const { dialog, proven } = useProof();
  const [adding, setAdding] = useState(false);
  const [pem, setPem] = useState('');
  const [remove, setRemove] = useState<DeviceAuthority>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const close = () => {
    setAdding(false);
    setRemove(undefined);
    setPem('');
    setProblem(undefined);
  };
  const run = (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setProblem(undefined);
    proven(work)
      .then(
        async () => {
          close();
          notify({ kind: 'info', title: done });
          await queryClient.invalidateQueries({ queryKey: ['device-authorities'] });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  const columns = useMemo<Column<DeviceAuthority>[]>(
    () => [
      {
        id: 'subject',
        title: words('certificate.subject'),
        width: 'minmax(12rem, 2fr)',
        phone: 'title',
        value: (one) => one.subject,
        render: (one) => (
          <span title={`SHA-256 ${one.fingerprint}`}>
            {one.subject}
            {one.own ? ` (${words('certificate.authorities.own')})` : ''}
          </span>
        ),
      },
      {
        id: 'until',
        title: words('certificate.until'),
        width: '12rem',
        value: (one) => one.until,
        render: (one) => <Instant time={one.until} />,
      },
      {
        id: 'certificates',
        title: words('certificate.authorities.certificates'),
        width: '7rem',
        value: (one) => one.certificates,
        render: (one) => String(one.certificates),
      },
      {
        id: 'remove',
        title: words('thing.access.end'),
        width: '9rem',
        render: (one) =>
          one.own ? null : (
            <Button kind="act" disabledReason={forbidden} onPress={() => setRemove(one)}>
              {words('certificate.authorities.remove')}…
            </Button>
          ),
      },
    ],
    [words, forbidden],
  );
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    run(
      () => take(api.POST('/api/device-authorities', { body: { pem } })),
      words('certificate.authorities.added'),
    );
  };
  return (
    <Section
      title={words('certificate.authorities.title')}
      note={words('certificate.authorities.note')}
      flush
      actions={
        <Button icon={<Plus size={16} />} disabledReason={forbidden} onPress={() => setAdding(true)}>
          {words('certificate.authorities.add')}…
        </Button>
      }
    >
      {authorities.error !== null && authorities.data === undefined ? (
        <ErrorState
          problem={problemWords(authorities.error, words)}
          onRetry={() => void authorities.refetch()}
        />
      ) : authorities.data === undefined ? (
        <Skeleton height="3rem" rows={1} />
      ) : (
        <Table
          label={words('certificate.authorities.title')}
          columns={columns}
          rows={authorities.data}
          rowKey={(one) => one.fingerprint}
          empty={
            <EmptyState icon={<FileKey size={40} />} title={words('certificate.authorities.none')}>
              <p>{words('certificate.authorities.noneHelp')}</p>
            </EmptyState>
          }
        />
      )}
      <Dialog
        open={adding}
        onClose={close}
        busy={busy}
        title={words('certificate.authorities.add')}
        footer={
          <>
            <Button onPress={close}>{words('certificate.cancel')}</Button>
            <Button
              kind="primary"
              pending={busy}
              disabledReason={pem.trim() === '' ? words('certificate.pemMissing') : undefined}
              onPress={() => submit()}
            >
              {words('certificate.authorities.add')}
            </Button>
          </>
        }
      >
        <form className={styles.stack} onSubmit={submit}>
          <p>{words('certificate.authorities.addHelp')}</p>
          <TextField
            label={words('certificate.authorities.pem')}
            value={pem}
            onChange={setPem}
            lines={8}
            code
          />
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
        </form>
      </Dialog>
      <Confirm
        open={remove !== undefined}
        onClose={close}
        title={words('certificate.authorities.removeTitle', { subject: remove?.subject ?? '' })}
        confirm={words('certificate.authorities.remove')}
        busy={busy}
        onConfirm={() => {
          const fingerprint = remove?.fingerprint;
          if (fingerprint === undefined) return;
          run(
            () =>
              take(
                api.DELETE('/api/device-authorities/{fingerprint}', { params: { path: { fingerprint } } }),
              ),
            words('certificate.authorities.removed'),
          );
        }}
      >
        <p>{words('certificate.authorities.removeWill')}</p>
        {problem === undefined ? null : <ErrorState problem={problem} compact />}
      </Confirm>
      {dialog}
    </Section>
  );
}
