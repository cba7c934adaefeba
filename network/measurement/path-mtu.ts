import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import type { LocalText } from '@millrace/contract';
import type { Clock } from '@millrace/sdk';
import { sockAddress } from './datagrams.ts';
import { errorNumber, loadLibc } from './libc.ts';
import { errorEstimateBits, readReply, stampPort, writeRequest } from './stamp.ts';

/**
 * Octets that tunnels take from every packet, outer headers included; what a path of 1,500 octets leaves is that much less. An inner packet
 * that is longer is cut in two or lost, and from outside it looks like loss of large messages only.
 */
export const tunnelOverhead: readonly { id: string; octets: number; words: LocalText }[] = [
  {
    id: 'gtp-u',
    octets: 36,
    words: {
      en: 'GTP-U over IPv4: 20 IP, 8 UDP, 8 GTP (TS 29.281).',
      zh: 'GTP-U（IPv4）：IP 20、UDP 8、GTP 8（TS 29.281）。',
    },
  },
  {
    id: 'gtp-u-5g',
    octets: 44,
    words: {
      en: 'GTP-U over IPv4 with the PDU session container of 5G: 8 more (TS 38.415).',
      zh: '5G GTP-U（IPv4）含 PDU 会话容器：再加 8（TS 38.415）。',
    },
  },
  {
    id: 'gtp-u-5g-ipv6',
    octets: 64,
    words: {
      en: 'GTP-U over IPv6 with the PDU session container of 5G.',
      zh: '5G GTP-U（IPv6）含 PDU 会话容器。',
    },
  },
  {
    id: 'vxlan',
    octets: 50,
    words: {
      en: 'VXLAN over IPv4: 20 IP, 8 UDP, 8 VXLAN, 14 inner Ethernet (RFC 7348).',
      zh: 'VXLAN（IPv4）：IP 20、UDP 8、VXLAN 8、内层以太网 14（RFC 7348）。',
    },
  },
  {
    id: 'vxlan-ipv6',
    octets: 70,
    words: { en: 'VXLAN over IPv6 (RFC 7348).', zh: 'VXLAN（IPv6）（RFC 7348）。' },
  },
];

/** Tunnels that would explain why a path takes this much less than `link` octets; two beside each other where one alone does not. */
export function explainMtu(mtu: number, link = 1_500): LocalText | undefined {
  const missing = link - mtu;
  if (missing <= 0) return undefined;
  const one = tunnelOverhead.find(({ octets }) => octets === missing);
  if (one !== undefined) return one.words;
  for (const a of tunnelOverhead)
    for (const b of tunnelOverhead)
      if (a.octets + b.octets === missing)
        return {
          en: `${a.words.en} And within it: ${b.words.en}`,
          zh: `${a.words.zh}其中再套：${b.words.zh}`,
        };
  return undefined;
}

export interface PathMtu {
  /** Greatest IP packet, octets, that went to the reflector and came back whole; undefined: not found. */
  octets: number | undefined;
  /** `probed`: such packets came back. `route`: what the kernel has been told of this route; nothing was proved. */
  how: 'probed' | 'route' | 'unknown';
  words: LocalText;
}

const leastOctets = { 4: 576, 6: 1_280 } as const;
const headers = { 4: 28, 6: 48 } as const;
const triesEach = 3;
const waitMs = 250;
const searchesMax = 14;

/** IP_MTU_DISCOVER and IP_MTU; the same of IPv6. `probe` sets the don't-fragment bit and takes no notice of what routers report. */
const mtuOption = {
  4: { level: 0, discover: 10, mtu: 14, probe: 3 },
  6: { level: 41, discover: 23, mtu: 24, probe: 3 },
} as const;

/**
 * The greatest packet that fits on the path to a STAMP reflector and back, by packets that may not be cut (RFC 4821's way, as routers that
 * should report are often silent). Takes a few seconds; sends at most 42 packets. Never rejects.
 */
