import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTestRecords, TestPlant } from '../test-plant.ts';
import { AddressRefused, checkAddress, isPublicAddress } from './address-guard.ts';
import { signature } from './webhook.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('where a webhook may go', () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'nonsense',
  ])('%s is no public address', (address) => expect(isPublicAddress(address)).toBe(false));
  test.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'])('%s is', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  const at = (address: string) => () => Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]);
  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'http://user:secret@example.com/',
    'nonsense',
  ])('%s is refused', async (url) => {
    await expect(checkAddress(url, [], at('93.184.216.34'))).rejects.toBeInstanceOf(AddressRefused);
  });

  test('a name that leads inside is refused, also where only one of its addresses does', async () => {
    await expect(checkAddress('https://rebind.example/', [], at('10.0.0.5'))).rejects.toThrow('10.0.0.5');
    const both = () =>
      Promise.resolve([
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    await expect(checkAddress('https://rebind.example/', [], both)).rejects.toBeInstanceOf(AddressRefused);
  });

  test('the connection goes to the address that was checked, whatever the name means later', async () => {
    let asked = 0;
    const changing = () => {
      asked++;
      return Promise.resolve([{ address: asked === 1 ? '93.184.216.34' : '127.0.0.1', family: 4 }]);
    };
    const { lookup } = await checkAddress('https://rebind.example/', [], changing);
    const answer = await new Promise((resolve) =>
      lookup('rebind.example', {}, (_error, address) => resolve(address)),
    );
    expect([answer, asked]).toEqual(['93.184.216.34', 1]);
  });

  test('a host the administrator allows may be inside', async () => {
    const checked = await checkAddress('http://mes.plant:8080/x', ['mes.plant'], at('10.0.0.5'));
    expect(checked.address).toBe('10.0.0.5');
  });
});

