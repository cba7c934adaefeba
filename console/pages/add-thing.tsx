import { limits, noSecurity, thingContext } from '@millrace/contract';
import {
  Button,
  ErrorState,
  formatBytes,
  notify,
  Page,
  type ProblemWords,
  Section,
  TextField,
  titleOf,
  useLanguage,
} from '@millrace/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { useConsoleWords } from '../words/index.ts';
import styles from './thing/thing.module.css';

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

/** Registers a thing by its Thing Description. */
export function AddThingPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [fileFault, setFileFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const parsed = parse(text);

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
  const register = () => {
    if (parsed.value === undefined) return;
    setBusy(true);
    setProblem(undefined);
    take(api.POST('/api/things', { body: parsed.value as never }))
      .then(
        async (made) => {
          await queryClient.invalidateQueries();
          const id = made.id ?? '';
          notify({ kind: 'info', title: words('addThing.done', { thing: titleOf(made, language, id) }) });
          await navigate({ to: '/things/$id', params: { id } });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <Page title={words('addThing.title')} note={words('addThing.note')}>
      <Section>
        <div className={styles.stack}>
          <div className={styles.row}>
            <input
              ref={input}
              type="file"
              accept=".json,.jsonld,.td,application/td+json,application/json"
              hidden
              onChange={(event) => read(event.target.files?.[0])}
            />
            <Button icon={<FileUp size={16} />} onPress={() => input.current?.click()}>
              {words('addThing.file')}
            </Button>
            <Button onPress={() => setText(JSON.stringify(example, null, 2))}>
              {words('addThing.example')}
            </Button>
          </div>
          <TextField
            label={words('addThing.description')}
            help={words('addThing.help')}
            lines={22}
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
          {problem === undefined ? null : <ErrorState problem={problem} />}
          <div>
            <Button
              kind="primary"
              pending={busy}
              disabledReason={parsed.value === undefined ? words('addThing.fixFirst') : undefined}
              onPress={register}
            >
              {words('addThing.register')}
            </Button>
          </div>
        </div>
      </Section>
    </Page>
  );
}

function parse(text: string): { value?: object; fault?: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value }
      : { fault: '{…}' };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
