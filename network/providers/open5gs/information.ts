import { formatInstant, type PduSession, type RadioState } from '@millrace/contract';
import type { SeenTerminal } from '@millrace/sdk';
import { askCore } from '../../core-network/index.ts';

/** What AMF (/ue-info) and SMF (/pdu-info) tell of terminals and their sessions, page by page. */

const pageSize = 100;
const pagesMax = 500;

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const whole = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) ? value : undefined;

/** All items of a paged list; ends with the page that is not full. */
export async function allPages(address: string, path: string, signal: AbortSignal): Promise<Fields[]> {
  const items: Fields[] = [];
  for (let page = 0; page < pagesMax; page++) {
    const url = `${address.replace(/\/$/, '')}${path}?page=${page}&page_size=${pageSize}`;
    const { body } = await askCore({ method: 'GET', url, http2: false }, signal);
    const some = list(fields(body)['items']);
    items.push(...some);
    if (some.length < pageSize) break;
  }
  return items;
}

function snssaiOf(value: unknown): PduSession['snssai'] {
  const { sst, sd } = fields(value);
  const type = whole(sst);
  if (type === undefined) return undefined;
  const differentiator = text(sd);
  // ffffff stands for "none" (TS 23.003, 28.4.2).
  return differentiator === undefined || /^f{6}$/i.test(differentiator)
    ? { sst: type }
    : { sst: type, sd: differentiator };
}

export function sessionsOf(item: Fields): PduSession[] {
  return list(item['pdu']).map((pdu) => {
    const id = whole(pdu['psi']);
    const address = text(pdu['ipv4']) ?? text(pdu['ipv6']);
    const snssai = snssaiOf(pdu['snssai']);
    const state = text(pdu['pdu_state']);
    return {
      ...(id === undefined || id < 1 || id > 15 ? {} : { id }),
      dnn: text(pdu['dnn']) ?? text(pdu['apn']) ?? '',
      ...(snssai === undefined ? {} : { snssai }),
      ...(address === undefined ? {} : { address }),
      ...(state === undefined ? {} : { state }),
      flows: list(pdu['qos_flows']).flatMap((flow) => {
        const qfi = whole(flow['qfi']);
        const fiveQi = whole(flow['5qi']);
        return qfi === undefined || fiveQi === undefined ? [] : [{ qfi, fiveQi }];
      }),
    };
  });
}

export function radioOf(item: Fields, now: number): RadioState {
  const cgi = fields(fields(item['location'])['nr_cgi']);
  const tai = fields(fields(item['location'])['nr_tai']);
  const seen = whole(fields(item['location'])['timestamp']);
  const nci = whole(cgi['nci']);
  const gnb = whole(cgi['gnb_id']);
  const tac = text(tai['tac_hex']);
  const connection = text(item['cm_state']);
  return {
    time: formatInstant(seen === undefined || seen <= 0 ? now : seen),
    registration: 'registered',
    connection: connection === 'connected' || connection === 'idle' ? connection : 'unknown',
    ...(nci === undefined ? {} : { cell: nci.toString(16).toUpperCase().padStart(9, '0') }),
    ...(gnb === undefined ? {} : { gnb: String(gnb) }),
    ...(tac === undefined ? {} : { tac }),
  };
}

/** Terminals the AMF knows joined with the sessions the SMF knows; either may be absent. */
export function joinTerminals(ues: readonly Fields[], pdus: readonly Fields[], now: number): SeenTerminal[] {
  const found = new Map<string, SeenTerminal>();
  for (const item of ues) {
    const supi = text(item['supi']);
    if (supi === undefined) continue;
    const msisdn = Array.isArray(item['msisdn']) ? text(item['msisdn'][0]) : undefined;
    found.set(supi, {
      supi,
      gpsi: msisdn === undefined ? undefined : `msisdn-${msisdn}`,
      pei: text(item['pei']),
      radio: radioOf(item, now),
      sessions: [],
    });
  }
  for (const item of pdus) {
    const supi = text(item['supi']);
    if (supi === undefined) continue;
    const known = found.get(supi) ?? {
      supi,
      gpsi: undefined,
      pei: undefined,
      radio: undefined,
      sessions: [],
    };
    found.set(supi, { ...known, sessions: [...known.sessions, ...sessionsOf(item)] });
  }
  return [...found.values()];
}
