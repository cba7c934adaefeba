import type { ServerResponse } from 'node:http';
import { limits } from '@millrace/contract';
import type { NetworkDoor } from '@millrace/sdk';
import { keepAliveMilliseconds } from './event-stream.ts';

interface Client {
  response: ServerResponse;
  may: (place: string) => boolean;
  /** It did not keep up: it is told to ask anew once it does. */
  behind: boolean;
}

/** Verdicts and incidents as server-sent events: each change to everybody who may see its place. */
export class NetworkStreams {
  readonly #clients = new Set<Client>();

  constructor(network: NetworkDoor) {
    network.subscribe((change) => {
      for (const client of this.#clients) {
        if (client.behind || client.response.writableLength > limits.liveClientBytesMax) {
          client.behind = true;
          continue;
        }
        const message = change.show(client.may);
        if (message !== undefined) client.response.write(`data: ${JSON.stringify(message)}\n\n`);
      }
    });
    setInterval(() => this.#keepAlive(), keepAliveMilliseconds).unref();
  }

  get full(): boolean {
    return this.#clients.size >= limits.liveClientsMax;
  }

  add(response: ServerResponse, may: (place: string) => boolean): void {
    const client: Client = { response, may, behind: false };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    response.on('error', () => this.#clients.delete(client));
    response.write('retry: 2000\n\n');
  }

  #keepAlive(): void {
    for (const client of this.#clients) {
      if (client.response.writableLength > limits.liveClientBytesMax) continue;
      if (client.behind) {
        client.behind = false;
        client.response.write('event: reset\ndata: {}\n\n');
      } else client.response.write(': still here\n\n');
    }
  }
}
