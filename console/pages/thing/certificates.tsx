import { type CreatedDeviceCertificate, certificateLimits, type DeviceCertificate } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  type Column,
  Confirm,
  Dialog,
  EmptyState,
  ErrorState,
  Facts,
  fileName,
  Instant,
  NumberField,
  notify,
  type ProblemWords,
  Section,
  SelectField,
  Since,
  Skeleton,
  StateBadge,
  saveText,
  Table,
  TextField,
  useNow,
} from '@millrace/ui';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, FileKey, Plus } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { connectionsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './thing.module.css';

/** From then on a certificate is said to end soon. */
const soonMilliseconds = 30 * 86_400_000;
const pemType = 'application/x-pem-file';

const certificatesQuery = (id: string) =>
  queryOptions({
    queryKey: ['certificates', id],
    queryFn: async () =>
      (await take(
        api.GET('/api/things/{id}/certificates', { params: { path: { id } } }),
      )) as DeviceCertificate[],
  });

const ways = ['made', 'request', 'certificate'] as const;
type Way = (typeof ways)[number];

/** Client certificates with which the thing itself signs in to MQTT over TLS. */
export function Certificates({ thing }: { thing: string }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const certificates = useQuery(certificatesQuery(thing));
  const [adding, setAdding] = useState(false);
  const [created, setCreated] = useState<CreatedDeviceCertificate>();
  const [revoke, setRevoke] = useState<DeviceCertificate>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const columns = useMemo<Column<DeviceCertificate>[]>(
    () => [
      {
        id: 'state',
        title: words('certificate.state'),
        width: '9rem',
        value: (one) => one.state,
        render: (one) => <CertificateState certificate={one} />,
      },
      {
        id: 'subject',
        title: words('certificate.subject'),
        width: 'minmax(12rem, 2fr)',
        phone: 'title',
        value: (one) => one.subject,
        render: (one) => (
          <span title={`SHA-256 ${one.fingerprint}`}>
            {one.subject} <code className={styles.faint}>{one.fingerprint.slice(0, 12)}…</code>
          </span>
        ),
      },
      {
        id: 'authority',
        title: words('certificate.authority'),
        width: 'minmax(9rem, 1fr)',
        value: (one) => one.authority,
        render: (one) => one.authority,
      },
      {
        id: 'until',
        title: words('certificate.until'),
        width: '12rem',
        value: (one) => one.until,
        render: (one) => <Instant time={one.until} />,
      },
      {
        id: 'used',
        title: words('thing.access.lastUsed'),
        width: '9rem',
        value: (one) => one.lastUsed ?? '',
        render: (one) => <Since time={one.lastUsed} />,
      },
      {
        id: 'revoke',
        title: words('thing.access.end'),
        width: '9rem',
        render: (one) =>
          one.state === 'revoked' ? (
            <Instant time={one.revoked!} />
          ) : (
            <Button kind="act" onPress={() => setRevoke(one)}>
              {words('certificate.revoke')}…
            </Button>
          ),
      },
    ],
    [words],
  );
  const reload = () => queryClient.invalidateQueries({ queryKey: ['certificates', thing] });
  return (
    <>
      <Section
        title={words('certificate.title')}
        note={words('certificate.note')}
        flush
        actions={
          <Button icon={<Plus size={16} />} onPress={() => setAdding(true)}>
            {words('certificate.add')}…
          </Button>
        }
      >
        {certificates.error !== null && certificates.data === undefined ? (
          <ErrorState
            problem={problemWords(certificates.error, words)}
            onRetry={() => void certificates.refetch()}
          />
        ) : certificates.data === undefined ? (
          <Skeleton height="3rem" rows={2} />
        ) : (
          <Table
            label={words('certificate.title')}
            columns={columns}
            rows={certificates.data}
            rowKey={(one) => one.fingerprint}
            empty={
              <EmptyState icon={<FileKey size={40} />} title={words('certificate.none')}>
                <p>{words('certificate.noneHelp')}</p>
              </EmptyState>
            }
          />
        )}
      </Section>
      <AddCertificate
        key={adding ? 'open' : 'closed'}
        thing={thing}
        open={adding}
        onClose={() => setAdding(false)}
        onCreated={(made) => {
          setAdding(false);
          setCreated(made);
          void reload();
        }}
      />
      <CreatedCertificate thing={thing} created={created} onClose={() => setCreated(undefined)} />
      <Confirm
        open={revoke !== undefined}
        onClose={() => {
          setRevoke(undefined);
          setProblem(undefined);
        }}
        title={words('certificate.revokeTitle')}
        confirm={words('certificate.revoke')}
        busy={busy}
        onConfirm={() => {
          if (revoke === undefined) return;
          setBusy(true);
          take(
            api.DELETE('/api/things/{id}/certificates/{fingerprint}', {
              params: { path: { id: thing, fingerprint: revoke.fingerprint } },
            }),
          )
            .then(
              async () => {
                setRevoke(undefined);
                setProblem(undefined);
                notify({ kind: 'info', title: words('certificate.revoked') });
                await reload();
              },
              (error: unknown) => setProblem(problemWords(error, words)),
            )
            .finally(() => setBusy(false));
        }}
      >
        <p>{words('certificate.revokeWill', { subject: revoke?.subject ?? '' })}</p>
        {problem === undefined ? null : <ErrorState problem={problem} compact />}
      </Confirm>
    </>
  );
}

function CertificateState({ certificate }: { certificate: DeviceCertificate }) {
  const words = useConsoleWords();
  const now = useNow();
  if (certificate.state !== 'valid')
    return (
      <StateBadge
        kind={certificate.state === 'revoked' ? 'stopped' : 'bad'}
        word={words(`certificate.states.${certificate.state}`)}
      />
    );
  const soon = Date.parse(certificate.until) - now < soonMilliseconds;
  return (
    <StateBadge
      kind={soon ? 'uncertain' : 'good'}
      word={words(soon ? 'certificate.states.soon' : 'certificate.states.valid')}
    />
  );
}

function AddCertificate({
  thing,
  open,
  onClose,
  onCreated,
}: {
  thing: string;
  open: boolean;
  onClose: () => void;
  onCreated: (made: CreatedDeviceCertificate) => void;
}) {
  const words = useConsoleWords();
  const connections = useQuery(connectionsQuery);
  const [way, setWay] = useState<Way>('made');
  const [days, setDays] = useState<number | undefined>(certificateLimits.daysDefault);
  const [pem, setPem] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const daysWrong =
    way !== 'certificate' &&
    (days === undefined || !Number.isInteger(days) || days < 1 || days > certificateLimits.daysMax);
  const noTls =
    connections.data !== undefined &&
    !connections.data.some((one) => one.protocol === 'mqtt' && one.counters['tlsPort'] !== undefined);
  const missing = daysWrong
    ? words('certificate.daysWrong', { max: certificateLimits.daysMax })
    : way !== 'made' && pem.trim() === ''
      ? words('certificate.pemMissing')
      : undefined;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (missing !== undefined) return;
    setBusy(true);
    setProblem(undefined);
    take(
      api.POST('/api/things/{id}/certificates', {
        params: { path: { id: thing } },
        body:
          way === 'certificate'
            ? { certificate: pem }
            : { days, ...(way === 'request' ? { request: pem } : {}) },
      }),
    )
      .then(
        (made) => onCreated(made as CreatedDeviceCertificate),
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      busy={busy}
      title={words('certificate.add')}
      footer={
        <>
          <Button onPress={onClose}>{words('certificate.cancel')}</Button>
          <Button kind="primary" pending={busy} disabledReason={missing} onPress={() => submit()}>
            {words(way === 'certificate' ? 'certificate.register' : 'certificate.issue')}
          </Button>
        </>
      }
    >
      <form className={styles.stack} onSubmit={submit}>
        {noTls ? <p>{words('certificate.noTls')}</p> : null}
        <SelectField
          label={words('certificate.way')}
          value={way}
          options={ways.map((value) => ({ value, title: words(`certificate.ways.${value}`) }))}
          onChange={(value) => setWay(value as Way)}
          help={words(`certificate.waysHelp.${way}`)}
        />
        {way === 'certificate' ? null : (
          <NumberField
            label={words('certificate.days')}
            value={days}
            onChange={setDays}
            fault={daysWrong ? words('certificate.daysWrong', { max: certificateLimits.daysMax }) : undefined}
          />
        )}
        {way === 'made' ? null : (
          <TextField
            label={words(way === 'request' ? 'certificate.request' : 'certificate.certificate')}
            value={pem}
            onChange={setPem}
            lines={8}
            code
          />
        )}
        {problem === undefined ? null : <ErrorState problem={problem} compact />}
      </form>
    </Dialog>
  );
}

/** What was made, its key shown this once. */
function CreatedCertificate({
  thing,
  created,
  onClose,
}: {
  thing: string;
  created: CreatedDeviceCertificate | undefined;
  onClose: () => void;
}) {
  const words = useConsoleWords();
  const connections = useQuery(connectionsQuery);
  const port =
    connections.data?.find((one) => one.protocol === 'mqtt' && one.counters['tlsPort'] !== undefined)
      ?.counters['tlsPort'] ?? 8883;
  const name = fileName(thing);
  const topic = thing.replace(/[%/+#]/g, (character) => encodeURIComponent(character));
  return (
    <Dialog
      open={created !== undefined}
      onClose={onClose}
      title={words('certificate.createdTitle')}
      wide
      footer={
        <Button kind="primary" onPress={onClose}>
          {words(created?.key === undefined ? 'certificate.done' : 'thing.access.kept')}
        </Button>
      }
    >
      {created === undefined ? null : (
        <div className={styles.stack}>
          <p>{words(created.key === undefined ? 'certificate.noKey' : 'certificate.once')}</p>
          <Facts
            facts={[
              { name: words('certificate.subject'), value: created.subject },
              { name: words('certificate.until'), value: <Instant time={created.until} /> },
              { name: 'SHA-256', value: <code>{created.fingerprint}</code> },
            ]}
          />
          <div className={styles.row}>
            <Button
              icon={<Download size={16} />}
              onPress={() =>
                saveText(
                  `${name}.pem`,
                  `${created.key ?? ''}${created.key === undefined ? '' : '\n'}${created.certificate}\n`,
                  pemType,
                )
              }
            >
              {words(created.key === undefined ? 'certificate.saveCertificate' : 'certificate.saveBundle')}
            </Button>
            {created.authorityCertificate === undefined ? null : (
              <Button
                icon={<Download size={16} />}
                onPress={() => saveText('authority.pem', created.authorityCertificate!, pemType)}
              >
                {words('certificate.saveAuthority')}
              </Button>
            )}
          </div>
          <h3>{words('thing.access.tryMqtt')}</h3>
          <CodeBlock
            label={words('thing.access.tryMqtt')}
            text={`mosquitto_pub -h ${window.location.hostname} -p ${port} -q 1 \\\n  --cafile authority.pem --cert ${name}.pem --key ${name}.pem \\\n  -t 'things/${topic}/properties' \\\n  -m '{…}'`}
          />
        </div>
      )}
    </Dialog>
  );
}
