import type { ServerResponse } from 'node:http';
import { type AlarmUpdate, type Grant, limits, mayAt } from '@millrace/contract';
import { type AlarmRecord, type Alarms, stateOf } from '../iot/index.ts';
import { keepAliveMilliseconds } from './event-stream.ts';

/** Counts follow the alarms by so much: they are for a badge, alarms are for people. */
const countsMilliseconds = 250;
const alarmsPerMessageMax = 200;

interface Client {
  response: ServerResponse;
  grants: readonly Grant[];
  thing: string | undefined;
  /** It did not keep up: it gets all open alarms anew once it does. */
  behind: boolean;
}

/**
 * Alarms as server-sent events: each change at once, to everybody who may see its place. A client that does not keep up gets the list anew instead of a
 * growing queue.
 */
export class AlarmStreams {
  readonly #alarms: Alarms;
  readonly #clients = new Set<Client>();
  #changed = new Map<string, AlarmRecord>();
  #scheduled = false;
  #counting: NodeJS.Timeout | undefined;

  constructor(alarms: Alarms) {
    this.#alarms = alarms;
    alarms.subscribe((alarm) => {
      if (this.#clients.size === 0) return;
      this.#changed.set(alarm.id, alarm);
      if (this.#scheduled) return;
      this.#scheduled = true;
      // Once for all that one batch of samples raised.
      setImmediate(() => this.#send());
    });
    setInterval(() => this.#keepAlive(), keepAliveMilliseconds).unref();
  }

  get full(): boolean {
    return this.#clients.size >= limits.liveClientsMax;
  }

  add(response: ServerResponse, grants: readonly Grant[], thing: string | undefined): void {
    const client: Client = { response, grants, thing, behind: false };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    response.on('error', () => this.#clients.delete(client));
    response.write('retry: 2000\n\n');
    this.#sendAll(client);
  }

  /** Open alarms whose condition holds, by priority, as these grants see them. */
  counts(grants: readonly Grant[], thing?: string): Record<string, number> {
    const counts: Record<string, number> = { urgent: 0, high: 0, medium: 0, low: 0 };
    const plant = mayAt(grants, 'read', '');
    for (const alarm of this.#alarms.engine.open()) {
      if (thing !== undefined && alarm.thing !== thing) continue;
      const state = stateOf(alarm);
      if (state !== 'unacknowledged' && state !== 'acknowledged') continue;
      if (plant || mayAt(grants, 'read', alarm.place)) counts[alarm.priority]!++;
    }
    return counts;
  }

  #send(): void {
    this.#scheduled = false;
    const changed = [...this.#changed.values()];
    this.#changed = new Map();
    // Written once for everybody; most see all of it.
    let whole: string[] | undefined;
    for (const client of this.#clients) {
      if (client.behind || client.response.writableLength > limits.liveClientBytesMax) {
        client.behind = true;
        continue;
      }
      if (client.thing === undefined && mayAt(client.grants, 'read', '')) {
        whole ??= this.#messages(changed);
        for (const message of whole) client.response.write(message);
      } else {
        const seen = changed.filter((alarm) => sees(client, alarm));
        for (const message of this.#messages(seen)) client.response.write(message);
      }
    }
    this.#counting ??= setTimeout(() => {
      this.#counting = undefined;
      for (const client of this.#clients) {
        if (client.behind) {
          if (client.response.writableLength > limits.liveClientBytesMax) continue;
          client.behind = false;
          this.#sendAll(client);
        } else this.#write(client, { alarms: [], counts: this.counts(client.grants, client.thing) });
      }
    }, countsMilliseconds);
  }

  #messages(alarms: readonly AlarmRecord[]): string[] {
    const messages: string[] = [];
    for (let from = 0; from < alarms.length; from += alarmsPerMessageMax) {
      const update: AlarmUpdate = {
        alarms: alarms.slice(from, from + alarmsPerMessageMax).map((alarm) => this.#alarms.show(alarm)),
      };
      messages.push(`data: ${JSON.stringify(update)}\n\n`);
    }
    return messages;
  }

  /** The whole list, which the first message says to begin with. */
  #sendAll(client: Client): void {
    const open = [...this.#alarms.engine.open()].filter((alarm) => sees(client, alarm));
    client.response.write('event: reset\ndata: {}\n\n');
    for (const message of this.#messages(open)) client.response.write(message);
    this.#write(client, { alarms: [], counts: this.counts(client.grants, client.thing) });
  }

  #write(client: Client, update: AlarmUpdate): void {
    client.response.write(`data: ${JSON.stringify(update)}\n\n`);
  }

  #keepAlive(): void {
    for (const client of this.#clients) {
      if (client.response.writableLength > limits.liveClientBytesMax) continue;
      if (client.behind) {
        client.behind = false;
        this.#sendAll(client);
      } else client.response.write(': still here\n\n');
    }
  }
}

function sees(client: Client, alarm: AlarmRecord): boolean {
  return (
    (client.thing === undefined || client.thing === alarm.thing) && mayAt(client.grants, 'read', alarm.place)
  );
}
