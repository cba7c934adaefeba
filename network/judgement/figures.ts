import type { MeasurementMethod } from '@millrace/contract';
import { type Block, messagesOf } from './block.ts';
import { downNow, downTotals, type Outage } from './downtime.ts';
import { type Packed, unpack, valueAt } from './histogram.ts';
import { messagesForPercentile } from './statistics.ts';

/** What people want to see of a window, whatever is asked of it. Durations ms, shares 0–1; absent: too few, or not told. */
export interface TrackFigures {
  method: MeasurementMethod;
  dscp: number;
  intervalMs: number;
  messages: number;
  unsent: number;
  lossRatio?: number;
  lossUplink?: number;
  lossDownlink?: number;
  lossPeriods: number;
  longestLossPeriod: number;
  roundTrip?: Percentiles;
  uplink?: Percentiles;
  downlink?: Percentiles;
  /** RFC 5481, 99th percentile, of the round trip; CAMARA's is the same figure of the same messages. */
  variationMs?: number;
  rfc3550Ms?: number;
  noiseFloorMs?: number;
  downEvents?: number;
  downSeconds?: number;
  observedSeconds?: number;
  outages?: readonly Outage[];
  downSince?: number;
}

export interface Percentiles {
  least: number;
  p50: number;
  p95?: number;
  p99?: number;
  /** From 10,000 messages on. */
  p999?: number;
  most: number;
}

export interface Figures {
  from: number;
  to: number;
  tracks: TrackFigures[];
  unreadable: number;
}

function percentiles(packed: Packed): Percentiles | undefined {
  const histogram = unpack(packed);
  if (histogram.total === 0) return undefined;
  const at = (share: number): number | undefined =>
    histogram.total >= messagesForPercentile(share) ? valueAt(histogram, share) / 1000 : undefined;
  const [p95, p99, p999] = [at(0.95), at(0.99), at(0.999)];
  return {
    least: histogram.least / 1000,
    p50: valueAt(histogram, 0.5) / 1000,
    ...(p95 === undefined ? {} : { p95 }),
    ...(p99 === undefined ? {} : { p99 }),
    ...(p999 === undefined ? {} : { p999 }),
    most: histogram.most / 1000,
  };
}

/** The figures of a block, for charts, samples and pages. Percentiles are of the messages that arrived. */
export function figuresOf(block: Block): Figures {
  return {
    from: block.from,
    to: block.to,
    unreadable: block.unreadable,
    tracks: block.tracks.map((track) => {
      const messages = messagesOf(track);
      const { counts, bursts } = track;
      const ways = {
        roundTrip: percentiles(track.roundTrip),
        uplink: percentiles(track.uplink),
        downlink: percentiles(track.downlink),
      };
      const floor = track.noise.find(({ share }) => share >= 0.99) ?? track.noise.at(-1);
      const down = track.down === undefined ? undefined : downTotals(track.down.sure);
      const goesOn = track.down === undefined ? undefined : downNow(track.down.sure);
      const trip = ways.roundTrip;
      return {
        method: track.method,
        dscp: track.dscp,
        intervalMs: track.intervalMs,
        messages,
        unsent: counts.unsent,
        lossPeriods: bursts.all.periods,
        longestLossPeriod: bursts.all.longest,
        ...(messages === 0
          ? {}
          : { lossRatio: (counts.lost + counts.lostUplink + counts.lostDownlink) / messages }),
        ...(messages === 0 || counts.lost > 0
          ? {}
          : { lossUplink: counts.lostUplink / messages, lossDownlink: counts.lostDownlink / messages }),
        ...(ways.roundTrip === undefined ? {} : { roundTrip: ways.roundTrip }),
        ...(ways.uplink === undefined ? {} : { uplink: ways.uplink }),
        ...(ways.downlink === undefined ? {} : { downlink: ways.downlink }),
        ...(trip?.p99 === undefined ? {} : { variationMs: trip.p99 - trip.least }),
        ...(track.rfc3550 === undefined ? {} : { rfc3550Ms: track.rfc3550 / 1000 }),
        ...(floor === undefined || floor.weight === 0
          ? {}
          : { noiseFloorMs: floor.sum / floor.weight / 1000 }),
        ...(down === undefined
          ? {}
          : {
              downEvents: down.events,
              downSeconds: down.down / 1e6,
              observedSeconds: down.observed / 1e6,
              outages: down.outages,
            }),
        ...(goesOn === undefined ? {} : { downSince: goesOn.from }),
      };
    }),
  };
}
