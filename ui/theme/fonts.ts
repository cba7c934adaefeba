import '@fontsource-variable/inter/wght.css';

let chinese: Promise<unknown> | undefined;

/**
 * Declares the Chinese font, once. Its hundred pieces are each fetched only when a character of theirs is on the page
 * (`unicode-range`), so this costs one style sheet.
 */
export function loadChineseFont(): Promise<unknown> {
  chinese ??= import('@fontsource-variable/noto-sans-sc/wght.css');
  return chinese;
}
