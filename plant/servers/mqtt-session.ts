import type { Log } from '@millrace/sdk';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

export interface MqttCredentials {
  username: string;
  password: string;
}

export interface MqttSessionOptions {
  url: string;
  clientId: string;
  /** Asked for each time it connects, so that renewed credentials are used. */
  credentials: () => MqttCredentials;
  will?: { topic: string; payload: string | Buffer; qos: 0 | 1; retain: boolean };
  /** Called before each attempt to connect: a fresh will (Sparkplug counts its births in it). */
  renewWill?: () => { topic: string; payload: string | Buffer; qos: 0 | 1; retain: boolean };
  connected: () => void;
  message?: (topic: string, payload: Buffer) => void;
  /** The broker refused the credentials; resolves to whether there are new ones to try at once. */
  refused?: () => Promise<boolean>;
  log: Log;
}

const reconnectMillisecondsMin = 1000;
const reconnectMillisecondsMax = 10_000;
const keepaliveSeconds = 60;

/**
 * A device's connection to its broker. Connects again with back-off and jitter; cut off on purpose it vanishes without a word, so
 * that the broker publishes its will, and comes back when it may.
 */
export class MqttSession {
  readonly #options: MqttSessionOptions;
  #client: MqttClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempts = 0;
  #closed = false;
  #cut = false;

  constructor(options: MqttSessionOptions) {
    this.#options = options;
    this.#connect();
  }

  get connected(): boolean {
    return this.#client?.connected === true;
  }

  /** Publishes if connected; a device with no memory loses what it could not send. QoS 0 is dropped, not queued, when away. */
  publish(topic: string, payload: string | Buffer, qos: 0 | 1 = 0, retain = false): void {
    if (this.#client?.connected !== true) return;
    this.#client.publish(topic, payload, { qos, retain }, () => {});
  }

  subscribe(topic: string, qos: 0 | 1): void {
    this.#client?.subscribe(topic, { qos }, () => {});
  }

  /** Cuts the cable, or plugs it in again. */
  setCut(cut: boolean): void {
    if (cut === this.#cut) return;
    this.#cut = cut;
    if (cut) {
      clearTimeout(this.#timer);
      const client = this.#client;
      this.#client = undefined;
      client?.removeAllListeners();
      client?.on('error', () => {});
      client?.stream.destroy();
      client?.end(true);
    } else {
      this.#attempts = 0;
      this.#connect();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    client.removeAllListeners();
    client.on('error', () => {});
    await Promise.race([
      client.endAsync(false).catch(() => {}),
      new Promise<void>((resolve) => setTimeout(resolve, 500).unref()),
    ]);
    if (!client.disconnected) client.end(true);
  }

  #connect(): void {
    if (this.#closed || this.#cut) return;
    const before = this.#client;
    before?.removeAllListeners();
    before?.on('error', () => {});
    before?.end(true);
    const { url, clientId, credentials, will, renewWill, message, log } = this.#options;
    const { username, password } = credentials();
    const last = renewWill?.() ?? will;
    const options: IClientOptions = {
      clientId,
      username,
      password,
      clean: true,
      keepalive: keepaliveSeconds,
      reconnectPeriod: 0,
      connectTimeout: 10_000,
      queueQoSZero: false,
      protocolVersion: 4,
      ...(last === undefined ? {} : { will: { ...last, payload: Buffer.from(last.payload) } }),
    };
    const client = mqtt.connect(url, options);
    this.#client = client;
    client.on('connect', () => {
      this.#attempts = 0;
      this.#options.connected();
    });
    if (message !== undefined) client.on('message', (topic, payload) => message(topic, payload));
    client.on('error', (error) => {
      const code = (error as Error & { code?: number | string }).code;
      if (code === 4 || code === 5) {
        this.#options.refused?.().then((fresh) => {
          if (fresh) this.#again(0);
        });
      } else if (this.#attempts === 0) log.warn(`${clientId}: ${error.message}`);
    });
    client.on('close', () => {
      if (this.#client !== client) return;
      client.removeAllListeners();
      client.on('error', () => {});
      client.end(true);
      const wait =
        Math.min(reconnectMillisecondsMax, reconnectMillisecondsMin * 2 ** Math.min(10, this.#attempts++)) *
        (0.5 + Math.random() / 2);
      this.#again(wait);
    });
  }

  #again(milliseconds: number): void {
    if (this.connected) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.connected) this.#connect();
    }, milliseconds);
  }
}
