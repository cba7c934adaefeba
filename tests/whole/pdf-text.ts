import { inflateSync } from 'node:zlib';

/**
 * The text of a PDF as written by our reports: fonts embedded in part, each with its table from glyphs to characters. Enough of the
 * format (ISO 32000-1, 9.10.3) to tell what a reader can search and copy; what stands on a page follows each
 * other as it was drawn, with nothing between, as a change of font inside a word cannot be told from a new cell.
 */
export function textOfPdf(file: Buffer): string {
  const objects = new Map<string, { dictionary: string; stream: string }>();
  const source = file.toString('latin1');
  for (const [, id, body] of source.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const at = body!.indexOf('stream\n');
    if (at < 0) {
      objects.set(id!, { dictionary: body!, stream: '' });
      continue;
    }
    const dictionary = body!.slice(0, at);
    const raw = Buffer.from(body!.slice(at + 7, body!.lastIndexOf('\nendstream')), 'latin1');
    objects.set(id!, {
      dictionary,
      stream: dictionary.includes('/FlateDecode') ? inflateSync(raw).toString('latin1') : '',
    });
  }
  const named = (dictionary: string, name: string): string[] =>
    [...dictionary.matchAll(new RegExp(`/${name}\\s+(\\d+) 0 R`, 'g'))].map(([, id]) => id!);
  let text = '';
  for (const { dictionary } of objects.values()) {
    if (!/\/Type \/Page\b/.test(dictionary)) continue;
    const resources = objects.get(named(dictionary, 'Resources')[0]!)!.dictionary;
    const fonts = new Map<string, Map<string, string>>();
    for (const [, name, id] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const [table] = named(objects.get(id!)!.dictionary, 'ToUnicode');
      fonts.set(name!, table === undefined ? new Map() : charactersOf(objects.get(table)!.stream));
    }
    let characters = new Map<string, string>();
    for (const id of named(dictionary, 'Contents')) {
      for (const [, font, glyphs] of objects
        .get(id)!
        .stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[((?:<[0-9a-f]*>|[\s\d.-])*)\] TJ/g)) {
        if (font !== undefined) characters = fonts.get(font) ?? new Map();
        else
          text += [...glyphs!.matchAll(/<([0-9a-f]*)>/g)]
            .flatMap(([, hex]) => hex!.match(/.{4}/g) ?? [])
            .map((glyph) => characters.get(glyph) ?? '\uFFFD')
            .join('');
      }
    }
  }
  return text;
}

/** Table from glyph to characters out of a ToUnicode program. */
function charactersOf(program: string): Map<string, string> {
  const table = new Map<string, string>();
  const written = (hex: string): string =>
    Buffer.from(hex.replaceAll(/\s/g, ''), 'hex').swap16().toString('utf16le');
  for (const [, first, , list] of program.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/gi)) {
    for (const [offset, [, hex]] of [...list!.matchAll(/<([0-9a-f\s]*)>/gi)].entries())
      table.set((Number.parseInt(first!, 16) + offset).toString(16).padStart(4, '0'), written(hex!));
  }
  return table;
}