describe('messages', () => {
  let records: TestPlant['records'];
  let plant: TestPlant;
  let server: Server | undefined;
  beforeAll(async () => {
    records = await openTestRecords();
  });
  afterAll(() => records.close());
  afterEach(async () => {
    await plant.close();
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    server = undefined;
  });

  interface Post {
    key: string;
    headers: IncomingMessage['headers'];
    body: string;
  }
  /** A receiver; `answer` gives the status, or nothing to hang. */
  const receiver = async (
    answer: (post: Post, count: number) => number | undefined,
  ): Promise<{ url: string; posts: Post[] }> => {
    const posts: Post[] = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const post = { key: String(request.headers['millrace-key']), headers: request.headers, body };
        posts.push(post);
        const status = answer(post, posts.length);
        if (status !== undefined) response.writeHead(status).end('ok');
      });
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, posts };
  };
  const until = async (condition: () => boolean): Promise<void> => {
    const end = Date.now() + 20_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error('waited in vain');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const open = async (): Promise<void> => {
    plant = await TestPlant.open({ ...records }, { webhookMillisecondsMax: 200 });
    await plant.thing('oven');
    await plant.rule('hot', { condition: 'temperature > 80' });
    await plant.alarms.notifications.putSettings({ allowedHosts: ['127.0.0.1'] });
  };
  const channel = () => plant.alarms.notifications.channels()[0]!;

  test('a webhook is posted once, signed, under a key of its own, as text', async () => {
    await open();
    const { url, posts } = await receiver(() => 204);
    await plant.alarms.notifications.putChannel(undefined, {
      title: 'mes',
      kind: 'webhook',
      url,
      secret: 'hush',
    });
    expect(channel().secret).toBe('•••');
    const [saved] = await records.query<{ settings: { secret: string } }>(
      'SELECT settings FROM alarm_channels',
    );
    expect(saved!.settings.secret).toMatch(/^sealed:/);
    plant.send('oven', 90);
    await until(() => channel().sent === 1);
    expect(posts).toHaveLength(1);
    const { headers, body, key } = posts[0]!;
    expect(JSON.parse(body)).toMatchObject({
      key,
      what: 'raised',
      alarm: { rule: 'hot', state: 'unacknowledged' },
    });
    expect(headers['millrace-signature']).toBe(
      signature('hush', Number(headers['millrace-timestamp']), body),
    );
    expect(channel()).toMatchObject({ sent: 1, waiting: 0, failed: 0 });
  });

  test('500 for an hour: tried on with growing pauses, delivered once it is well, nothing lost', async () => {
    await open();
    let well = false;
    const { url, posts } = await receiver(() => (well ? 200 : 500));
    await plant.alarms.notifications.putChannel(undefined, { title: 'mes', kind: 'webhook', url });
    plant.send('oven', 90);
    await plant.alarms.settled();
    plant.pass(1);
    plant.send('oven', 20);
    await until(() => channel().problem !== undefined);
    expect(channel().problem!.detail).toBe('It answered 500.');
    for (let minute = 0; minute < 60; minute++) {
      plant.pass(60);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    const tried = posts.length;
    expect(tried).toBeGreaterThan(8);
    expect(tried).toBeLessThan(60);
    expect(channel()).toMatchObject({ sent: 0, waiting: 2 });
    // The platform is started again meanwhile.
    await plant.crash();
    well = true;
    for (let minute = 0; minute < 12 && channel().sent < 2; minute++) {
      plant.pass(60);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await until(() => channel().sent === 2);
    expect(channel()).toMatchObject({ sent: 2, waiting: 0, failed: 0 });
    expect(new Set(posts.map((post) => post.key)).size).toBe(2);
    expect(channel().problem).toBeUndefined();
  });

  test('a receiver that hangs keeps neither alarms nor other receivers waiting', async () => {
    await open();
    const { url, posts } = await receiver((post) =>
      post.headers['x'] === undefined && posts.length <= 3 ? undefined : 200,
    );
    await plant.alarms.notifications.putChannel(undefined, { title: 'hangs', kind: 'webhook', url });
    const other = await new Promise<{ server: Server; hits: () => number }>((resolve) => {
      let hits = 0;
      const made = createServer((request, response) => {
        hits++;
        request.resume();
        response.writeHead(200).end();
      });
      made.listen(0, '127.0.0.1', () => resolve({ server: made, hits: () => hits }));
    });
    const { port } = other.server.address() as AddressInfo;
    await plant.alarms.notifications.putChannel(undefined, {
      title: 'well',
      kind: 'webhook',
      url: `http://127.0.0.1:${port}/`,
    });
    for (let turn = 0; turn < 3; turn++) {
      plant.pass(1);
      plant.send('oven', 90);
      plant.pass(1);
      plant.send('oven', 20);
    }
    await until(() => other.hits() === 6);
    const hanging = () => plant.alarms.notifications.channels().find((one) => one.title === 'hangs')!;
    await until(() => hanging().problem !== undefined);
    expect(hanging().problem!.detail).toBe('No answer within 0.2 s.');
    await new Promise<void>((resolve) => other.server.close(() => resolve()));
  });

  test('what is not taken for a day is given up and counted', async () => {
    await open();
    await plant.alarms.notifications.putSettings({ allowedHosts: [] });
    await plant.alarms.notifications.putChannel(undefined, {
      title: 'x',
      kind: 'webhook',
      url: 'http://127.0.0.1:9/',
    });
    plant.send('oven', 90);
    await until(() => channel().problem !== undefined);
    expect(channel().problem!.detail).toContain('inside the plant');
    for (let hour = 0; hour < 27 && channel().failed === 0; hour++) {
      plant.pass(3600);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await until(() => channel().failed === 1);
    expect(channel().waiting).toBe(0);
  });

  test('repeats, escalation by role, and none while shelved', async () => {
    await open();
    const { url, posts } = await receiver(() => 200);
    await plant.alarms.notifications.putChannel(undefined, { title: 'all', kind: 'webhook', url });
    await plant.alarms.notifications.putChannel(undefined, {
      title: 'chief',
      kind: 'webhook',
      url,
      roles: ['supervisor'],
    });
    await plant.rule('hot', {
      condition: 'temperature > 80',
      repeatSeconds: 300,
      escalation: [{ afterSeconds: 600, role: 'supervisor' }],
    });
    plant.send('oven', 90);
    for (let minute = 0; minute < 11; minute++) {
      plant.pass(60);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until(() => posts.length >= 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(posts.map((post) => (JSON.parse(post.body) as { what: string }).what).sort()).toEqual([
      'escalated',
      'raised',
      'repeated',
      'repeated',
    ]);
    await plant.alarms.shelve(plant.ids(), { kind: 'person', id: 'ada' }, 60, 'known', () => true);
    for (let minute = 0; minute < 10; minute++) plant.pass(60);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(posts).toHaveLength(4);
  });

  test('an e-mail is plain text, and names cannot add headers or markup', async () => {
    await open();
    const mails: string[] = [];
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        let text = '';
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        stream.on('end', () => {
          mails.push(text);
          done();
        });
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    await plant.alarms.notifications.putSettings({
      mailHost: '127.0.0.1',
      mailPort: (smtp.server.address() as AddressInfo).port,
      mailSecurity: 'none',
      mailFrom: 'millrace@plant.example',
    });
    await plant.alarms.notifications.putChannel(undefined, {
      title: 'shift',
      kind: 'email',
      to: ['shift@plant.example'],
    });
    await plant.rule('hot', {
      title: 'Hot\r\nBcc: x@y.z <b>',
      condition: 'temperature > 80',
      response: '<script>alert(1)</script>',
    });
    plant.send('oven', 90);
    await until(() => mails.length === 1);
    expect(mails[0]).toContain('Content-Type: text/plain');
    expect(mails[0]).not.toMatch(/^Bcc:/m);
    expect(mails[0]).toContain('<script>');
    expect(mails[0]!.match(/^Message-ID:\s+<[^>]*raised/m)).not.toBeNull();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });
});
