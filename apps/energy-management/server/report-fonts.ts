import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { trueTypeOf } from './web-font.ts';

/**
 * The console's own Chinese font (Noto Sans SC, SIL Open Font License 1.1) as the web uses it: a hundred WOFF2 pieces by range of
 * characters. A document embeds the pieces whose characters it shows, and of them only the glyphs it shows.
 */
interface Piece {
  name: string;
  file: string;
  ranges: readonly (readonly [number, number])[];
}

let known: readonly Piece[] | undefined;
const files = new Map<string, Buffer>();

function pieces(): readonly Piece[] {
  if (known !== undefined) return known;
  const css = createRequire(import.meta.url).resolve('@fontsource-variable/noto-sans-sc/wght.css');
  const folder = dirname(css);
  known = [
    ...readFileSync(css, 'utf8').matchAll(
      /src: url\(\.\/(files\/[\w.-]+)\)[^;]*;\s*unicode-range: ([^;]+);/g,
    ),
  ].map(([, file, ranges]) => ({
    name: file!,
    file: join(folder, file!),
    ranges: ranges!.split(',').map((range) => {
      const [from, to] = range.trim().slice(2).split('-');
      return [Number.parseInt(from!, 16), Number.parseInt(to ?? from!, 16)] as const;
    }),
  }));
  return known;
}

export interface FontRun {
  text: string;
  font: string;
  data: Buffer;
}

/** A text as runs of one piece each; characters that no piece has are left out. */
export function fontRuns(text: string): FontRun[] {
  const runs: FontRun[] = [];
  let last: Piece | undefined;
  // The font has no lowered digits, though its ranges name them.
  for (const character of text.replaceAll('₂', '2')) {
    const code = character.codePointAt(0)!;
    const has = (piece: Piece): boolean => piece.ranges.some(([from, to]) => code >= from && code <= to);
    // A space, a digit or a comma stands in the Latin piece; staying there keeps words whole.
    const piece = last !== undefined && has(last) ? last : pieces().find(has);
    if (piece === undefined) continue;
    let data = files.get(piece.file);
    if (data === undefined) files.set(piece.file, (data = trueTypeOf(readFileSync(piece.file))));
    if (piece === last) runs.at(-1)!.text += character;
    else runs.push({ text: character, font: piece.name, data });
    last = piece;
  }
  return runs;
}
