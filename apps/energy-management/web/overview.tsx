import type { LocalText } from '@millrace/contract';
import {
  EmptyState,
  Page,
  Section,
  SelectField,
  Table,
  useApp,
  useLanguage,
  useLocalText,
  usePlantTime,
} from '@millrace/ui';
import { type Carrier, carrierNames, carriers, isCarrier } from '../model/carrier.ts';
import { formatAmount } from './amount.ts';
import { Answer } from './answer.tsx';
import { DayChart } from './day-chart.tsx';
import styles from './energy.module.css';
import { Generated } from './generated.tsx';
import { asQuery, useEnergyRange } from './range.ts';
import { useEnergyWords } from './words.ts';

interface NodeAmount {
  amount: number;
  counts: Record<string, number>;
  peak: number;
  cost: number;
  carbon: number;
}
interface Node {
  place: string;
  name: string;
  cost: number;
  carbon: number;
  things: number;
  amounts: Partial<Record<Carrier, NodeAmount>>;
}
interface Nodes {
  currency: string;
  generatedUntil: string | null;
  nodes: Node[];
}
interface Consumption {
  by: string;
  sum: { amount: number; counts: Record<string, number> };
  cost: {
    currency: string;
    energy: number;
    demand: number;
    periods: { id: string; title: LocalText; amount: number; cost: number }[];
    unpriced: number;
    peak: number;
    carbon: number;
  };
  periods: { start: string; amount: number | null; how: string }[];
}

/** Things that give a node's live indicators: as the application names them. */
const liveThing = (place: string): string =>
  `urn:millrace:app:energy-management:node:${place === '' ? 'plant' : place.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}`;

