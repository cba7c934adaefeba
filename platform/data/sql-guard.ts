import { isFunctionAllowed } from './sql-functions.ts';

/**
 * What the engine's parser may find in a question, by the names its `EXPLAIN AST` gives. Whatever it can parse and is not here is refused: settings
 * (a subquery's are taken even in a read-only session), files to write into, substitutions, statements other than SELECT.
 */
const nodes = new Set([
  'SelectWithUnionQuery',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'ExpressionList',
  'Identifier',
  'Literal',
  'Function',
  'Asterisk',
  'QualifiedAsterisk',
  'ColumnsExceptTransformer',
  'ColumnsReplaceTransformer',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'TableExpression',
  'TableIdentifier',
  'TableJoin',
  'ArrayJoin',
  'Subquery',
  'WithElement',
  'OrderByElement',
  'InterpolateElement',
  'WindowDefinition',
  'WindowListElement',
]);

/** Databases of the engine. Nothing in a question may name one: what may be seen stands under names without a database. */
const databases = [
  'millrace',
  'reading',
  'system',
  'default',
  'information_schema',
  '_temporary_and_external_tables',
];

export class SqlRefused extends Error {}

/**
 * Looks at the tree that the engine's own parser made of a question (lines of `EXPLAIN AST`), so that no way of writing it slips past. Names with line
 * feeds in them can add lines to the tree and never take one away: they can only make it refused. Throws {@link SqlRefused}.
 */
export function checkTree(lines: readonly string[]): void {
  if (!lines[0]?.startsWith('SelectWithUnionQuery')) throw new SqlRefused('Only a SELECT is answered.');
  let before = '';
  for (const line of lines) {
    const text = line.trim();
    if (text === '') continue;
    const [node = '', name = ''] = text.split(' ', 2);
    if (!nodes.has(node))
      throw new SqlRefused(`${told[node] ?? `“${node.slice(0, 60)}”`} cannot be used here.`);
    if (node === 'Function') {
      if (before === 'TableExpression')
        throw new SqlRefused(`The table function “${name.slice(0, 60)}” cannot be used here.`);
      if (!isFunctionAllowed(name))
        throw new SqlRefused(`The function “${name.slice(0, 60)}” cannot be used here.`);
    }
    if (node === 'TableIdentifier' && name.includes('.'))
      throw new SqlRefused(
        `There is no table “${name.slice(0, 100)}”: ask GET /api/sql/tables which there are.`,
      );
    if (node === 'Identifier') {
      const first = name.split('.', 1)[0]!.toLowerCase();
      if (name.includes('.') && databases.includes(first))
        throw new SqlRefused(`“${first}.…” cannot be named here.`);
    }
    before = node;
  }
}

const told: Readonly<Record<string, string>> = {
  Set: 'SETTINGS',
  SampleRatio: 'SAMPLE',
  QueryParameter: 'A substitution in braces',
  SelectIntersectExceptQuery: 'INTERSECT and EXCEPT',
};
