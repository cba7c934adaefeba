import type { BrowseNode, PropertyAffordance } from '@millrace/contract';
import {
  Button,
  type CheckLine,
  CheckTree,
  EmptyState,
  ErrorState,
  formatValue,
  notify,
  SearchField,
  Section,
  Skeleton,
  Tabs,
  titleOf,
  unitSymbol,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { RefreshCw } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useConsoleWords } from '../../words/index.ts';
import { linesOf, nodeIdOf, top } from './browse-model.ts';
import { type Point, pointsMax, typeOf, withNodes, withoutKeys } from './draft.ts';
import { HandRegisters } from './hand-registers.tsx';
import { usePeerWords } from './peer-problem.tsx';
import type { HandRegister } from './registers.ts';
import styles from './terminals.module.css';
import { type Browsing, foldersAtOnceMax } from './use-browse.ts';

/** The folder opened last is read again this often, so that its values live. */
const againMilliseconds = 4000;
const valueCharactersMax = 60;

/** What the terminal offers, as a tree to choose from; for Modbus also registers typed in by hand. */
export function BrowseStep({
  protocol,
  browsing,
  settings,
  connection,
  points,
  onPoints,
  hand,
  onHand,
  handFaults,
  onNext,
  onBack,
}: {
  protocol: string;
  browsing: Browsing;
  settings: Record<string, unknown>;
  connection: string | undefined;
  points: readonly Point[];
  onPoints: (points: readonly Point[]) => void;
  hand: readonly HandRegister[];
  onHand: (lines: readonly HandRegister[]) => void;
  /** A line typed in by hand cannot be used as it stands. */
  handFaults: boolean;
  onNext: () => void;
  onBack: () => void;
}) {
  const words = useConsoleWords();
  const [tab, setTab] = useState<'browse' | 'hand'>(hand.length > 0 ? 'hand' : 'browse');
  const count = points.length + hand.length;
  const next = (
    <div className={styles.buttons}>
      <Button onPress={onBack}>{words('terminal.add.back')}</Button>
      <span className={styles.count} role="status">
        {words('terminal.browse.chosen', { count })}
      </span>
      {points.length === 0 ? null : (
        <Button kind="quiet" onPress={() => onPoints([])}>
          {words('terminal.browse.chooseNone')}
        </Button>
      )}
      <Button
        kind="primary"
        onPress={onNext}
        disabledReason={
          count === 0
            ? words('terminal.browse.chooseFirst')
            : handFaults
              ? words('terminal.modbus.completeFirst')
              : undefined
        }
      >
        {words('terminal.add.next')}
      </Button>
    </div>
  );
  const tree = <BrowseTree protocol={protocol} browsing={browsing} points={points} onPoints={onPoints} />;
  return (
    <div className={styles.stack}>
      {protocol !== 'modbus' ? (
        <Section title={words('terminal.browse.title')} note={words('terminal.browse.note')}>
          {tree}
        </Section>
      ) : (
        <Tabs
          label={words('terminal.browse.how')}
          selected={tab}
          onSelect={setTab}
          items={[
            {
              id: 'browse',
              title: words('terminal.browse.lookAround'),
              content: () => (
                <Section note={words('terminal.modbus.browseNote')} title={words('terminal.browse.title')}>
                  {tree}
                </Section>
              ),
            },
            {
              id: 'hand',
              title: words('terminal.browse.byHand'),
              ...(hand.length === 0 ? {} : { note: String(hand.length) }),
              content: () => (
                <HandRegisters lines={hand} onChange={onHand} settings={settings} connection={connection} />
              ),
            },
          ]}
        />
      )}
      {next}
    </div>
  );
}

