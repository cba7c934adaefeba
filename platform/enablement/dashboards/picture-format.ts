/** What a picture says of itself in its first bytes. */
export interface PictureFormat {
  type: 'image/png' | 'image/jpeg' | 'image/webp';
  width: number;
  height: number;
}

/**
 * Reads kind and size of a picture out of its own bytes: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), WebP (RFC 9649). What it was called or sent as counts
 * for nothing. Undefined for anything else, SVG among it: that is a program as much as a picture. Never throws.
 */
export function pictureFormat(bytes: Uint8Array): PictureFormat | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return png(view) ?? jpeg(view) ?? webp(view);
  } catch {
    // It ended before it said how large it is.
    return undefined;
  }
}

function png(view: DataView): PictureFormat | undefined {
  if (
    view.getUint32(0) !== 0x89504e47 ||
    view.getUint32(4) !== 0x0d0a1a0a ||
    view.getUint32(12) !== 0x49484452
  )
    return undefined;
  return sized('image/png', view.getUint32(16), view.getUint32(20));
}

function jpeg(view: DataView): PictureFormat | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return sized('image/jpeg', view.getUint16(at + 7), view.getUint16(at + 5));
    if (marker === 0xda || marker === 0xd9) return undefined;
    const length = view.getUint16(at + 2);
    if (length < 2) return undefined;
    at += 2 + length;
  }
}

function webp(view: DataView): PictureFormat | undefined {
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined;
  const chunk = view.getUint32(12);
  if (chunk === 0x56503820) {
    if (view.getUint8(23) !== 0x9d || view.getUint8(24) !== 0x01 || view.getUint8(25) !== 0x2a)
      return undefined;
    return sized('image/webp', view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  }
  if (chunk === 0x5650384c) {
    if (view.getUint8(20) !== 0x2f) return undefined;
    const bits = view.getUint32(21, true);
    return sized('image/webp', (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  if (chunk !== 0x56503858) return undefined;
  const three = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
  return sized('image/webp', three(24) + 1, three(27) + 1);
}

function sized(type: PictureFormat['type'], width: number, height: number): PictureFormat | undefined {
  return width > 0 && height > 0 ? { type, width, height } : undefined;
}
