import { noSecurity, thingContext } from '@millrace/contract';
import {
  Button,
  CopyButton,
  ErrorState,
  Facts,
  notify,
  type ProblemWords,
  Section,
  SelectField,
  Stepper,
  TextField,
  useUiWords,
} from '@millrace/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, take } from '../../api/client.ts';
import { useConsoleWords } from '../../words/index.ts';
import { normalPlace, propertyName } from './draft.ts';
import { Arrivals, Done } from './live-step.tsx';
import { usePeerWords } from './peer-problem.tsx';
import { PlaceField } from './place-field.tsx';
import { SendingFacts, SendingWays, useListeners } from './sending.tsx';
import { sampleOf } from './snippets.ts';
import styles from './terminals.module.css';

const propertiesMax = 100;
const types = ['number', 'integer', 'boolean', 'string'] as const;

interface Line {
  key: number;
  name: string;
  type: (typeof types)[number];
  unit: string;
}

interface DeviceDraft {
  title: string;
  id: string;
  place: string;
  lines: readonly Line[];
  made?: { thing: string; username: string; password: string };
}

/** Kept while the console is open, so that going elsewhere and back loses nothing. */
let kept: DeviceDraft | undefined;
let lastKey = 0;
const newLine = (): Line => ({ key: ++lastKey, name: '', type: 'number', unit: '' });

/** A device that sends by itself: name it, give it credentials, wait for its first value. */
export function AddDevice({
  way,
  step,
  onStep,
  onLeave,
}: {
  way: 'mqtt' | 'http';
  step: string;
  onStep: (step: string | undefined) => void;
  onLeave: () => void;
}) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const peerWords = usePeerWords();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<DeviceDraft>(
    () => kept ?? { title: '', id: '', place: '', lines: [newLine()] },
  );
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<ProblemWords>();
  const change = (next: Partial<DeviceDraft>) =>
    setDraft((before) => {
      kept = { ...before, ...next };
      return kept;
    });
  const at = draft.made === undefined ? 'device' : step === 'device' ? 'send' : step;
  const names = draft.lines.map((line) => line.name.trim());
  const faultOf = (line: Line) =>
    line.name.trim() === ''
      ? uiWords('form.missing')
      : names.indexOf(line.name.trim()) !== draft.lines.indexOf(line)
        ? words('terminal.choose.nameFaults.taken')
        : undefined;
  const properties = Object.fromEntries(
    draft.lines.map((line) => [
      propertyName(line.name, new Set()),
      {
        type: line.type,
        title: line.name.trim(),
        ...(line.unit.trim() === '' ? {} : { unit: line.unit.trim() }),
        readOnly: true,
      },
    ]),
  );

  const create = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      const place = normalPlace(draft.place);
      const described = Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [
          name,
          { ...property, forms: [{ href: `properties/${encodeURIComponent(name)}` }] },
        ]),
      );
      const thing = await take(
        api.POST('/api/things', {
          body: {
            '@context': [...thingContext],
            ...(draft.id.trim() === '' ? {} : { id: draft.id.trim() }),
            title: draft.title.trim(),
            ...noSecurity,
            ...(place === '' ? {} : { 'millrace:place': place }),
            properties: described,
          } as never,
        }),
      );
      const id = thing.id ?? '';
      const credentials = await take(api.POST('/api/things/{id}/credentials', { params: { path: { id } } }));
      change({ made: { thing: id, ...credentials } });
      await queryClient.invalidateQueries();
      onStep('send');
    } catch (error) {
      setFailed(peerWords(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={styles.stack}>
      <Stepper
        label={words('terminal.add.steps')}
        steps={[
          { id: 'protocol', title: words('terminal.step.protocol') },
          { id: 'device', title: words('terminal.step.device') },
          { id: 'send', title: words('terminal.step.send') },
        ]}
        current={at}
        onGo={(id) => (id === 'protocol' ? onLeave() : undefined)}
      />
      {at === 'device' ? (
        <form
          noValidate
          className={styles.stack}
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (draft.title.trim() === '' || draft.lines.some((line) => faultOf(line) !== undefined)) {
              notify({ kind: 'info', title: words('terminal.add.correctFirst') });
              return;
            }
            void create();
          }}
        >
          <Section title={words('terminal.device.title')} note={words('terminal.device.note')}>
            <div className={`${styles.form} ${styles.stack}`}>
              <TextField
                label={words('terminal.choose.title')}
                value={draft.title}
                onChange={(title) => change({ title })}
                fault={tried && draft.title.trim() === '' ? uiWords('form.missing') : undefined}
                required
                autoFocus
              />
              <PlaceField value={draft.place} onChange={(place) => change({ place })} />
              <details className={styles.details}>
                <summary>{uiWords('action.more')}</summary>
                <TextField
                  label={words('terminal.choose.id')}
                  help={words('terminal.device.idHelp')}
                  value={draft.id}
                  onChange={(id) => change({ id })}
                  code
                />
              </details>
            </div>
          </Section>
          <Section title={words('terminal.device.properties')} note={words('terminal.device.propertiesNote')}>
            <div className={styles.stack}>
              <ol className={styles.registers}>
                {draft.lines.map((line, index) => (
                  <li key={line.key} className={styles.register}>
                    <fieldset className={styles.deviceLine}>
                      <legend className="visually-hidden">
                        {words('terminal.device.property', { number: index + 1 })}
                      </legend>
                      <div className={styles.wide}>
                        <TextField
                          label={words('terminal.modbus.name')}
                          placeholder="temperature"
                          value={line.name}
                          onChange={(name) =>
                            change({
                              lines: draft.lines.map((one) => (one === line ? { ...one, name } : one)),
                            })
                          }
                          fault={tried ? faultOf(line) : undefined}
                          required
                          code
                        />
                      </div>
                      <SelectField
                        label={words('terminal.modbus.type')}
                        value={line.type}
                        options={types.map((type) => ({
                          value: type,
                          title: words(`terminal.types.${type}`),
                        }))}
                        onChange={(type) =>
                          change({
                            lines: draft.lines.map((one) =>
                              one === line ? { ...one, type: type as Line['type'] } : one,
                            ),
                          })
                        }
                      />
                      <TextField
                        label={words('terminal.modbus.unitOfMeasure')}
                        placeholder="°C"
                        value={line.unit}
                        onChange={(unit) =>
                          change({
                            lines: draft.lines.map((one) => (one === line ? { ...one, unit } : one)),
                          })
                        }
                      />
                      <div className={styles.lineEnd}>
                        <Button
                          kind="quiet"
                          icon={<Trash2 size={16} />}
                          label={words('terminal.modbus.remove', { name: line.name || String(index + 1) })}
                          disabledReason={
                            draft.lines.length === 1 ? words('terminal.device.oneNeeded') : undefined
                          }
                          onPress={() => change({ lines: draft.lines.filter((one) => one !== line) })}
                        />
                      </div>
                    </fieldset>
                  </li>
                ))}
              </ol>
              <div>
                <Button
                  icon={<Plus size={18} />}
                  onPress={() => change({ lines: [...draft.lines, newLine()] })}
                  disabledReason={
                    draft.lines.length >= propertiesMax
                      ? words('terminal.modbus.tooManyLines', { count: propertiesMax })
                      : undefined
                  }
                >
                  {words('terminal.device.addProperty')}
                </Button>
              </div>
            </div>
          </Section>
          {failed === undefined ? null : <ErrorState problem={failed} />}
          <div className={styles.buttons}>
            <Button onPress={onLeave}>{words('terminal.add.back')}</Button>
            <Button kind="primary" type="submit" pending={busy}>
              {words('terminal.device.create')}
            </Button>
          </div>
        </form>
      ) : draft.made === undefined ? null : (
        <SendStep
          way={way}
          made={draft.made}
          properties={properties}
          onAnother={() => {
            kept = undefined;
            setDraft({ title: '', id: '', place: draft.place, lines: [newLine()] });
            setTried(false);
            onStep('device');
          }}
        />
      )}
    </div>
  );
}

