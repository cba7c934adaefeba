import { expect, test } from 'vitest';
import { pictureFormat } from './picture-format.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test.each([
  [
    'PNG',
    '89504e470d0a1a0a 0000000d 49484452 00000280 000001e0',
    { type: 'image/png', width: 640, height: 480 },
  ],
  [
    'JPEG',
    'ffd8 ffe0 0004 4a46 ffff c2 0011 08 01e0 0280 03',
    { type: 'image/jpeg', width: 640, height: 480 },
  ],
  [
    'WebP, lossy',
    '52494646 00000000 57454250 56503820 00000000 000000 9d012a 8002 e001',
    { type: 'image/webp', width: 640, height: 480 },
  ],
  [
    'WebP, lossless',
    '52494646 00000000 57454250 5650384c 00000000 2f 7fc27700',
    { type: 'image/webp', width: 640, height: 480 },
  ],
  [
    'WebP, extended',
    '52494646 00000000 57454250 56503858 0a000000 00000000 7f0200 df0100',
    { type: 'image/webp', width: 640, height: 480 },
  ],
])('%s tells its size', (_name, hex, expected) => {
  expect(pictureFormat(bytes(hex))).toEqual(expected);
});

test('anything else is none, however short or broken', () => {
  const broken = [
    '',
    '89',
    '89504e470d0a1a0a 0000000d 49484452 00000000 000001e0',
    'ffd8 ffd9',
    'ffd8 ffe0 0000',
    'ffd8 ffe0 ffff 00',
    '52494646 00000000 57454250 58585858 00',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>').toString('hex'),
    Buffer.from('GIF89a0000000000000000').toString('hex'),
  ];
  for (const hex of broken) expect(pictureFormat(bytes(hex))).toBeUndefined();
  // Every beginning of a good one.
  const whole = bytes('ffd8 ffe0 0004 4a46 ffff c2 0011 08 01e0 0280 03');
  for (let end = 0; end < whole.length - 2; end++)
    expect(() => pictureFormat(whole.subarray(0, end))).not.toThrow();
});
