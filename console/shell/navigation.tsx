import { formatCount, Mark, type MarkKind, Tree, type TreeNode, urgency, useLanguage } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import {
  Activity,
  Bell,
  Blocks,
  Cable,
  Download,
  Info,
  LayoutDashboard,
  LayoutGrid,
  RadioTower,
  ScrollText,
  Settings,
  Share2,
  ShieldAlert,
  Sparkles,
  Users,
  Zap,
} from 'lucide-react';
import { useMemo } from 'react';
import { plantQuery, proposalsQuery, quarantineQuery } from '../api/queries.ts';
import { useMay } from '../pages/access/permission.ts';
import { useConsoleWords } from '../words/index.ts';
import styles from './navigation.module.css';

/** The left side: what there is to look at, the plant as a tree, what runs it. */
export function Navigation() {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const plant = useQuery(plantQuery);
  const may = useMay();
  // Of the whole plant: who may not see that is not shown a count, nor asks for one.
  const whole = may('read', '');
  const quarantine = useQuery({ ...quarantineQuery(0, 1), enabled: whole });
  const proposals = useQuery({ ...proposalsQuery, enabled: whole });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const params = useParams({ strict: false }) as { _splat?: string };
  const selected = path.startsWith('/places/') ? params._splat : undefined;

  const nodes = useMemo<TreeNode[]>(
    () =>
      (plant.data ?? [])
        .filter((node) => node.path !== '')
        .map((node) => ({
          id: node.path,
          parent: node.path.includes('/') ? node.path.slice(0, node.path.lastIndexOf('/')) : undefined,
          label: node.name,
          note: <NodeNote states={node.states} things={node.things} />,
        })),
    [plant.data],
  );

  const quarantined = quarantine.data?.total ?? 0;
  const proposed = proposals.data?.length ?? 0;
  return (
    <div className={styles.navigation}>
      <ul className={styles.list}>
        <Item to="/" icon={<LayoutDashboard size={18} />} text={words('nav.plant')} />
        <Item to="/apps" icon={<Blocks size={18} />} text={words('nav.apps')} />
        <Item to="/commands" icon={<Zap size={18} />} text={words('command.nav')} />
        <Item to="/network" icon={<RadioTower size={18} />} text={words('network.nav')} />
        <Item to="/alarms" icon={<Bell size={18} />} text={words('alarm.nav')} />
        <Item to="/live" icon={<Activity size={18} />} text={words('nav.live')} />
        <Item to="/dashboards" icon={<LayoutGrid size={18} />} text={words('dashboard.title')} />
      </ul>
      <div className={styles.tree}>
        {nodes.length === 0 ? (
          <p className={styles.hint}>{plant.isPending ? '' : words('nav.noPlaces')}</p>
        ) : (
          <Tree
            label={words('nav.places')}
            nodes={nodes}
            selected={selected}
            openDepth={2}
            onSelect={(id) => void navigate({ to: '/places/$', params: { _splat: id } })}
          />
        )}
      </div>
      <ul className={styles.list}>
        {whole ? (
          <>
            <Item to="/terminals" icon={<Cable size={18} />} text={words('nav.terminals')} />
            <Item
              to="/proposals"
              icon={<Sparkles size={18} />}
              text={words('nav.proposals')}
              count={proposed === 0 ? undefined : formatCount(proposed, language)}
            />
            <Item
              to="/quarantine"
              icon={<ShieldAlert size={18} />}
              text={words('nav.quarantine')}
              count={quarantined === 0 ? undefined : formatCount(quarantined, language)}
            />
          </>
        ) : null}
        <Item to="/export" icon={<Download size={18} />} text={words('nav.export')} />
        <Item to="/data-out" icon={<Share2 size={18} />} text={words('dashboard.out.title')} />
        {may('administer', '') ? (
          <Item to="/people" icon={<Users size={18} />} text={words('access.nav.people')} />
        ) : null}
        {may('audit') ? (
          <Item to="/audit" icon={<ScrollText size={18} />} text={words('access.nav.audit')} />
        ) : null}
        <Item to="/settings" icon={<Settings size={18} />} text={words('nav.settings')} />
        <Item to="/about" icon={<Info size={18} />} text={words('nav.about')} />
      </ul>
    </div>
  );
}

function Item({
  to,
  icon,
  text,
  count,
}: {
  to:
    | '/'
    | '/apps'
    | '/live'
    | '/dashboards'
    | '/data-out'
    | '/alarms'
    | '/network'
    | '/commands'
    | '/terminals'
    | '/proposals'
    | '/quarantine'
    | '/export'
    | '/people'
    | '/audit'
    | '/settings'
    | '/about';
  icon: React.ReactNode;
  text: string;
  count?: string | undefined;
}) {
  return (
    <li>
      <Link
        to={to}
        className={styles.item}
        activeOptions={{ exact: to === '/', includeSearch: false }}
        activeProps={{ className: styles.active ?? '', 'aria-current': 'page' }}
      >
        {icon}
        <span className={styles.text}>{text}</span>
        {count === undefined ? null : <span className={styles.count}>{count}</span>}
      </Link>
    </li>
  );
}

const stateKinds: readonly MarkKind[] = ['bad', 'outside', 'uncertain', 'stale'];

/** How many things are abnormal below a node, with the mark of the worst; nothing for a healthy one. */
function NodeNote({ states, things }: { states: Record<string, number>; things: number }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const present = stateKinds
    .filter((kind) => (states[kind] ?? 0) > 0)
    .sort((a, b) => urgency[a] - urgency[b]);
  const worst = present[0];
  if (worst === undefined) return <span className={styles.quiet}>{formatCount(things, language)}</span>;
  const count = present.reduce((sum, kind) => sum + (states[kind] ?? 0), 0);
  return (
    <span className={styles.note} title={words('nav.abnormal', { count })}>
      <Mark kind={worst} size={14} />
      {formatCount(count, language)}
      <span className="visually-hidden">{words('nav.abnormal', { count })}</span>
    </span>
  );
}
