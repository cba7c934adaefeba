import { limits, noSecurity, thingContext } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  ErrorState,
  formatBytes,
  notify,
  Page,
  type ProblemWords,
  Section,
  TextField,
  titleOf,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { type DragEvent, useMemo, useRef, useState } from 'react';
import { ApiError, api, take } from '../api/client.ts';
import { useConsoleWords } from '../words/index.ts';
import { lineOf, placeholdersOf, placeOf } from './terminals/json-place.ts';
import { usePeerWords } from './terminals/peer-problem.tsx';
import styles from './terminals/terminals.module.css';

const example = {
  '@context': [...thingContext, { '@language': 'en' }],
  title: 'Room sensor',
  titles: { en: 'Room sensor', zh: '室内传感器' },
  ...noSecurity,
  'millrace:place': 'enterprise/site/area',
  properties: {
    temperature: {
      type: 'number',
      title: 'Temperature',
      titles: { en: 'Temperature', zh: '温度' },
      unit: 'CEL',
      readOnly: true,
      'millrace:decimals': 1,
      'millrace:normal': { min: 18, max: 26 },
      forms: [{ href: 'properties/temperature' }],
    },
  },
};

const exampleModel = {
  '@context': [...thingContext],
  '@type': 'tm:ThingModel',
  title: 'Meter {{UNIT}}',
  ...noSecurity,
  'millrace:place': '{{PLACE}}',
  properties: {
    activePower: {
      type: 'number',
      title: 'Active power',
      unit: 'kW',
      readOnly: true,
      'millrace:decimals': 3,
      forms: [
        {
          href: 'modbus+tcp://{{HOST}}/{{UNIT}}/10?quantity=2',
          op: ['readproperty', 'observeproperty'],
          'modv:entity': 'HoldingRegister',
          'modv:type': 'xsd:int',
          'millrace:scale': 0.001,
        },
      ],
    },
  },
};

interface Failure {
  words: ProblemWords;
  /** Members that are wrong, by JSON Pointer; `text` is what was checked. */
  members: { at: string; reason: string }[];
}

/** Kept while the console is open, so that going elsewhere and back loses nothing. */
let kept = '';

