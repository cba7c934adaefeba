/**
 * The listener against clients that we did not write, from Debian's packages mosquitto-clients and python3-paho-mqtt:
 * libmosquitto in C and paho in Python, in both versions of the protocol.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testCertificate, testKey } from './test-certificate.ts';
import { openTestListener, ovenId, pressId, type TestListener } from './test-peer.ts';

const own = `things/${ovenId}`;
let listener: TestListener;
let folder: string;
let children: ChildProcessWithoutNullStreams[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  writeFileSync(join(folder, 'ca.pem'), testCertificate);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  listener = await openTestListener({
    settings: { tlsPort: 0, certificate: testCertificate, key: testKey },
  });
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await listener.close();
});

interface Outcome {
  code: number | null;
  out: string;
  error: string;
}

function start(command: string, options: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(command, options);
  children.push(child);
  return child;
}

function finish(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, error }));
  });
}

/** Resolves when a mosquitto_sub with -d says that it has its subscription, or ends. */
function subscribed(child: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Subscribed')) resolve();
    });
    child.on('close', () => resolve());
  });
}

const common = (version: string, user = 'oven', password = 'hot'): string[] => [
  ...['-h', '127.0.0.1', '-p', String(listener.port), '-V', version, '-u', user, '-P', password],
];

describe.each(['mqttv311', 'mqttv5'])('mosquitto clients, %s', (version) => {
  const publish = (...more: string[]): Promise<Outcome> =>
    finish(start('mosquitto_pub', [...common(version), ...more]));

  /** A subscriber that has its subscription; `outcome` comes once it has `count` messages. */
  async function subscribe(count: number, ...more: string[]): Promise<{ outcome: Promise<Outcome> }> {
    const child = start('stdbuf', [
      ...['-oL', 'mosquitto_sub', ...common(version)],
      ...['-d', '-C', String(count), '-W', '20', '-F', '>%t|%q|%r|%p'],
      ...more,
    ]);
    const outcome = finish(child);
    await subscribed(child);
    return { outcome };
  }
  const messages = (outcome: Outcome): string[] =>
    outcome.out
      .split('\n')
      .filter((line) => line.startsWith('>'))
      .map((line) => line.slice(1));

  test.each([0, 1, 2])('QoS %s is stored', async (qos) => {
    const { code, error } = await publish(
      '-q',
      String(qos),
      '-t',
      `${own}/properties`,
      '-m',
      '{"pieces": 7}',
    );
    expect([code, error]).toEqual([0, '']);
    await listener.context.until(() => listener.context.samples.length === 1, 'the sample');
    expect(listener.context.samples[0]).toMatchObject({ thing: ovenId, property: 'pieces', value: 7 });
  });

  test('many messages on one connection', async () => {
    const child = start('mosquitto_pub', [...common(version), '-q', '1', '-t', `${own}/properties`, '-l']);
    const outcome = finish(child);
    for (let i = 0; i < 2000; i++) child.stdin.write(`{"pieces": ${i}}\n`);
    child.stdin.end();
    expect((await outcome).code).toBe(0);
    expect(listener.context.samples.map((sample) => sample.value)).toEqual(
      Array.from({ length: 2000 }, (_, i) => i),
    );
  });

  test('wrong password, none at all', async () => {
    const wrong = await finish(
      start('mosquitto_pub', [...common(version, 'oven', 'cold'), '-t', `${own}/x`, '-m', 'x']),
    );
    expect(wrong.code).not.toBe(0);
    const none = await finish(
      start('mosquitto_pub', [
        ...['-h', '127.0.0.1', '-p', String(listener.port), '-V', version, '-t', `${own}/x`, '-m', 'x'],
      ]),
    );
    expect(none.code).not.toBe(0);
    await listener.context.until(() => listener.context.counters['refused'] === 2, 'both counted');
  });

  test('a topic of somebody else goes nowhere', async () => {
    await publish('-q', '1', '-t', `things/${pressId}/properties`, '-m', '{"pieces": 7}');
    await listener.context.until(() => listener.context.rejections.length === 1, 'the rejection');
    expect(listener.context.samples).toEqual([]);
    const refused = await finish(
      start('mosquitto_sub', [...common(version), '-t', `things/${pressId}/#`, '-W', '3', '-C', '1']),
    );
    expect(refused.out).toBe('');
    expect(refused.error).toMatch(/denied|refused/i);
  });

  test('delivered with the QoS granted; retained, and cleared', async () => {
    const { outcome } = await subscribe(3, '-q', '2', '-t', `${own}/note/+`);
    await publish('-q', '0', '-t', `${own}/note/a`, '-m', 'zero');
    await publish('-q', '1', '-r', '-t', `${own}/note/a`, '-m', 'one');
    await publish('-q', '2', '-t', `${own}/note/b`, '-m', 'two');
    expect(messages(await outcome)).toEqual([
      `${own}/note/a|0|0|zero`,
      `${own}/note/a|1|0|one`,
      `${own}/note/b|2|0|two`,
    ]);
    const later = await subscribe(1, '-q', '1', '-t', `${own}/#`);
    expect(messages(await later.outcome)).toEqual([`${own}/note/a|1|1|one`]);
    await publish('-r', '-n', '-t', `${own}/note/a`);
    const nothing = await finish(start('mosquitto_sub', [...common(version), '-t', `${own}/#`, '-W', '1']));
    expect(nothing.out).toBe('');
  });

  test('a session is kept: what came meanwhile is delivered', async () => {
    const expiry = version === 'mqttv5' ? ['-x', '60'] : [];
    const keeps = ['-c', '-i', 'keeps', '-q', '1', '-t', `${own}/note`, ...expiry];
    await finish(start('mosquitto_sub', [...common(version), ...keeps, '-E']));
    for (const text of ['a', 'b', 'c']) await publish('-q', '1', '-t', `${own}/note`, '-m', text);
    const outcome = await finish(
      start('mosquitto_sub', [...common(version), ...keeps, '-C', '3', '-W', '5', '-F', '%p']),
    );
    expect(outcome.out.trim().split('\n')).toEqual(['a', 'b', 'c']);
  });

  test('the will of a killed client', async () => {
    const { outcome } = await subscribe(1, '-q', '1', '-t', `${own}/will`);
    const willing = start('stdbuf', [
      ...['-oL', 'mosquitto_sub', ...common(version)],
      ...['-d', '-t', `${own}/x`, '--will-topic', `${own}/will`, '--will-payload', 'gone', '--will-qos', '1'],
    ]);
    await subscribed(willing);
    willing.kill('SIGKILL');
    expect(messages(await outcome)).toEqual([`${own}/will|1|0|gone`]);
  });

  test('TLS', async () => {
    const { code, error } = await finish(
      start('mosquitto_pub', [
        ...[
          '-h',
          '127.0.0.1',
          '-p',
          String(listener.session.tlsPort),
          '-V',
          version,
          '-u',
          'oven',
          '-P',
          'hot',
        ],
        ...['--cafile', join(folder, 'ca.pem'), '-q', '1', '-t', `${own}/properties`, '-m', '{"pieces": 7}'],
      ]),
    );
    expect([code, error]).toEqual([0, '']);
    expect(listener.context.samples).toHaveLength(1);
  });
});