function SendStep({
  way,
  made,
  properties,
  onAnother,
}: {
  way: 'mqtt' | 'http';
  made: NonNullable<DeviceDraft['made']>;
  properties: Record<string, { type?: string }>;
  onAnother: () => void;
}) {
  const words = useConsoleWords();
  const listeners = useListeners();
  const sending = {
    id: made.thing,
    username: made.username,
    password: made.password,
    sample: sampleOf(properties),
    mqtt: listeners.mqtt,
    http: listeners.http,
  };
  return (
    <>
      <Section title={words('terminal.device.credentials')} note={words('thing.access.once')}>
        <div className={styles.stack}>
          <Facts
            facts={[
              { name: words('thing.access.username'), value: <Secret text={made.username} /> },
              { name: words('thing.access.password'), value: <Secret text={made.password} /> },
            ]}
          />
          <SendingFacts sending={sending} />
          {listeners.onlyHere ? <p className={styles.hint}>{words('terminal.sending.onlyHere')}</p> : null}
        </div>
      </Section>
      <Section title={words('terminal.device.try')} note={words('terminal.device.tryNote')}>
        <SendingWays sending={sending} first={way} />
      </Section>
      <Arrivals thing={made.thing} connection={undefined} />
      <Done thing={made.thing} onAnother={onAnother} />
    </>
  );
}

function Secret({ text }: { text: string }) {
  const words = useConsoleWords();
  return (
    <span className={styles.print}>
      <code className={styles.code}>{text}</code>
      <CopyButton text={text} label={words('terminal.device.copy')} />
    </span>
  );
}