/** Registers a thing by its Thing Description, or by a Thing Model and the values of its placeholders. */
export function AddThingPage() {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const peerWords = usePeerWords();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [text, setTextState] = useState(kept);
  const [values, setValues] = useState<Record<string, string>>({});
  const [fileFault, setFileFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [made, setMade] = useState<Record<string, unknown>>();
  const parsed = useMemo(() => parse(text), [text]);
  const isModel = useMemo(() => [parsed.value?.['@type']].flat().includes('tm:ThingModel'), [parsed.value]);
  const placeholders = useMemo(() => (isModel ? placeholdersOf(text) : []), [isModel, text]);
  const missing = placeholders.filter((name) => (values[name] ?? '') === '');

  const setText = (next: string) => {
    kept = next;
    setTextState(next);
    setMade(undefined);
    setFailure(undefined);
  };
  const read = (file: File | undefined) => {
    setFileFault(undefined);
    if (file === undefined) return;
    if (file.size > limits.thingDescriptionBytesMax) {
      setFileFault(
        words('addThing.tooLarge', { size: formatBytes(limits.thingDescriptionBytesMax, language) }),
      );
      return;
    }
    void file.text().then(setText);
  };
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      const { rejected = [], ...plain } = peerWords(error);
      const { why: _, ...short } = plain;
      setFailure({ words: rejected.length > 0 ? short : plain, members: rejected });
      if (!(error instanceof ApiError)) throw error;
    } finally {
      setBusy(false);
    }
  };
  const fill = () =>
    run(async () => {
      const description = await take(
        api.POST('/api/thing-models/instances', {
          body: { model: parsed.value as never, placeholders: valuesOf(values, placeholders) },
        }),
      );
      setMade(description as Record<string, unknown>);
    });
  const register = (body: unknown) =>
    run(async () => {
      const thing = await take(api.POST('/api/things', { body: body as never }));
      await queryClient.invalidateQueries();
      const id = thing.id ?? '';
      kept = '';
      notify({ kind: 'info', title: words('addThing.done', { thing: titleOf(thing, language, id) }) });
      await navigate({ to: '/things/$id', params: { id } });
    });
  const show = (at: string) => {
    const area = box.current?.querySelector('textarea');
    const place = placeOf(text, at);
    if (area === null || area === undefined || place === undefined) return;
    area.focus();
    area.setSelectionRange(place.from, place.to);
    const height = Number.parseFloat(getComputedStyle(area).lineHeight) || 20;
    area.scrollTop = Math.max(0, (lineOf(text, place.from) - 4) * height);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  };
  const fixFirst = parsed.value === undefined ? words('addThing.fixFirst') : undefined;
  const members =
    failure === undefined ? null : (
      <div className={styles.stack}>
        <ErrorState problem={failure.words} />
        {failure.members.length === 0 ? null : (
          <ul className={styles.members} aria-label={words('terminal.import.members')}>
            {failure.members.map((member) => {
              const place = made === undefined ? placeOf(text, member.at) : undefined;
              return (
                <li key={`${member.at} ${member.reason}`}>
                  <span>
                    <code className={styles.code}>{member.at === '' ? '/' : member.at}</code> {member.reason}
                  </span>
                  {place === undefined ? null : (
                    <Button kind="quiet" onPress={() => show(member.at)}>
                      {words('terminal.import.showLine', { line: lineOf(text, place.from) })}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </div>
    );
  return (
    <Page title={words('addThing.title')} note={words('terminal.import.note')}>
      <Section>
        <div className={styles.stack}>
          <div className={styles.row}>
            <input
              ref={input}
              type="file"
              accept=".json,.jsonld,.td,.tm,application/td+json,application/tm+json,application/json"
              hidden
              onChange={(event) => {
                read(event.target.files?.[0]);
                event.target.value = '';
              }}
            />
            <Button icon={<FileUp size={16} />} onPress={() => input.current?.click()}>
              {words('addThing.file')}
            </Button>
            <Button onPress={() => setText(JSON.stringify(example, null, 2))}>
              {words('addThing.example')}
            </Button>
            <Button onPress={() => setText(JSON.stringify(exampleModel, null, 2))}>
              {words('terminal.import.exampleModel')}
            </Button>
          </div>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is one more way; the button beside it does the same */}
          <div ref={box} onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
            <TextField
              label={words('terminal.import.text')}
              help={words('addThing.help')}
              lines={20}
              code
              value={text}
              onChange={setText}
              fault={
                fileFault ??
                (text.trim() === '' || parsed.fault === undefined
                  ? undefined
                  : words('addThing.notJson', { why: parsed.fault }))
              }
            />
          </div>
          {made === undefined ? members : null}
          {isModel ? null : (
            <div>
              <Button
                kind="primary"
                pending={busy}
                disabledReason={fixFirst}
                onPress={() => void register(parsed.value)}
              >
                {words('addThing.register')}
              </Button>
            </div>
          )}
        </div>
      </Section>
      {isModel ? (
        <Section title={words('terminal.import.model')} note={words('terminal.import.modelNote')}>
          <form
            noValidate
            className={styles.stack}
            onSubmit={(event) => {
              event.preventDefault();
              if (fixFirst === undefined && missing.length === 0) void fill();
            }}
          >
            {placeholders.length === 0 ? <p>{words('terminal.import.noPlaceholders')}</p> : null}
            <div className={`${styles.form} ${styles.stack}`}>
              {placeholders.map((name) => (
                <TextField
                  key={name}
                  label={name}
                  value={values[name] ?? ''}
                  onChange={(value) => {
                    setMade(undefined);
                    setValues({ ...values, [name]: value });
                  }}
                  required
                  code
                />
              ))}
            </div>
            <div>
              <Button
                type="submit"
                kind={made === undefined ? 'primary' : 'plain'}
                pending={busy}
                disabledReason={
                  fixFirst ??
                  (missing.length > 0
                    ? words('terminal.import.fillFirst', { names: missing.slice(0, 5).join(', ') })
                    : undefined)
                }
              >
                {words('terminal.import.make')}
              </Button>
            </div>
          </form>
        </Section>
      ) : null}
      {made === undefined ? null : (
        <Section title={words('terminal.choose.preview')} note={words('terminal.import.notSaved')}>
          <div className={styles.stack}>
            <CodeBlock tall label={words('terminal.choose.preview')} text={JSON.stringify(made, null, 2)} />
            {members}
            <div className={styles.buttons}>
              <Button kind="primary" pending={busy} onPress={() => void register(made)}>
                {words('addThing.register')}
              </Button>
              <Button onPress={() => setMade(undefined)}>{uiWords('action.cancel')}</Button>
            </div>
          </div>
        </Section>
      )}
    </Page>
  );
}

/** Values of the placeholders; what reads as a number or a boolean is one, as a model may use it as such. */
function valuesOf(values: Record<string, string>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => {
      const text = values[name] ?? '';
      if (text === 'true' || text === 'false') return [name, text === 'true'];
      return [name, /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text) ? Number(text) : text];
    }),
  );
}

function parse(text: string): { value?: Record<string, unknown>; fault?: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as Record<string, unknown> }
      : { fault: '{…}' };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
