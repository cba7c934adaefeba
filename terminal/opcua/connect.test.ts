import './test-quiet.ts';
import { createServer, type Server, type Socket } from 'node:net';
import { MessageSecurityMode, SecurityPolicy } from 'node-opcua';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { opcua } from './opcua.ts';
import { freePort, type Machine, makeCertificate, startSample } from './test-server.ts';
import { contextFor } from './test-things.ts';

let secure: Machine;
const user = { name: 'operator', password: 'pa$$wörd' };
let userCertificate: Awaited<ReturnType<typeof makeCertificate>>;
beforeAll(async () => {
  userCertificate = await makeCertificate('user');
  secure = await startSample({
    policies: [
      SecurityPolicy.None,
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    modes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    user,
    announcedHost: 'plc-17.nowhere.invalid',
  });
});
afterAll(() => secure.stop());

const running: { close(): void }[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.close();
});

/** A raw server on a free port. */
async function raw(talk: (socket: Socket) => void): Promise<{ endpoint: string; connections: () => number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', () => {});
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return {
    endpoint: `opc.tcp://127.0.0.1:${(server.address() as { port: number }).port}`,
    connections: () => sockets.size,
  };
}

test('a first contact shows the certificate and what to save to trust it', async () => {
  const report = await opcua.test(contextFor(secure.endpoint, { serverCertificate: 'ask' }));
  expect(report).toMatchObject({ ok: true });
  expect(report.steps.map((step) => step.title.en)).toEqual([
    'Reach host and port',
    "Millrace's own certificate",
    'Ask for endpoints',
    'Choose security',
    "Check the server's certificate",
    'Open the secure channel',
    'Sign in',
    "Read the server's status",
  ]);
  expect(report.found).toMatchObject({
    security: { policy: 'Aes256_Sha256_RsaPss', mode: 'SignAndEncrypt' },
    certificate: { trusted: false, subject: 'O=Test, CN=server' },
    status: { state: 'Running' },
    server: { applicationUri: 'urn:millrace:test:server' },
  });
  const { settings } = report.found as { settings: Record<string, string> };
  const again = await opcua.test(contextFor(secure.endpoint, { serverCertificate: 'ask', ...settings }));
  expect(again.found).toMatchObject({ certificate: { trusted: true } });
  expect(again.found).not.toHaveProperty('settings');
});

test.each([
  ['Basic256Sha256', 'Sign'],
  ['Basic256Sha256', 'SignAndEncrypt'],
  ['Aes128_Sha256_RsaOaep', 'Sign'],
  ['Aes128_Sha256_RsaOaep', 'SignAndEncrypt'],
  ['Aes256_Sha256_RsaPss', 'Sign'],
  ['Aes256_Sha256_RsaPss', 'SignAndEncrypt'],
  ['None', 'auto'],
])('security policy %s, %s', async (securityPolicy, securityMode) => {
  const report = await opcua.test(contextFor(secure.endpoint, { securityPolicy, securityMode }));
  expect(report).toMatchObject({ ok: true, found: { security: { policy: securityPolicy } } });
});

test('user name and password; a wrong one is refused in so many words', async () => {
  const settings = { identity: 'username', username: user.name };
  const right = await opcua.test(contextFor(secure.endpoint, { ...settings, password: user.password }));
  expect(right.ok).toBe(true);
  const wrong = await opcua.test(contextFor(secure.endpoint, { ...settings, password: 'guess' }));
  expect(wrong).toMatchObject({
    ok: false,
    problem: {
      kind: 'denied',
      code: 'identity-rejected',
      field: 'password',
      what: { en: expect.stringContaining('operator') },
    },
  });
  expect(wrong.steps.at(-1)).toMatchObject({ ok: false, title: { en: 'Sign in' } });
});

test('a password is not sent to a server whose certificate nobody has confirmed', async () => {
  const report = await opcua.test(
    contextFor(secure.endpoint, {
      serverCertificate: 'ask',
      identity: 'username',
      username: user.name,
      password: 'guess',
    }),
  );
  expect(report).toMatchObject({ ok: true, found: { certificate: { trusted: false } } });
  expect(report.steps.at(-1)!.detail).toContain('not tried');
});

test('a user certificate', async () => {
  const report = await opcua.test(
    contextFor(secure.endpoint, {
      identity: 'certificate',
      userCertificate: userCertificate.certificatePem,
      userKey: userCertificate.keyPem,
    }),
  );
  expect(report).toMatchObject({ ok: true });
});

test('opening refuses a certificate nobody has confirmed, and browsing too', async () => {
  const settings = { serverCertificate: 'ask' };
  const untrusted = { problem: { kind: 'denied', code: 'server-certificate-untrusted' } };
  await expect(opcua.open(contextFor(secure.endpoint, settings))).rejects.toMatchObject(untrusted);
  await expect(opcua.browse!(contextFor(secure.endpoint, settings), undefined)).rejects.toMatchObject(
    untrusted,
  );
});

test('an expired server certificate is refused, and accepted only by its setting', async () => {
  const certificate = await makeCertificate('expired', {
    from: new Date(Date.now() - 20 * 86_400_000),
    to: new Date(Date.now() - 86_400_000),
  });
  const expired = await startSample({ certificate });
  try {
    const refused = await opcua.test(contextFor(expired.endpoint));
    expect(refused).toMatchObject({
      ok: false,
      problem: { kind: 'denied', code: 'server-certificate-expired' },
      found: { certificate: { subject: 'O=Test, CN=expired' } },
    });
    await expect(opcua.open(contextFor(expired.endpoint))).rejects.toMatchObject({
      problem: { code: 'server-certificate-expired' },
    });
    const session = await opcua.open(contextFor(expired.endpoint, { allowExpired: true }));
    await session.close();
  } finally {
    await expired.stop();
  }
});

