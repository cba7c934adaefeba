import type { PlantNode, SeriesRef, ThingDescription } from '@millrace/contract';
import {
  type CheckLine,
  CheckTree,
  EmptyState,
  SearchField,
  titleOf,
  unitSymbol,
  useLanguage,
} from '@millrace/ui';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { plantQuery, thingsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';

/** Things found by a search, and things listed at one place. */
const foundMax = 50;
const atPlaceMax = 500;

/** The plant as a tree down to properties, or what a search finds. `several`: more than one may be checked. */
export function PropertyPicker({
  chosen,
  most,
  onChange,
}: {
  chosen: readonly SeriesRef[];
  most: number;
  onChange: (chosen: SeriesRef[]) => void;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const plant = useQuery(plantQuery);
  const nodes = (plant.data ?? []) as PlantNode[];
  const openPlaces = nodes.filter(({ path }) => open.has(`p:${path}`)).map(({ path }) => path);
  const there = useQueries({ queries: openPlaces.map((path) => thingsQuery(path, 0, atPlaceMax)) });
  const found = useQuery({
    queryKey: ['things-found', wanted],
    queryFn: async () =>
      (await take(
        api.GET('/api/things', { params: { query: { text: wanted, limit: foundMax } } }),
      )) as unknown as ThingDescription[],
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
  });
  const keys = useMemo(() => new Set(chosen.map(({ thing, property }) => `${thing}\n${property}`)), [chosen]);

  const lines: CheckLine[] = [];
  const addThing = (thing: ThingDescription, depth: number, always: boolean): void => {
    const id = `t:${thing.id}`;
    const isOpen = always !== open.has(id);
    lines.push({ id, depth, label: titleOf(thing, language, thing.id), detail: thing.id, open: isOpen });
    if (!isOpen) return;
    const readable = Object.entries(thing.properties ?? {}).filter(
      ([, property]) => property.writeOnly !== true,
    );
    if (readable.length === 0)
      lines.push({ id: `n:${thing.id}`, depth: depth + 1, label: words('dashboard.noProperties') });
    for (const [name, property] of readable) {
      const key = `${thing.id}\n${name}`;
      lines.push({
        id: `v:${key}`,
        depth: depth + 1,
        label: titleOf(property, language, name),
        ...(property.unit === undefined ? {} : { note: unitSymbol(property.unit) }),
        checked: keys.has(key),
      });
    }
  };
  if (wanted !== '') for (const thing of found.data ?? []) addThing(thing, 0, (found.data ?? []).length <= 8);
  else {
    const walk = (parent: string, depth: number): void => {
      for (const node of nodes) {
        const isChild =
          node.path !== '' &&
          (node.path.includes('/') ? node.path.slice(0, node.path.lastIndexOf('/')) : '') === parent;
        if (!isChild) continue;
        const id = `p:${node.path}`;
        const isOpen = open.has(id);
        lines.push({ id, depth, label: node.name, open: isOpen });
        if (!isOpen) continue;
        walk(node.path, depth + 1);
        addThings(node.path, depth + 1);
      }
    };
    const addThings = (path: string, depth: number): void => {
      const answer = there[openPlaces.indexOf(path)];
      if (answer === undefined) return;
      for (const thing of answer.data ?? [])
        if ((thing['millrace:place'] ?? '') === path) addThing(thing, depth, false);
    };
    walk('', 0);
    // Things without a place stand at the top, once there is nothing else or somebody asks for the whole plant.
    const root = nodes.find(({ path }) => path === '');
    if (root !== undefined) {
      const isOpen = open.has('p:');
      lines.push({ id: 'p:', depth: 0, label: words('dashboard.wholePlant'), open: isOpen });
      if (isOpen) addThings('', 1);
    }
  }

  const check = (id: string, checked: boolean): void => {
    const [thing = '', property = ''] = id.slice(2).split('\n');
    const without = chosen.filter((one) => one.thing !== thing || one.property !== property);
    if (!checked) onChange(without);
    // Where one is shown, choosing another takes its place.
    else if (most === 1) onChange([{ thing, property }]);
    else if (without.length < most) onChange([...without, { thing, property }]);
  };

  return (
    <>
      <SearchField label={words('dashboard.find')} value={text} onChange={setText} />
      {wanted !== '' && found.data?.length === 0 ? (
        <EmptyState icon={<Search size={32} />} title={words('dashboard.noFind')} />
      ) : (
        <CheckTree
          label={words('dashboard.plant')}
          lines={lines}
          checkLabel={(line) => words('dashboard.pick', { name: line.label })}
          onOpen={(id, next) => {
            // In a short list of what was found things are open from the start, and the set holds those that were closed.
            const always = wanted !== '' && (found.data ?? []).length <= 8;
            const changed = new Set(open);
            if (next !== always) changed.add(id);
            else changed.delete(id);
            setOpen(changed);
          }}
          onCheck={check}
        />
      )}
    </>
  );
}