export function OverviewPage() {
  const words = useEnergyWords();
  const app = useApp();
  const range = useEnergyRange();
  const [search, setSearch] = app.useSearch();
  const answer = app.useAnswer<Nodes>('/nodes', asQuery(range), 60);
  return (
    <Page title={words('overview.title')} note={range.widened ? words('atLeastDay') : undefined}>
      <Answer answer={answer}>
        {(data) => {
          const nodes = withoutRepeats(data.nodes);
          if (nodes.every((node) => node.things === 0))
            return <EmptyState title={words('overview.empty')}>{words('overview.emptyHow')}</EmptyState>;
          const place = nodes.some((node) => node.place === search['place'])
            ? search['place']!
            : nodes[0]!.place;
          const named = search['carrier'] ?? '';
          const carrier = isCarrier(named) ? named : 'electricity';
          return (
            <div className={styles.stack}>
              <Generated until={data.generatedUntil} from={range.from} />
              <LiveTiles place={place} currency={data.currency} />
              <Chosen place={place} carrier={carrier} nodes={nodes} onChange={setSearch} />
              <NodeTable
                nodes={nodes}
                currency={data.currency}
                onOpen={(next) => setSearch({ place: next })}
              />
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}

/** A node that has one node below it and nothing of its own says nothing that the other does not. */
function withoutRepeats(nodes: readonly Node[]): Node[] {
  return nodes.filter((node, index) => {
    const below = nodes[index + 1];
    return !(
      below !== undefined &&
      (node.place === '' || below.place.startsWith(`${node.place}/`)) &&
      below.things === node.things
    );
  });
}

function LiveTiles({ place, currency }: { place: string; currency: string }) {
  const words = useEnergyWords();
  const language = useLanguage();
  const app = useApp();
  const thing = liveThing(place);
  app.useLiveThings([thing]);
  const power = app.useLatest(thing, 'power');
  const quarter = app.useLatest(thing, 'quarterExpected');
  const cost = app.useLatest(thing, 'costPerHour');
  const carbon = app.useLatest(thing, 'carbonPerHour');
  const shown = (value: typeof power, unit: string) => {
    const old = value === undefined || Date.now() - value.time > 30_000;
    return (
      <dd>
        {old || typeof value?.value !== 'number' ? '–' : formatAmount(value.value, language, 1)}{' '}
        <small>{unit}</small>
        {old ? <small> {words('overview.notLive')}</small> : null}
      </dd>
    );
  };
  return (
    <dl className={styles.tiles} aria-label={words('overview.now')}>
      <div className={styles.tile}>
        <dt>{words('overview.power')}</dt>
        {shown(power, 'kW')}
      </div>
      <div className={styles.tile}>
        <dt>{words('overview.quarterExpected')}</dt>
        {shown(quarter, 'kW')}
      </div>
      <div className={styles.tile}>
        <dt>{words('overview.costPerHour')}</dt>
        {shown(cost, currency)}
      </div>
      <div className={styles.tile}>
        <dt>{words('overview.carbonPerHour')}</dt>
        {shown(carbon, 'kg CO₂e')}
      </div>
    </dl>
  );
}

function Chosen({
  place,
  carrier,
  nodes,
  onChange,
}: {
  place: string;
  carrier: Carrier;
  nodes: readonly Node[];
  onChange: (change: Record<string, string | undefined>) => void;
}) {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const plant = usePlantTime();
  const app = useApp();
  const range = useEnergyRange();
  const answer = app.useAnswer<Consumption>('/consumption', { ...asQuery(range), place, carrier }, 60);
  const { unit, title } = carriers[carrier];
  const name = place === '' ? words('plant') : (place.split('/').at(-1) ?? place);
  const present = carrierNames.filter((one) => nodes.some((node) => node.amounts[one] !== undefined));
  return (
    <Section
      title={words('overview.byTime', { carrier: local(title), place: name })}
      actions={
        <div className={styles.row}>
          <SelectField
            compact
            label={words('place')}
            value={place}
            options={nodes.map((node) => ({
              value: node.place,
              title: node.place === '' ? words('plant') : node.place.split('/').slice(-2).join(' / '),
            }))}
            onChange={(next) => onChange({ place: next })}
          />
          <SelectField
            compact
            label={words('carrier')}
            value={carrier}
            options={present.map((one) => ({ value: one, title: local(carriers[one].title) }))}
            onChange={(next) => onChange({ carrier: next })}
          />
        </div>
      }
    >
      <Answer answer={answer}>
        {({ periods, cost, sum, by }) => (
          <div className={styles.stack}>
            <DayChart
              label={words('overview.byTime', { carrier: local(title), place: name })}
              unit={unit}
              labels={periods.map((period) =>
                by === 'day'
                  ? plant.date(Date.parse(period.start)).slice(5)
                  : plant.clock(Date.parse(period.start)).slice(0, 5),
              )}
              layers={[
                {
                  kind: 'bars',
                  title: words('use'),
                  values: periods.map((period) => period.amount),
                  faint: (index) => periods[index]!.how !== 'measured',
                },
              ]}
            />
            <dl className={styles.tiles}>
              <div className={styles.tile}>
                <dt>{words('use')}</dt>
                <dd>
                  {formatAmount(sum.amount, language)} <small>{unit}</small>
                </dd>
              </div>
              <div className={styles.tile}>
                <dt>{words('cost')}</dt>
                <dd>
                  {formatAmount(cost.energy, language)} <small>{cost.currency}</small>
                </dd>
              </div>
              <div className={styles.tile}>
                <dt>{words('emissions')}</dt>
                <dd>
                  {formatAmount(cost.carbon, language)} <small>kg CO₂e</small>
                </dd>
              </div>
              <div className={styles.tile}>
                <dt>{words('peak')}</dt>
                <dd>
                  {formatAmount(cost.peak, language)} <small>{unit === 'kWh' ? 'kW' : `${unit}/h`}</small>
                </dd>
              </div>
            </dl>
            {cost.periods.length < 2 ? null : (
              <Table
                label={words('overview.periods')}
                rows={cost.periods}
                rowKey={(row) => row.id}
                columns={[
                  {
                    id: 'title',
                    title: words('overview.periods'),
                    render: (row) => local(row.title),
                    phone: 'title',
                  },
                  {
                    id: 'amount',
                    title: unit,
                    align: 'end',
                    value: (row) => row.amount,
                    render: (row) => formatAmount(row.amount, language),
                  },
                  {
                    id: 'cost',
                    title: cost.currency,
                    align: 'end',
                    value: (row) => row.cost,
                    render: (row) => formatAmount(row.cost, language, 2),
                  },
                ]}
              />
            )}
            {cost.unpriced > 0 ? (
              <p>
                {words('overview.unpriced', { amount: `${formatAmount(cost.unpriced, language)} ${unit}` })}
              </p>
            ) : null}
            <Provenance counts={sum.counts} />
          </div>
        )}
      </Answer>
    </Section>
  );
}

export function Provenance({ counts }: { counts: Record<string, number> }) {
  const words = useEnergyWords();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <p className={styles.faint}>
      {words('how.title')}:{' '}
      {counts['measured'] === total
        ? words('how.all')
        : words('how.some', {
            measured: counts['measured'] ?? 0,
            interpolated: counts['interpolated'] ?? 0,
            estimated: counts['estimated'] ?? 0,
            missing: counts['missing'] ?? 0,
          })}
    </p>
  );
}

function NodeTable({
  nodes,
  currency,
  onOpen,
}: {
  nodes: readonly Node[];
  currency: string;
  onOpen: (place: string) => void;
}) {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const base = nodes[0]!.place === '' ? 0 : nodes[0]!.place.split('/').length;
  const present = carrierNames.filter((one) => nodes.some((node) => node.amounts[one] !== undefined));
  const known = (amount: NodeAmount | undefined): number | undefined =>
    amount === undefined ||
    Object.entries(amount.counts).every(([how, count]) => how === 'missing' || count === 0)
      ? undefined
      : amount.amount;
  return (
    <Section title={words('overview.byPlace')} flush>
      <Table
        label={words('overview.byPlace')}
        rows={nodes}
        rowKey={(node) => node.place}
        onOpen={(node) => onOpen(node.place)}
        csv="energy-by-place"
        columns={[
          {
            id: 'place',
            title: words('place'),
            width: 'minmax(12rem, 2fr)',
            phone: 'title',
            value: (node) => node.place,
            render: (node) => (
              <span
                style={{
                  paddingInlineStart: `${Math.max(0, (node.place === '' ? 0 : node.place.split('/').length) - base)}rem`,
                }}
              >
                {node.name === '' ? words('plant') : node.name}
              </span>
            ),
          },
          ...present.map((carrier) => ({
            id: carrier,
            title: `${local(carriers[carrier].title)} (${carriers[carrier].unit})`,
            align: 'end' as const,
            value: (node: Node) => known(node.amounts[carrier]),
            render: (node: Node) => {
              const amount = known(node.amounts[carrier]);
              return amount === undefined ? '–' : formatAmount(amount, language);
            },
          })),
          {
            id: 'cost',
            title: `${words('cost')} (${currency})`,
            align: 'end',
            value: (node) => node.cost,
            render: (node) => formatAmount(node.cost, language, 2),
          },
          {
            id: 'carbon',
            title: 'kg CO₂e',
            align: 'end',
            value: (node) => node.carbon,
            render: (node) => formatAmount(node.carbon, language),
          },
        ]}
      />
    </Section>
  );
}
