import {
  formatInstant,
  type Hop,
  hops,
  type LocalText,
  type MeasurementMethod,
  type PathHop,
  type TerminalPath,
} from '@millrace/contract';
import type { Judging } from './judging.ts';
import { bestFigures } from './measured-things.ts';
import { say } from './refusals.ts';
import type { TerminalRecord } from './terminals.ts';
import type { Zones } from './zones.ts';

const hopTitles: Record<Hop, LocalText> = {
  terminal: say('Terminal', '终端'),
  radio: say('Radio', '无线'),
  transport: say('Transport', '传输'),
  core: say('Core', '核心网'),
  edge: say('Edge', '边缘'),
  platform: say('Platform', '平台'),
};

/** Hops of a terminal's path: a wired one has no radio and no core, and one outside a zone no edge. */
export function hopsOf(record: TerminalRecord): readonly Hop[] {
  if (record.input.hops !== undefined && record.input.hops.length > 0) return record.input.hops;
  const mobile = record.input.kind === 'nr' || record.input.kind === 'lte';
  return hops.filter((hop) => {
    if (hop === 'radio') return mobile || record.input.kind === 'wifi';
    if (hop === 'core') return mobile;
    if (hop === 'edge') return record.input.zone !== undefined;
    return true;
  });
}

/** A terminal's path as hops, each with what is measured there. */
export function pathOf(record: TerminalRecord, parts: { judging: Judging; zones: Zones }): TerminalPath {
  const { judging, zones } = parts;
  const pairs = judging.ofTerminal(record.id);
  const figures = bestFigures(pairs);
  const blames = pairs.flatMap((pair) =>
    pair.incident?.incident.blame === undefined
      ? []
      : [{ flow: pair.flow.id, title: { ...pair.flow.input.title }, blame: pair.incident.incident.blame }],
  );
  const { radio } = record;
  const own = (hop: Hop): PathHop['figures'] => {
    const list: PathHop['figures'] = [];
    const add = (
      en: string,
      zh: string,
      value: number | undefined,
      unit?: string,
      time?: string,
      method?: MeasurementMethod,
    ): void => {
      if (value === undefined || !Number.isFinite(value)) return;
      list.push({
        what: say(en, zh),
        value,
        ...(unit === undefined ? {} : { unit }),
        ...(time === undefined ? {} : { time }),
        ...(method === undefined ? {} : { method }),
      });
    };
    if (hop === 'radio' && radio !== undefined) {
      if (radio.cell !== undefined)
        list.push({ what: say('Cell', '小区'), text: radio.cell, time: radio.time });
      add('RSRP', 'RSRP', radio.rsrpDbm, 'dBm', radio.time);
      add('SINR', 'SINR', radio.sinrDb, 'dB', radio.time);
    }
    if (hop === 'core')
      for (const session of record.sessions)
        list.push({
          what: say('PDU session', 'PDU 会话'),
          text: [session.dnn, session.address].filter(Boolean).join(' '),
        });
    if (hop === 'edge' && record.input.zone !== undefined)
      list.push({
        what: say('Edge zone', '边缘区'),
        text: zones.get(record.input.zone)?.title ?? record.input.zone,
      });
    if (hop === 'terminal') {
      if (record.input.address !== undefined)
        list.push({ what: say('Address', '地址'), text: record.input.address });
      const last = Math.max(0, ...pairs.map(({ passive }) => passive.lastReceived));
      if (last > 0)
        list.push({
          what: say('Last message', '最近消息'),
          text: formatInstant(last),
          time: formatInstant(last),
        });
    }
    if (hop === 'platform' && figures !== undefined) {
      add(
        'Round trip, median, whole path',
        '全程往返时延中位数',
        figures.p50Ms,
        'ms',
        undefined,
        figures.method,
      );
      add('Round trip, 99 %, whole path', '全程往返时延 99%', figures.p99Ms, 'ms', undefined, figures.method);
      if (figures.messages > 0)
        add(
          'Lost, whole path',
          '全程丢失',
          (100 * figures.lost) / figures.messages,
          '%',
          undefined,
          figures.method,
        );
    }
    return list;
  };
  const path = hopsOf(record);
  return {
    terminal: record.id,
    hops: path.map((hop): PathHop => {
      const shown = own(hop);
      const blamed = blames.some(({ blame }) => {
        const from = path.indexOf(blame.from ?? hop);
        const to = path.indexOf(blame.to ?? blame.from ?? hop);
        const at = path.indexOf(hop);
        return blame.from !== undefined && at >= from && at <= to;
      });
      return {
        hop,
        title: hopTitles[hop],
        observable: shown.length > 0,
        state: blamed ? 'bad' : shown.length === 0 ? 'unknown' : 'good',
        figures: shown,
      };
    }),
    blames,
  };
}
