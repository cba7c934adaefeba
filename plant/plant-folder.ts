import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@millrace/sdk';
import type { Snapshot } from './engine/model.ts';
import type { MqttCredentials } from './servers/mqtt-session.ts';

/**
 * What the plant keeps between two runs, in a folder of its own: credentials (readable by the owner only), ports in use, what was
 * registered, the state of the model. A file that cannot be read is as good as none, and is said so.
 */
export class PlantFolder {
  readonly path: string;
  readonly #log: Log;

  constructor(path: string, log: Log) {
    this.path = path;
    this.#log = log;
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }

  credentials(): Record<string, MqttCredentials> {
    return this.#read('credentials.json');
  }

  setCredentials(credentials: Record<string, MqttCredentials>): void {
    this.#write('credentials.json', credentials);
  }

  ports(): Record<string, number> {
    return this.#read('ports.json');
  }

  setPorts(ports: Record<string, number>): void {
    this.#write('ports.json', ports);
  }

  /** Thing id → fingerprint of the description that was put. */
  registered(): Record<string, string> {
    return this.#read('registered.json');
  }

  setRegistered(registered: Record<string, string>): void {
    this.#write('registered.json', registered);
  }

  snapshot(): Snapshot | undefined {
    const snapshot = this.#read<unknown>('state.json') as unknown as Partial<Snapshot>;
    return snapshot.fingerprint === undefined ? undefined : (snapshot as Snapshot);
  }

  setSnapshot(snapshot: Snapshot): void {
    this.#write('state.json', snapshot);
  }

  #read<T>(name: string): Record<string, T> {
    let text: string;
    try {
      text = readFileSync(join(this.path, name), 'utf8');
    } catch {
      return {};
    }
    try {
      const json: unknown = JSON.parse(text);
      if (json !== null && typeof json === 'object' && !Array.isArray(json)) return json as Record<string, T>;
    } catch {
      // Falls through: said below.
    }
    this.#log.warn(`${name} is not readable and is begun anew`);
    return {};
  }

  #write(name: string, content: unknown): void {
    const file = join(this.path, name);
    try {
      writeFileSync(`${file}.next`, JSON.stringify(content), { mode: 0o600 });
      renameSync(`${file}.next`, file);
    } catch (error) {
      this.#log.warn(`${name} could not be written: ${(error as Error).message}`);
    }
  }
}
