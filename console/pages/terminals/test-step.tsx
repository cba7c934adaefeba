import type { SettingFields, SettingValue, TestReport } from '@millrace/contract';
import {
  Button,
  CopyButton,
  ErrorState,
  Facts,
  Instant,
  Mark,
  type ProblemWords,
  Section,
  useLocalText,
  usePlantTime,
} from '@millrace/ui';
import { Check, LoaderCircle, X } from 'lucide-react';
import type { Schemas } from '../../api/client.ts';
import { useConsoleWords } from '../../words/index.ts';
import { PeerProblem } from './peer-problem.tsx';
import styles from './terminals.module.css';

/** What the test of an OPC UA server finds beside its steps. */
interface OpcuaFound {
  endpoints?: { address: string; securityPolicy: string; securityMode: string; identities: string[] }[];
  security?: { policy: string; mode: string };
  server?: { name: string; applicationUri: string };
  certificate?: {
    thumbprint: string;
    thumbprintSha1: string;
    subject: string;
    issuer: string;
    selfSigned: boolean;
    validFrom: string;
    validTo: string;
    trusted: boolean;
  };
  /** What to save in order to trust the certificate from then on. */
  settings?: Record<string, SettingValue>;
  status?: Record<string, unknown>;
}

/** What the test of a Modbus address finds: unit ids that answer. */
interface ModbusFound {
  units?: number[];
  sunSpec?: number[];
}

/** True where the test went well but for a certificate that a person has to confirm. */
export function awaitsTrust(report: TestReport | undefined): boolean {
  const found = report?.found as OpcuaFound | undefined;
  return found?.certificate?.trusted === false && found.settings !== undefined;
}

/** The name a server gives itself, for the connection and the thing to be named after. */
export function nameFound(report: TestReport | undefined): string | undefined {
  const name = (report?.found as OpcuaFound | undefined)?.server?.name;
  return name === undefined || name.trim() === '' ? undefined : name.trim();
}

/** The test step by step, why it failed, and what else was found that helps. */
export function TestStep({
  protocol,
  settings,
  report,
  running,
  failed,
  onRun,
  onSettings,
  onAddress,
  onNext,
}: {
  protocol: Schemas['Protocol'];
  settings: Record<string, SettingValue>;
  report: TestReport | undefined;
  running: boolean;
  /** The request itself failed. */
  failed: ProblemWords | undefined;
  onRun: () => void;
  /** Changes settings and tests again. */
  onSettings: (change: Record<string, SettingValue>) => void;
  onAddress: () => void;
  onNext: () => void;
}) {
  const words = useConsoleWords();
  const local = useLocalText();
  const plant = usePlantTime();
  const fields = protocol.settings as SettingFields;
  const blamed = report?.problem?.field === undefined ? undefined : fields[report.problem.field];
  const wait = awaitsTrust(report);
  const reason = running
    ? words('terminal.add.testRuns')
    : report?.ok !== true
      ? words('terminal.add.testFirst')
      : wait
        ? words('terminal.add.trustFirst')
        : undefined;
  const findings = running ? null : protocol.id === 'opcua' ? (
    <OpcuaFindings found={(report?.found ?? {}) as OpcuaFound} settings={settings} onSettings={onSettings} />
  ) : protocol.id === 'modbus' ? (
    <ModbusFindings
      found={(report?.found ?? {}) as ModbusFound}
      settings={settings}
      onSettings={onSettings}
    />
  ) : null;
  return (
    <div className={styles.stack}>
      {/* What a person has to decide stands where it is seen first. */}
      {wait ? findings : null}
      <Section title={words('terminal.add.testTitle')} note={words('terminal.add.testNote')}>
        <div className={styles.stack} aria-busy={running}>
          <ol className={styles.testSteps} aria-live="polite">
            {(report?.steps ?? []).map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are told in order and never change places
              <li key={index} className={step.ok ? styles.testOk : styles.testFailed}>
                <span className={styles.testMark}>
                  {step.ok ? <Check size={18} /> : <X size={18} />}
                  <span className="visually-hidden">
                    {words(step.ok ? 'terminal.add.stepOk' : 'terminal.add.stepFailed')}
                  </span>
                </span>
                <span className={styles.testText}>
                  <span>{local(step.title)}</span>
                  {step.detail === undefined || step.detail === '' ? null : (
                    <span className={styles.faint}>{step.detail}</span>
                  )}
                </span>
                <span className={styles.testTime}>{plant.duration(step.milliseconds)}</span>
              </li>
            ))}
            {running ? (
              <li className={styles.testRuns}>
                <LoaderCircle size={18} className={styles.turning} aria-hidden="true" />
                {words('terminal.add.testRuns')}
              </li>
            ) : null}
          </ol>
          {failed === undefined ? null : <ErrorState problem={failed} />}
          {report?.problem === undefined ? null : <PeerProblem problem={report.problem} />}
          {report?.ok === true && !running && !wait ? (
            <p className={styles.good} role="status">
              <Mark kind="good" /> {words('terminal.add.testWell')}
            </p>
          ) : null}
        </div>
      </Section>
      {wait ? null : findings}
      <div className={styles.buttons}>
        <Button onPress={onAddress}>
          {blamed === undefined
            ? words('terminal.add.changeAddress')
            : words('terminal.add.changeField', { field: local(blamed.title) })}
        </Button>
        <Button onPress={onRun} pending={running}>
          {words('terminal.add.testAgain')}
        </Button>
        <Button kind="primary" onPress={onNext} disabledReason={reason}>
          {words('terminal.add.next')}
        </Button>
      </div>
    </div>
  );
}

