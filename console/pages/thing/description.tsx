import type { ThingDescription } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  type Column,
  descriptionOf,
  ErrorState,
  Facts,
  fileName,
  Instant,
  notify,
  type ProblemWords,
  Section,
  saveText,
  Table,
  TextField,
  titleOf,
  unitSymbol,
  useBandText,
  useLanguage,
} from '@millrace/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Download, Pencil } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { PlacePath } from '../../shell/place-path.tsx';
import { useConsoleWords } from '../../words/index.ts';
import styles from './thing.module.css';

type PropertyRow = { name: string; property: NonNullable<ThingDescription['properties']>[string] };

/** The Thing Description: for a reader, as the JSON it is, to be changed and taken along. */
export function DescriptionTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const bandText = useBandText();
  const [editing, setEditing] = useState(false);
  const text = useMemo(() => JSON.stringify(thing, null, 2), [thing]);
  const rows = Object.entries(thing.properties ?? {}).map(([name, property]) => ({ name, property }));
  const columns = useMemo<Column<PropertyRow>[]>(
    () => [
      {
        id: 'name',
        title: words('thing.property'),
        width: 'minmax(9rem, 1.4fr)',
        phone: 'title',
        value: (row) => row.name,
        render: (row) => (
          <span className={styles.name}>
            <b>{titleOf(row.property, language, row.name)}</b>
            <span className={styles.faint}>{row.name}</span>
          </span>
        ),
      },
      {
        id: 'type',
        title: words('thing.description.type'),
        width: '7rem',
        value: (row) => row.property.type ?? '',
        render: (row) => row.property.type ?? '–',
      },
      {
        id: 'unit',
        title: words('thing.unit'),
        width: '6rem',
        value: (row) => unitSymbol(row.property.unit) ?? '',
        render: (row) => unitSymbol(row.property.unit) ?? '–',
      },
      {
        id: 'normal',
        title: words('thing.normal'),
        width: 'minmax(9rem, 1fr)',
        value: (row) =>
          bandText(row.property['millrace:normal'], row.property.unit, row.property['millrace:decimals']),
        render: (row) =>
          bandText(row.property['millrace:normal'], row.property.unit, row.property['millrace:decimals']) ||
          '–',
      },
      {
        id: 'form',
        title: words('thing.description.address'),
        width: 'minmax(12rem, 2fr)',
        value: (row) => row.property.forms?.[0]?.href ?? '',
        render: (row) => <code className={styles.faint}>{row.property.forms?.[0]?.href ?? '–'}</code>,
      },
    ],
    [words, language, bandText],
  );

  if (editing) return <Editor thing={thing} onDone={() => setEditing(false)} />;
  const about = descriptionOf(thing, language);
  return (
    <div className={styles.stack}>
      <Section
        title={words('thing.tabs.description')}
        actions={
          <>
            <Button icon={<Pencil size={16} />} onPress={() => setEditing(true)}>
              {words('thing.description.edit')}
            </Button>
            <Button
              icon={<Download size={16} />}
              onPress={() =>
                saveText(`${fileName(titleOf(thing, 'en', thing.id))}.td.jsonld`, text, 'application/td+json')
              }
            >
              {words('thing.description.download')}
            </Button>
          </>
        }
      >
        <Facts
          facts={[
            { name: words('thing.description.title'), value: titleOf(thing, language, thing.id) },
            { name: words('thing.description.id'), value: <code>{thing.id}</code> },
            {
              name: words('thing.description.types'),
              value: [thing['@type'] ?? []].flat().join(', ') || '–',
            },
            {
              name: words('thing.description.place'),
              value:
                thing['millrace:place'] === undefined ? (
                  words('plant.noPlace')
                ) : (
                  <PlacePath path={thing['millrace:place']} />
                ),
            },
            ...(about === undefined ? [] : [{ name: words('thing.description.about'), value: about }]),
            ...(thing.base === undefined
              ? []
              : [{ name: words('thing.description.base'), value: <code>{thing.base}</code> }]),
            ...(thing.created === undefined
              ? []
              : [{ name: words('thing.description.created'), value: <Instant time={thing.created} /> }]),
            ...(thing.modified === undefined
              ? []
              : [{ name: words('thing.description.modified'), value: <Instant time={thing.modified} /> }]),
          ]}
        />
      </Section>
      {rows.length === 0 ? null : (
        <Section title={words('thing.description.properties')} flush>
          <Table
            label={words('thing.description.properties')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.name}
          />
        </Section>
      )}
      <Section title={words('thing.description.json')} note={words('thing.description.jsonHelp')}>
        <CodeBlock label={words('thing.description.json')} text={text} tall />
      </Section>
    </div>
  );
}

function Editor({ thing, onDone }: { thing: ThingDescription; onDone: () => void }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(thing, null, 2));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const parsed = parse(text);
  const lost = parsed.value === undefined ? [] : lostProperties(thing, parsed.value);
  const save = () => {
    const value = parsed.value;
    if (value === undefined) return;
    setBusy(true);
    setProblem(undefined);
    take(api.PUT('/api/things/{id}', { params: { path: { id: thing.id } }, body: value as never }))
      .then(
        async () => {
          await Promise.all([
            queryClient.invalidateQueries({ queryKey: ['thing', thing.id] }),
            queryClient.invalidateQueries({ queryKey: ['plant'] }),
            queryClient.invalidateQueries({ queryKey: ['thing-states'] }),
          ]);
          notify({ kind: 'info', title: words('thing.description.saved') });
          onDone();
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <Section title={words('thing.description.edit')} note={words('thing.description.editHelp')}>
      <div className={styles.stack}>
        <TextField
          label={words('thing.description.json')}
          lines={26}
          code
          value={text}
          onChange={setText}
          fault={
            parsed.fault === undefined ? undefined : words('thing.description.notJson', { why: parsed.fault })
          }
        />
        {lost.length === 0 ? null : <p>{words('thing.description.lost', { names: lost.join(', ') })}</p>}
        {problem === undefined ? null : <ErrorState problem={problem} />}
        <div className={styles.row}>
          <Button
            kind="act"
            pending={busy}
            disabledReason={parsed.value === undefined ? words('thing.description.fixFirst') : undefined}
            onPress={save}
          >
            {words('thing.description.save')}
          </Button>
          <Button onPress={onDone}>{words('thing.description.discard')}</Button>
        </div>
      </div>
    </Section>
  );
}

/** Reads JSON; the fault is the engine's own, which names the place. */
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

/** Properties that would be gone, and with them the way to their history. */
function lostProperties(before: ThingDescription, after: Record<string, unknown>): string[] {
  const kept =
    typeof after['properties'] === 'object' && after['properties'] !== null ? after['properties'] : {};
  return Object.keys(before.properties ?? {}).filter((name) => !Object.hasOwn(kept, name));
}