function BrowseTree({
  protocol,
  browsing,
  points,
  onPoints,
}: {
  protocol: string;
  browsing: Browsing;
  points: readonly Point[];
  onPoints: (points: readonly Point[]) => void;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const peerWords = usePeerWords();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const lastOpened = useRef<string>(undefined);
  const { branches, open, setOpen, read, readAll } = browsing;
  const chosen = useMemo(() => new Set(points.map((point) => point.key)), [points]);
  const root = branches.get(top);

  useEffect(() => {
    if (root === undefined) void read(top);
  }, [root, read]);

  // Values of the folder looked at last are read again, one request after the other, while somebody looks.
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout>;
    const again = async () => {
      const node = lastOpened.current;
      if (node !== undefined && document.visibilityState === 'visible') await read(node, true);
      if (!stopped) timer = setTimeout(again, againMilliseconds);
    };
    timer = setTimeout(again, againMilliseconds);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [read]);

  const found = useMemo(() => linesOf(branches, open, chosen, text), [branches, open, chosen, text]);
  const lines = useMemo<CheckLine[]>(
    () =>
      found.map((line) => {
        const affordance = line.node.affordance as PropertyAffordance | undefined;
        const title = titleOf(affordance, language, line.node.name);
        const failed = branches.get(line.node.id);
        const label = line.node.name === '…' ? words('terminal.browse.more') : nodeLabel(line.node, words);
        const detail = [
          title === line.node.name ? '' : title,
          line.node.detail === title ? '' : (line.node.detail ?? ''),
        ]
          .filter((part) => part !== '')
          .join(' · ');
        return {
          id: line.path,
          depth: line.depth,
          label,
          detail:
            failed?.state === 'failed'
              ? `${peerWords(failed.error).title}`
              : line.open === true && failed?.state === 'done' && failed.nodes.length === 0
                ? words('terminal.browse.nothingBelow')
                : detail,
          note: <Reading node={line.node} />,
          ...(line.open === undefined ? {} : { open: line.open }),
          loading: line.loading,
          ...(line.checked === undefined ? {} : { checked: line.checked }),
        };
      }),
    [found, branches, language, words, peerWords],
  );
  const nodes = useMemo(() => new Map(found.map((line) => [line.path, line.node])), [found]);

  const onOpen = (path: string, next: boolean) => {
    const id = nodeIdOf(path);
    setOpen(path, next);
    if (!next) return;
    lastOpened.current = id;
    const branch = branches.get(id);
    if (branch === undefined || branch.state === 'failed') void read(id);
  };
  const choose = (path: string, checked: boolean) => {
    const node = nodes.get(path);
    if (node === undefined) return;
    if (node.kind !== 'folder') {
      if (checked && points.length >= pointsMax) {
        notify({ kind: 'info', title: words('terminal.browse.tooMany', { count: pointsMax }) });
        return;
      }
      onPoints(checked ? withNodes(points, [node]) : withoutKeys(points, new Set([node.id])));
      return;
    }
    setBusy(true);
    void readAll(node.id).then(({ leaves, more }) => {
      setBusy(false);
      const keys = new Set(leaves.map((leaf) => leaf.id));
      const next = checked ? withNodes(points, leaves) : withoutKeys(points, keys);
      onPoints(next);
      if (checked) setOpen(path, true);
      if (more) {
        notify({ kind: 'info', title: words('terminal.browse.notAllRead', { count: foldersAtOnceMax }) });
      } else if (checked && leaves.length > 0 && next.length >= pointsMax) {
        notify({ kind: 'info', title: words('terminal.browse.tooMany', { count: pointsMax }) });
      } else if (leaves.length === 0) {
        notify({ kind: 'info', title: words('terminal.browse.nothingToChoose') });
      }
    });
  };

  if (root === undefined || root.state === 'loading') {
    return (
      <div role="status">
        <p className={styles.faint}>
          {words(protocol === 'mqtt-client' ? 'terminal.browse.listening' : 'terminal.browse.reading')}
        </p>
        <Skeleton height="2.75rem" rows={5} />
      </div>
    );
  }
  if (root.state === 'failed') {
    return <ErrorState problem={peerWords(root.error)} onRetry={() => void read(top)} />;
  }
  if (root.nodes.length === 0) {
    return (
      <EmptyState title={words('terminal.browse.empty')}>
        <p>
          {words(protocol === 'mqtt-client' ? 'terminal.browse.emptyBroker' : 'terminal.browse.emptyHelp')}
        </p>
        <Button icon={<RefreshCw size={16} />} onPress={() => void read(top)}>
          {words('terminal.browse.again')}
        </Button>
      </EmptyState>
    );
  }
  return (
    <div className={styles.stack} aria-busy={busy}>
      <div className={styles.row}>
        <SearchField label={words('terminal.browse.search')} value={text} onChange={setText} />
        <Button
          icon={<RefreshCw size={16} />}
          pending={busy}
          onPress={() => {
            const shown = found.filter((line) => line.open === true).map((line) => line.node.id);
            void [top, ...shown]
              .slice(0, foldersAtOnceMax)
              .reduce((before, node) => before.then(() => read(node, true)), Promise.resolve());
          }}
        >
          {words('terminal.browse.again')}
        </Button>
      </div>
      {lines.length === 0 ? (
        <p className={styles.faint}>{words('terminal.browse.notFound')}</p>
      ) : (
        <div className={styles.treeBox}>
          <CheckTree
            label={words('terminal.browse.title')}
            lines={lines}
            onOpen={onOpen}
            onCheck={choose}
            checkLabel={(line) =>
              words(line.open === undefined ? 'terminal.browse.choose' : 'terminal.browse.chooseAll', {
                name: line.label,
              })
            }
          />
        </div>
      )}
    </div>
  );
}

/** What a node reads at present, with unit and type. */
function Reading({ node }: { node: BrowseNode }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const affordance = node.affordance as PropertyAffordance | undefined;
  if (node.kind === 'action') return <>{words('terminal.browse.action')}</>;
  if (affordance === undefined) return null;
  const value =
    node.value === undefined
      ? undefined
      : formatValue(node.value, {
          language,
          decimals: affordance['millrace:decimals'],
          yes: uiWords('value.yes'),
          no: uiWords('value.no'),
          none: uiWords('value.none'),
        });
  return (
    <>
      {value === undefined ? null : (
        <b className={styles.reading}>
          {value.length > valueCharactersMax ? `${value.slice(0, valueCharactersMax)}…` : value}{' '}
          {unitSymbol(affordance.unit)}
        </b>
      )}{' '}
      <span className={styles.type}>{typeOf(affordance)}</span>
    </>
  );
}
/** Modbus names its four kinds of register in the standard's English; a reader knows them by the words of the field. */
function nodeLabel(node: BrowseNode, words: ReturnType<typeof useConsoleWords>): string {
  switch (node.name) {
    case 'HoldingRegister':
    case 'InputRegister':
    case 'Coil':
    case 'DiscreteInput':
      return words(`terminal.modbus.entities.${node.name}`);
    default:
      return node.name;
  }
}