test('a server that does not trust us: what to trust on it is named', async () => {
  const strict = await startSample({ trustClients: false });
  try {
    const report = await opcua.test(contextFor(strict.endpoint));
    expect(report.ok).toBe(false);
    const { ownCertificate } = report.found as { ownCertificate: { thumbprint: string; file: string } };
    expect(['client-certificate-rejected', 'secure-channel-closed']).toContain(report.problem!.code);
    expect(report.problem!.remedy.en).toContain(ownCertificate.thumbprint);
    expect(report.problem!.remedy.zh).toContain(ownCertificate.file);
  } finally {
    await strict.stop();
  }
});

test('a server with no sessions left is tried again', async () => {
  const small = await startSample({ maxSessions: 1 });
  try {
    const first = await opcua.open(contextFor(small.endpoint));
    const report = await opcua.test(contextFor(small.endpoint));
    expect(report).toMatchObject({ ok: false, problem: { kind: 'unavailable', code: 'server-full' } });
    await first.close();
  } finally {
    await small.stop();
  }
});

test('a server without safe policies: says what to do, never goes without by itself', async () => {
  const plain = await startSample({ policies: [SecurityPolicy.None], modes: [MessageSecurityMode.None] });
  try {
    await expect(opcua.open(contextFor(plain.endpoint))).rejects.toMatchObject({
      problem: { kind: 'settings', code: 'only-none-offered', field: 'securityPolicy' },
    });
    const session = await opcua.open(contextFor(plain.endpoint, { securityPolicy: 'None' }));
    await session.close();
  } finally {
    await plain.stop();
  }
});

test('nobody there', async () => {
  const report = await opcua.test(contextFor(`opc.tcp://127.0.0.1:${await freePort()}`));
  expect(report).toMatchObject({
    ok: false,
    problem: { kind: 'unavailable', code: 'connection-refused', field: 'endpoint' },
    steps: [{ ok: false, title: { en: 'Reach host and port' } }],
  });
});

test('a host name nobody knows', async () => {
  const report = await opcua.test(contextFor('opc.tcp://no-such-host.invalid:4840'));
  expect(report.problem).toMatchObject({ kind: 'unavailable', code: 'host-unknown' });
});

test.each<[string, (socket: Socket) => void, string[]]>([
  [
    'a web server',
    (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    ['not-opcua', 'connection-closed'],
  ],
  ['one that hangs up', (socket) => socket.destroy(), ['connection-closed', 'not-opcua']],
  ['one that says nothing', () => {}, ['server-silent']],
  [
    'one that says hello and no more',
    (socket) => socket.once('data', () => socket.write(acknowledge())),
    ['server-silent'],
  ],
  [
    'one that sends garbage after hello',
    (socket) => {
      socket.once('data', () => {
        socket.write(acknowledge());
        socket.write(Buffer.alloc(5000, 0xa5));
      });
    },
    ['not-opcua', 'connection-closed', 'server-silent'],
  ],
  [
    'one that announces a message of 4 GB',
    (socket) => {
      socket.once('data', () => {
        socket.write(acknowledge());
        const header = Buffer.from('OPNF\xff\xff\xff\xff\0\0\0\0', 'latin1');
        socket.write(header);
        socket.write(Buffer.alloc(200_000, 1));
      });
    },
    ['not-opcua', 'connection-closed', 'server-silent'],
  ],
  [
    'one that answers an error',
    (socket) => {
      socket.once('data', () => {
        const reason = Buffer.from('go away');
        const message = Buffer.alloc(16 + reason.length);
        message.write('ERRF', 'latin1');
        message.writeUInt32LE(message.length, 4);
        message.writeUInt32LE(0x807d0000, 8); // BadTcpServerTooBusy
        message.writeUInt32LE(reason.length, 12);
        reason.copy(message, 16);
        socket.write(message);
      });
    },
    ['server-full', 'connection-closed', 'not-opcua'],
  ],
])('instead of an OPC UA server: %s', async (_, talk, codes) => {
  const { endpoint, connections } = await raw(talk);
  const context = contextFor(endpoint, { timeoutMilliseconds: 500 });
  const report = await opcua.test(context);
  expect(report.ok).toBe(false);
  expect(codes).toContain(report.problem!.code);
  expect(report.problem!.kind).toBe('unavailable');
  await expect(opcua.open(context)).rejects.toMatchObject({ problem: { kind: 'unavailable' } });
  await context.until(() => connections() === 0, 'every socket closed');
});

/** ACK (OPC 10000-6, 7.1.2.4). */
function acknowledge(): Buffer {
  const message = Buffer.alloc(28);
  message.write('ACKF', 'latin1');
  for (const [at, value] of [28, 0, 65_536, 65_536, 0, 0].entries()) message.writeUInt32LE(value, 4 + at * 4);
  return message;
}

test('an aborted connection stops at once', async () => {
  const { endpoint, connections } = await raw(() => {});
  const context = contextFor(endpoint, { timeoutMilliseconds: 20_000 });
  const opening = opcua.open(context);
  opening.catch(() => {});
  await context.until(() => connections() > 0, 'a connection');
  context.abort();
  await expect(opening).rejects.toThrow();
});

test('settings for an endpoint that only a description names', () => {
  expect(opcua.settingsFor!('opc.tcp://plc-1:4840')).toEqual({ endpoint: 'opc.tcp://plc-1:4840' });
  expect(opcua.settingsFor!('mqtt://plc-1')).toBeUndefined();
  expect(opcua.endpoint!({ endpoint: 'opc.tcp://PLC-1:4840/UA/Server' })).toBe('opc.tcp://plc-1:4840');
});
