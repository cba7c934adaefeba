const bytesPerLine = 16;

/**
 * What was rejected in a form people can read. Bytes that are no text come from the platform as hexadecimal digits; they are
 * shown as a dump with the readable characters beside them.
 */
export function excerptOf(excerpt: string): { text: string; bytes?: number } {
  if (excerpt.length >= 8 && excerpt.length % 2 === 0 && /^[0-9a-f]+$/.test(excerpt)) {
    const bytes = excerpt.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
    // Digits only may be a number that somebody sent as it stands.
    if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) {
      const lines: string[] = [];
      for (let start = 0; start < bytes.length; start += bytesPerLine) {
        const part = bytes.slice(start, start + bytesPerLine);
        const digits = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
        const letters = part
          .map((byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.'))
          .join('');
        lines.push(
          `${start.toString(16).padStart(4, '0')}  ${digits.padEnd(bytesPerLine * 3 - 1)}  ${letters}`,
        );
      }
      return { text: lines.join('\n'), bytes: bytes.length };
    }
  }
  // Control characters would be invisible or move the text about.
  return { text: excerpt.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/g, '·') };
}