function OpcuaFindings({
  found,
  settings,
  onSettings,
}: {
  found: OpcuaFound;
  settings: Record<string, SettingValue>;
  onSettings: (change: Record<string, SettingValue>) => void;
}) {
  const words = useConsoleWords();
  const { certificate } = found;
  const offers = new Map<string, { policy: string; mode: string }>();
  for (const one of found.endpoints ?? []) {
    offers.set(`${one.securityPolicy} ${one.securityMode}`, {
      policy: one.securityPolicy,
      mode: one.securityMode,
    });
  }
  const chosen = found.security;
  return (
    <>
      {certificate === undefined ? null : (
        <Section
          title={words('terminal.opcua.certificate')}
          note={words(certificate.trusted ? 'terminal.opcua.trusted' : 'terminal.opcua.compare')}
        >
          <div className={styles.stack}>
            <Facts
              facts={[
                {
                  name: words('terminal.opcua.fingerprint'),
                  value: (
                    <span className={styles.print}>
                      <code>{grouped(certificate.thumbprint)}</code>
                      <CopyButton
                        text={certificate.thumbprint}
                        label={words('terminal.opcua.copyFingerprint')}
                      />
                    </span>
                  ),
                },
                {
                  name: 'SHA-1',
                  value: <code className={styles.code}>{grouped(certificate.thumbprintSha1)}</code>,
                },
                { name: words('terminal.opcua.subject'), value: certificate.subject },
                {
                  name: words('terminal.opcua.issuer'),
                  value: certificate.selfSigned ? words('terminal.opcua.selfSigned') : certificate.issuer,
                },
                {
                  name: words('terminal.opcua.valid'),
                  value: (
                    <>
                      <Instant time={certificate.validFrom} /> – <Instant time={certificate.validTo} />
                    </>
                  ),
                },
              ]}
            />
            {found.settings === undefined || certificate.trusted ? null : (
              <div className={styles.buttons}>
                <Button kind="act" onPress={() => onSettings({ ...found.settings })}>
                  {words('terminal.opcua.trust')}
                </Button>
              </div>
            )}
          </div>
        </Section>
      )}
      {offers.size === 0 ? null : (
        <details className={styles.details}>
          <summary>{words('terminal.opcua.security')}</summary>
          <ul className={styles.choices}>
            {[...offers.values()].map(({ policy, mode }) => {
              const inUse = chosen?.policy === policy && chosen.mode === mode;
              return (
                <li key={`${policy} ${mode}`} className={styles.choice}>
                  <span>
                    <b>{policy}</b>
                    {policy === 'None' ? ` – ${words('terminal.opcua.none')}` : ` · ${mode}`}
                  </span>
                  {inUse ? (
                    <span className={styles.faint}>{words('terminal.opcua.inUse')}</span>
                  ) : (
                    <Button
                      kind={policy === 'None' ? 'act' : 'plain'}
                      onPress={() =>
                        onSettings({
                          securityPolicy: policy,
                          securityMode: policy === 'None' ? 'auto' : mode,
                        })
                      }
                    >
                      {words('terminal.opcua.use')}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
          {settings['securityPolicy'] === undefined || settings['securityPolicy'] === 'auto' ? (
            <p className={styles.faint}>{words('terminal.opcua.best')}</p>
          ) : null}
        </details>
      )}
    </>
  );
}

/** Digits in fours, so that two people can read them to one another. */
const grouped = (digits: string): string => digits.match(/.{1,4}/g)?.join(' ') ?? digits;

function ModbusFindings({
  found,
  settings,
  onSettings,
}: {
  found: ModbusFound;
  settings: Record<string, SettingValue>;
  onSettings: (change: Record<string, SettingValue>) => void;
}) {
  const words = useConsoleWords();
  const { units = [], sunSpec = [] } = found;
  if (units.length === 0) return null;
  return (
    <Section title={words('terminal.modbus.units')} note={words('terminal.modbus.unitsNote')}>
      <div className={styles.stack}>
        <div className={styles.chips}>
          {units.map((unit) => (
            <Button
              key={unit}
              pressed={settings['unit'] === unit}
              label={words('terminal.modbus.unit', { unit })}
              onPress={() => {
                if (settings['unit'] !== unit) onSettings({ unit });
              }}
            >
              {String(unit)}
            </Button>
          ))}
        </div>
        {sunSpec.length === 0 ? null : <p>{words('terminal.modbus.sunSpec')}</p>}
      </div>
    </Section>
  );
}