/** The Python that has paho: Debian's, wherever another stands first. */
function python(): string {
  for (const command of ['/usr/bin/python3', 'python3']) {
    try {
      execFileSync(command, ['-c', 'import paho.mqtt.client'], { stdio: 'ignore' });
      return command;
    } catch {
      // Not this one.
    }
  }
  throw new Error('no Python with paho.mqtt: install python3-paho-mqtt');
}

const script = `
import json, sys, threading, time
import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes

port, version, own, foreign = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
protocol = mqtt.MQTTv5 if version == 5 else mqtt.MQTTv311
report = {}

class Client:
    def __init__(self, name, clean=True, will=None):
        kept = {} if version == 5 else {"clean_session": clean}
        self.client = mqtt.Client(name, protocol=protocol, **kept)
        self.client.username_pw_set("oven", "hot")
        self.messages, self.grants, self.connects = [], [], []
        self.connected, self.subscribed = threading.Event(), threading.Event()
        self.client.on_message = lambda c, u, m: self.messages.append((m.topic, m.payload.decode(), m.qos, bool(m.retain)))
        if version == 5:
            self.client.on_connect = lambda c, u, f, rc, p: self.on_connect(f, rc)
            self.client.on_subscribe = lambda c, u, mid, codes, p: self.on_subscribe([code.value for code in codes])
        else:
            self.client.on_connect = lambda c, u, f, rc: self.on_connect(f, rc)
            self.client.on_subscribe = lambda c, u, mid, codes: self.on_subscribe(list(codes))
        if will: self.client.will_set(*will)
        self.clean = clean

    def on_connect(self, flags, rc):
        self.connects.append((int(flags["session present"]), rc if isinstance(rc, int) else rc.value))
        self.connected.set()

    def on_subscribe(self, codes):
        self.grants.append(codes)
        self.subscribed.set()

    def connect(self):
        self.connected.clear()
        if version == 5:
            properties = mqtt.Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 0 if self.clean else 100
            self.client.connect("127.0.0.1", port, keepalive=30, clean_start=self.clean, properties=properties)
        else:
            self.client.connect("127.0.0.1", port, keepalive=30)
        self.client.loop_start()
        assert self.connected.wait(5)
        return self

    def subscribe(self, topics):
        self.subscribed.clear()
        self.client.subscribe(topics)
        assert self.subscribed.wait(5)

    def publish(self, topic, payload, qos=1, retain=False):
        info = self.client.publish(topic, payload, qos, retain)
        info.wait_for_publish(10)
        return info

    def disconnect(self):
        self.client.disconnect()
        self.client.loop_stop()

    def kill(self):
        self.client.loop_stop()
        self.client._sock_close()

def until(condition):
    end = time.time() + 10
    while not condition() and time.time() < end: time.sleep(0.01)

def opts(topic, qos):
    return (topic, mqtt.SubscribeOptions(qos)) if version == 5 else (topic, qos)

a = Client("a").connect()
b = Client("b").connect()
for qos in (0, 1, 2): a.publish(own + "/properties", json.dumps({"pieces": qos}), qos)
infos = [a.client.publish(own + "/properties", json.dumps({"pieces": i}), i % 3) for i in range(1000)]
for info in infos: info.wait_for_publish(20)
report["published"] = all(info.is_published() for info in infos)

b.subscribe([opts(own + "/#", 2), opts(foreign + "/#", 1), opts("#", 0)])
report["grants"] = b.grants[0]
for qos in (0, 1, 2): a.publish(own + "/note", "qos %d" % qos, qos)
until(lambda: len(b.messages) == 3)
report["delivered"] = list(b.messages)
a.publish(own + "/kept", "retained", 1, True)
c = Client("c").connect()
c.subscribe([opts(own + "/kept", 1)])
until(lambda: len(c.messages) == 1)
report["retained"] = c.messages
c.disconnect()

d = Client("d", clean=False).connect()
d.subscribe([opts(own + "/later", 2)])
d.disconnect()
for qos in (1, 2): a.publish(own + "/later", "later %d" % qos, qos)
d.connect()
until(lambda: len(d.messages) == 2)
report["session"] = d.connects
report["later"] = d.messages
d.disconnect()

e = Client("e", will=(own + "/will", "gone", 1, False)).connect()
b.messages.clear()
e.kill()
until(lambda: len(b.messages) == 1)
report["will"] = b.messages
f = Client("a").connect()
time.sleep(0.3)
a.client.loop_stop()
report["takeover"] = f.connects
f.disconnect()
b.disconnect()
print(json.dumps(report))
`;

test.each([4, 5])('paho, version %s', async (version) => {
  const outcome = await finish(
    start(python(), ['-c', script, String(listener.port), String(version), own, `things/${pressId}`]),
  );
  expect(outcome.error).toBe('');
  const denied = version === 5 ? 0x87 : 0x80;
  expect(JSON.parse(outcome.out)).toEqual({
    published: true,
    grants: [2, denied, denied],
    delivered: [0, 1, 2].map((qos) => [`${own}/note`, `qos ${qos}`, qos, false]),
    retained: [[`${own}/kept`, 'retained', 1, true]],
    session: [
      [0, 0],
      [1, 0],
    ],
    later: [1, 2].map((qos) => [`${own}/later`, `later ${qos}`, qos, false]),
    will: [[`${own}/will`, 'gone', 1, false]],
    takeover: [[0, 0]],
  });
  const pieces = listener.context.samples.filter((sample) => sample.property === 'pieces');
  expect(pieces).toHaveLength(1003);
});
