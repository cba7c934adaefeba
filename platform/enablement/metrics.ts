import type { NetworkDoor, SampleStore } from '@millrace/sdk';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Iot } from '../iot/index.ts';
import type { LiveStreams } from './live-stream.ts';

/** What the platform says of itself in Prometheus' text format. */
export function createMetrics(
  iot: Iot,
  samples: SampleStore,
  live: () => LiveStreams | undefined,
  network?: Pick<NetworkDoor, 'counters'>,
): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'millrace_' });
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    collect: (this: Gauge<string>) => void | Promise<void>,
  ): void => {
    new Gauge<string>({ name, help, labelNames, registers: [registry], collect });
  };
  gauge(
    'millrace_samples_total',
    'Samples by what became of them; received = stored + rejected + dropped + in_flight.',
    ['state'],
    function () {
      const { received, stored, rejected, dropped, inFlight, duplicates } = iot.intake.total;
      for (const [state, count] of Object.entries({
        received,
        stored,
        rejected,
        dropped,
        in_flight: inFlight,
        duplicates,
      }))
        this.set({ state }, count);
    },
  );
  if (network !== undefined)
    gauge('millrace_network', 'What the network layer counts, by name.', ['what'], function () {
      for (const [what, value] of Object.entries(network.counters())) this.set({ what }, value);
    });
  gauge('millrace_samples_rejected_total', 'Rejected samples by reason.', ['reason'], function () {
    for (const [reason, count] of Object.entries(iot.intake.total.rejectedBy)) this.set({ reason }, count);
  });
  gauge(
    'millrace_connection_samples_total',
    'Samples by connection and what became of them.',
    ['connection', 'state'],
    function () {
      for (const [connection, { received, stored, rejected, dropped, inFlight }] of Object.entries(
        iot.intake.connections(),
      )) {
        for (const [state, count] of Object.entries({
          received,
          stored,
          rejected,
          dropped,
          in_flight: inFlight,
        }))
          this.set({ connection, state }, count);
      }
    },
  );
  gauge('millrace_connections', 'Connections by state.', ['state'], function () {
    this.reset();
    for (const { state } of iot.connections.all()) this.inc({ state });
  });
  gauge(
    'millrace_connection_counter',
    "A protocol's own counters and levels.",
    ['connection', 'protocol', 'name'],
    function () {
      for (const record of iot.connections.all()) {
        for (const [name, value] of Object.entries(record.counters))
          this.set({ connection: record.id, protocol: record.protocol, name }, value);
      }
    },
  );
  gauge(
    'millrace_commands_total',
    'Commands since the start: accepted = confirmed + refused + timed-out + unknown + not-confirmable + open; sent: those that left.',
    ['protocol', 'outcome'],
    function () {
      for (const { protocol, outcome, count } of iot.commands.counters.all())
        this.set({ protocol, outcome }, count);
    },
  );
  gauge('millrace_commands_open', 'Commands whose end is not known yet.', [], function () {
    this.set(iot.commands.open);
  });
  gauge(
    'millrace_leases_held',
    'Leases held now: by people and programs, or by the platform for one command.',
    ['kind'],
    function () {
      const all = iot.commands.leases.all();
      const forOne = all.filter(({ implicit }) => implicit).length;
      this.set({ kind: 'held' }, all.length - forOne);
      this.set({ kind: 'one-command' }, forOne);
    },
  );
  gauge('millrace_things', 'Registered things.', [], function () {
    this.set(iot.registry.size);
  });
  gauge('millrace_live_clients', 'Open live streams.', [], function () {
    this.set(live()?.size ?? 0);
  });
  gauge('millrace_worker_resident_bytes', 'Resident memory of worker processes.', ['protocol'], function () {
    this.reset();
    for (const { protocol, residentBytes } of iot.supervisor.processes())
      this.set({ protocol }, residentBytes);
  });
  gauge(
    'millrace_worker_restarts_total',
    'Times a worker process was started again.',
    ['protocol'],
    function () {
      for (const { protocol, restarts } of iot.supervisor.processes()) this.set({ protocol }, restarts);
    },
  );
  gauge(
    'millrace_store',
    'The sample store: rows, bytes on disk, resident bytes of its process.',
    ['what'],
    async function () {
      const { rows, bytes, residentBytes } = await samples.stats();
      this.set({ what: 'rows' }, rows);
      this.set({ what: 'bytes' }, bytes);
      this.set({ what: 'resident_bytes' }, residentBytes);
    },
  );
  return () => registry.metrics();
}
