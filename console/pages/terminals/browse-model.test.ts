import type { BrowseNode } from '@millrace/contract';
import { expect, it } from 'vitest';
import { type Branch, leavesBelow, linesOf, nodeIdOf, top, unreadBelow } from './browse-model.ts';

const folder = (id: string): BrowseNode => ({ id, name: id, kind: 'folder', hasChildren: true });
const leaf = (id: string, hasChildren = false): BrowseNode => ({
  id,
  name: id,
  kind: 'property',
  hasChildren,
  affordance: { type: 'number', title: `Title of ${id}` },
});
const done = (...nodes: BrowseNode[]): Branch => ({ state: 'done', nodes });

const branches = new Map<string, Branch>([
  [top, done(folder('machine'), folder('server'))],
  ['machine', done(leaf('load', true), leaf('speed'), folder('axes'))],
  ['axes', done(leaf('x'))],
  ['load', done(leaf('load-raw'))],
]);

it('shows what is open, and folders as mixed until all in them is chosen', () => {
  const lines = linesOf(branches, new Set(['machine']), new Set(['load', 'x']));
  expect(lines.map((line) => [nodeIdOf(line.path), line.depth, line.open, line.checked])).toEqual([
    ['machine', 0, true, 'mixed'],
    ['load', 1, false, true],
    ['speed', 1, undefined, false],
    ['axes', 1, false, true],
    ['server', 0, false, false],
  ]);
  const all = linesOf(branches, new Set(), new Set(['load', 'speed', 'x']));
  expect(all[0]!.checked).toBe(true);
});

it('a search finds what is loaded, by name and title, with what it is in', () => {
  const lines = linesOf(branches, new Set(), new Set(), 'title of X');
  expect(lines.map((line) => nodeIdOf(line.path))).toEqual(['machine', 'axes', 'x']);
  expect(linesOf(branches, new Set(), new Set(), 'nothing')).toEqual([]);
});

it('a folder holds its values and those of folders below, but no other readings of a value', () => {
  expect(leavesBelow(branches, 'machine').map((node) => node.id)).toEqual(['load', 'speed', 'x']);
  expect(unreadBelow(branches, top)).toEqual(['server']);
  expect(unreadBelow(branches, 'machine')).toEqual([]);
});

it('an address space that leads back into itself ends', () => {
  const circle = new Map<string, Branch>([
    [top, done(folder('a'))],
    ['a', done(folder('b'), leaf('v'))],
    ['b', done(folder('a'))],
  ]);
  expect(leavesBelow(circle, 'a').map((node) => node.id)).toEqual(['v']);
  expect(unreadBelow(circle, 'a')).toEqual([]);
  expect(linesOf(circle, new Set(), new Set(), 'v').length).toBeLessThan(10);
});