export async function findPathMtu(
  clock: Clock,
  address: string,
  port = stampPort,
  options: { key?: Uint8Array | undefined; signal?: AbortSignal; atMost?: number } = {},
): Promise<PathMtu> {
  const libc = loadLibc();
  const version = isIP(address) as 0 | 4 | 6;
  if ('problem' in libc) return { octets: undefined, how: 'unknown', words: libc.problem };
  if (version === 0)
    return {
      octets: undefined,
      how: 'unknown',
      words: { en: `"${address}" is no IP address.`, zh: `“${address}”不是 IP 地址。` },
    };
  const fd = libc.socket(version === 4 ? 2 : 10, 2 | 0o4000 | 0o2000000, 17);
  const failed = (en: string, zh: string): PathMtu => ({
    octets: undefined,
    how: 'unknown',
    words: { en, zh },
  });
  if (fd < 0) return failed('No socket could be opened.', '无法打开套接字。');
  try {
    const { level, discover, mtu, probe } = mtuOption[version];
    const value = Buffer.alloc(4);
    value.writeInt32LE(probe, 0);
    libc.setsockopt(fd, level, discover, value, 4);
    const to = sockAddress(address, port);
    if (libc.connect(fd, to.bytes, to.length) !== 0)
      return failed(`There is no route to ${address}.`, `没有到 ${address} 的路由。`);
    const length = Buffer.alloc(4);
    length.writeInt32LE(4, 0);
    const known = libc.getsockopt(fd, level, mtu, value, length) === 0 ? value.readInt32LE(0) : 1_500;
    const most = Math.min(known, options.atMost ?? 9_000);
    const ssid = randomInt(1, 65_536);
    let sequence = 0;
    const packet = Buffer.alloc(9_216);
    const answer = Buffer.alloc(9_216);
    const { key, signal } = options;

    /** Whether a packet of `octets` comes back whole. */
    const fits = async (octets: number): Promise<boolean> => {
      const payload = octets - headers[version];
      for (let attempt = 0; attempt < triesEach && !signal?.aborted; attempt++) {
        sequence += 1;
        writeRequest(
          packet,
          { sequence, time: clock.now(), error: errorEstimateBits(false, 16_000_000), ssid },
          payload,
          key,
        );
        if (libc.send(fd, packet, payload, 0x40) < 0) {
          if (libc.errno() === errorNumber.messageTooLong) return false;
          continue;
        }
        for (let waited = 0; waited < waitMs; waited += 10) {
          await new Promise<void>((resolve) => clock.after(10, resolve));
          const got = libc.recv(fd, answer, answer.length, 0x40);
          if (got <= 0) continue;
          const reply = readReply(answer.subarray(0, got), key);
          if (typeof reply === 'object' && reply.senderSequence === sequence && got >= payload) return true;
        }
      }
      return false;
    };

    const least = Math.min(leastOctets[version], most);
    if (!(await fits(least)))
      return {
        octets: known,
        how: 'route',
        words: {
          en: `No reflector sends ${least} octets back from ${address}; the kernel takes the route for ${known} octets.`,
          zh: `${address} 没有反射器返回 ${least} 字节的数据包；内核认为该路由 MTU 为 ${known} 字节。`,
        },
      };
    let low = least;
    let high = most;
    if (await fits(most)) low = most;
    for (let search = 0; low < high && search < searchesMax && !signal?.aborted; search++) {
      const middle = Math.ceil((low + high) / 2);
      if (await fits(middle)) low = middle;
      else high = middle - 1;
    }
    const why = explainMtu(low);
    return {
      octets: low,
      how: 'probed',
      words: {
        en: `Packets of ${low} octets come through whole.${why === undefined ? '' : ` ${1_500 - low} octets less than Ethernet's 1,500: ${why.en}`}`,
        zh: `${low} 字节的数据包可完整通过。${why === undefined ? '' : `比以太网 1500 少 ${1_500 - low} 字节：${why.zh}`}`,
      },
    };
  } finally {
    libc.close(fd);
  }
}
