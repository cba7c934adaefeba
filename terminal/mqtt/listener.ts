import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import {
  createSecureContext,
  createServer as createTlsServer,
  type SecureContextOptions,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls';
import type { LocalText, SettingProblem, TestReport } from '@millrace/contract';
import {
  type CheckedSettings,
  defineTerminal,
  type ProbeContext,
  type TerminalContext,
  TerminalError,
  type TerminalSession,
} from '@millrace/sdk';
import { Broker, type ShownCertificate } from './broker.ts';
import { Connection } from './connection.ts';
import { createSparkplugHost } from './sparkplug/index.ts';

/** An open listener. `port` and `tlsPort` are those it really has, where 0 was asked for. */
export interface MqttSession extends TerminalSession {
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  invoke: NonNullable<TerminalSession['invoke']>;
  write: NonNullable<TerminalSession['write']>;
  reaches: NonNullable<TerminalSession['reaches']>;
}

const settings = {
  host: {
    kind: 'text',
    title: { en: 'Address to listen on', zh: '监听地址' },
    help: {
      en: '127.0.0.1: this machine only. 0.0.0.0: every network this machine is on.',
      zh: '127.0.0.1 仅限本机；0.0.0.0 表示本机所在的所有网络。',
    },
    default: '127.0.0.1',
    required: true,
  },
  plain: {
    kind: 'toggle',
    title: { en: 'Accept connections without TLS', zh: '接受未加密（非 TLS）的连接' },
    help: {
      en: 'Passwords travel in the clear. Switch it off where a certificate is given and all devices can do TLS.',
      zh: '密码以明文传输。若已配置证书且所有设备均支持 TLS，请关闭。',
    },
    default: true,
  },
  port: {
    kind: 'number',
    title: { en: 'Port', zh: '端口' },
    default: 1883,
    min: 0,
    max: 65_535,
    integer: true,
  },
  tlsPort: {
    kind: 'number',
    title: { en: 'Port for TLS', zh: 'TLS 端口' },
    help: {
      en: 'Opened only when a certificate and its key are given.',
      zh: '仅在提供证书与私钥时开启。',
    },
    default: 8883,
    min: 0,
    max: 65_535,
    integer: true,
  },
  certificate: {
    kind: 'pem',
    title: { en: 'Certificate (PEM, with its chain)', zh: '证书（PEM，含证书链）' },
  },
  key: { kind: 'secret', title: { en: 'Private key (PEM)', zh: '私钥（PEM）' } },
  sparkplug: {
    kind: 'toggle',
    title: { en: 'Sparkplug B host application', zh: 'Sparkplug B 主机应用' },
    help: {
      en: 'Edge nodes that publish on spBv1.0/… are understood, and told STATE.',
      zh: '识别在 spBv1.0/… 上发布的边缘节点，并发布 STATE。',
    },
    default: true,
  },
  sparkplugHostId: {
    kind: 'text',
    title: { en: 'Sparkplug host id', zh: 'Sparkplug 主机标识' },
    default: 'millrace',
    pattern: '^[^/+#\\u0000]{1,128}$',
    advanced: true,
  },
  sessionsMax: {
    kind: 'number',
    title: { en: 'Clients at most', zh: '最多客户端数' },
    help: {
      en: 'Connected at once; as many more may be away with their session kept.',
      zh: '同时在线的上限；离线但保留会话的客户端上限与此相同。',
    },
    default: 10_000,
    min: 1,
    max: 200_000,
    integer: true,
    advanced: true,
  },
  sessionExpiryHours: {
    kind: 'number',
    title: { en: 'Sessions are kept for', zh: '会话保留时间' },
    help: {
      en: 'How long subscriptions and queued messages of a client that is away are kept, at most.',
      zh: '客户端离线后，其订阅与排队消息最长保留多久。',
    },
    default: 168,
    min: 0,
    max: 8760,
    unit: 'h',
    advanced: true,
  },
} as const;

export const mqtt = defineTerminal({
  id: 'mqtt',
  title: { en: 'MQTT and Sparkplug listener', zh: 'MQTT 与 Sparkplug 监听' } satisfies LocalText,
  summary: {
    en: 'Devices connect here and publish JSON, Sparkplug B, or topics of their own. MQTT 3.1.1 and 5.0.',
    zh: '设备连接到此处，发布 JSON、Sparkplug B 或自有主题。支持 MQTT 3.1.1 与 5.0。',
  } satisfies LocalText,
  schemes: [],
  direction: 'listener' as const,
  settings,

  check(given: CheckedSettings): readonly SettingProblem[] {
    const problems: SettingProblem[] = [];
    const { certificate, key } = given;
    const hasCertificate = typeof certificate === 'string' && certificate !== '';
    const hasKey = typeof key === 'string' && key !== '';
    if (hasCertificate !== hasKey) {
      problems.push({
        field: hasCertificate ? 'key' : 'certificate',
        message: {
          en: 'A certificate and its private key belong together; one of them is missing',
          zh: '证书与私钥须同时提供，目前缺少其一',
        },
      });
    } else if (hasCertificate && hasKey) {
      const problem = checkKeyPair(certificate, key);
      if (problem !== undefined) problems.push(problem);
    } else if (given['plain'] === false) {
      problems.push({
        field: 'plain',
        message: {
          en: 'Without a certificate there would be no port left to listen on',
          zh: '未提供证书时关闭明文连接，将没有任何可监听的端口',
        },
      });
    }
    return problems;
  },

  open: openListener,

  /** Whether the ports can be had. An open listener holds its own: then this says so. */
  async test(context: ProbeContext): Promise<TestReport> {
    const steps: TestReport['steps'] = [];
    let problem: TestReport['problem'];
    for (const port of ports(context.settings)) {
      const began = performance.now();
      const server = createServer();
      try {
        await listen(server, port.number, String(context.settings['host']), port.field);
        steps.push({
          title: { en: `Port ${port.number} is free`, zh: `端口 ${port.number} 可用` },
          ok: true,
          milliseconds: performance.now() - began,
        });
      } catch (error) {
        problem = (error as TerminalError).problem;
        steps.push({
          title: { en: `Port ${port.number}`, zh: `端口 ${port.number}` },
          ok: false,
          milliseconds: performance.now() - began,
          ...(problem.detail === undefined ? {} : { detail: problem.detail }),
        });
      } finally {
        server.close();
      }
    }
    return { ok: problem === undefined, steps, ...(problem === undefined ? {} : { problem }) };
  },
});

async function openListener(context: TerminalContext): Promise<MqttSession> {
  const given = context.settings;
  const host = String(given['host']);
  const sessionsMax = Number(given['sessionsMax']);
  const broker = new Broker(context, {
    sessionsMax,
    sessionExpirySecondsMax: Number(given['sessionExpiryHours']) * 3600,
    sparkplug: given['sparkplug'] !== false,
  });
  if (given['sparkplug'] !== false) {
    broker.sparkplug = createSparkplugHost({
      context,
      hostId: String(given['sparkplugHostId']),
      publish: (topic, payload, options) => broker.publishAsHost(topic, payload, options),
    });
    broker.sparkplug.start();
  }
  const servers: Server[] = [];
  const bound: Record<'port' | 'tlsPort', number | undefined> = { port: undefined, tlsPort: undefined };
  const accept = (socket: Socket, shown?: ShownCertificate): void => {
    if (broker.full || context.signal.aborted) {
      broker.counters.refused++;
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    // A peer whose power went, with no keep-alive of MQTT's own, is found out by TCP's.
    socket.setKeepAlive(true, 60_000);
    new Connection(broker, socket, shown);
  };
  const close = async (): Promise<void> => {
    // No new ones; those that are open are answered what they are owed before they end.
    const ended = servers.map(
      (server) =>
        new Promise<void>((resolve) => (server.listening ? server.close(() => resolve()) : resolve())),
    );
    await broker.close();
    await Promise.all(ended);
  };
  try {
    for (const port of ports(given)) {
      const server =
        port.field === 'port'
          ? createServer((socket) => accept(socket))
          : createTlsServer(
              {
                ...secureContext(context),
                handshakeTimeout: 10_000,
                // Asked for and not required: a terminal may as well show a user name and a password. What is not accepted is told at CONNECT.
                requestCert: context.authenticateCertificate !== undefined,
                rejectUnauthorized: false,
              },
              (socket) => accept(socket, shownBy(socket)),
            ).on('tlsClientError', () => context.count('tlsFailures', 1));
      if (port.field === 'tlsPort')
        context.onClientAuthoritiesChanged?.(() =>
          (server as TlsServer).setSecureContext(secureContext(context)),
        );
      server.maxConnections = sessionsMax + 1000;
      server.on('drop', () => void broker.counters.refused++);
      servers.push(server);
      bound[port.field] = await listen(server, port.number, host, port.field);
      context.gauge(port.field, bound[port.field]!);
      server.on('error', (error) => context.log.warn('MQTT listener', { error: error.message }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  context.log.info('MQTT listens', { host, ...bound });
  // The ports as they are, for whoever asked for any free one.
  if (bound.port !== undefined) context.gauge('port', bound.port);
  if (bound.tlsPort !== undefined) context.gauge('tlsPort', bound.tlsPort);
  context.report('connected');
  return {
    port: bound.port,
    tlsPort: bound.tlsPort,
    close,
    invoke: (thing, action, input, options) => broker.actions.invoke(thing, action, input, options),
    write: (thing, property, value, options) => broker.write(thing, property, value, options),
    reaches: (thing) => broker.reaches(thing),
  };
}

function secureContext(context: TerminalContext): SecureContextOptions {
  const { settings } = context;
  return {
    cert: String(settings['certificate']),
    key: String(settings['key']),
    minVersion: 'TLSv1.2',
    // Never the authorities of the internet: an empty list trusts nobody.
    ca: [...(context.clientAuthorities ?? [])],
    // An authority that was given is trusted by itself, also where it is signed by one above it.
    allowPartialTrustChain: true,
  };
}

function shownBy(socket: TLSSocket): ShownCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const { authorized, authorizationError } = socket;
  return {
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    // Its type says Error; it is the code, as text.
    problem: authorized ? undefined : String(authorizationError ?? 'not authorised'),
  };
}

function ports(given: CheckedSettings): { field: 'port' | 'tlsPort'; number: number }[] {
  const found: { field: 'port' | 'tlsPort'; number: number }[] = [];
  if (given['plain'] !== false) found.push({ field: 'port', number: Number(given['port']) });
  const { certificate } = given;
  if (typeof certificate === 'string' && certificate !== '') {
    found.push({ field: 'tlsPort', number: Number(given['tlsPort']) });
  }
  return found;
}

function checkKeyPair(certificate: string, key: string): SettingProblem | undefined {
  try {
    new X509Certificate(certificate);
  } catch (error) {
    return {
      field: 'certificate',
      message: {
        en: `This is not a certificate in PEM form: ${(error as Error).message}`,
        zh: `不是有效的 PEM 证书：${(error as Error).message}`,
      },
    };
  }
  try {
    createPrivateKey(key);
  } catch (error) {
    return {
      field: 'key',
      message: {
        en: `This is not a private key in PEM form without a passphrase: ${(error as Error).message}`,
        zh: `不是有效的（无口令）PEM 私钥：${(error as Error).message}`,
      },
    };
  }
  try {
    createSecureContext({ cert: certificate, key });
  } catch (error) {
    return {
      field: 'key',
      message: {
        en: `Certificate and key do not go together: ${(error as Error).message}`,
        zh: `证书与私钥不匹配：${(error as Error).message}`,
      },
    };
  }
  return undefined;
}

function listen(server: Server, port: number, host: string, field: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(listenProblem(error, port, host, field));
    server.once('error', failed);
    server.listen({ port, host, backlog: 4096 }, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenProblem(
  error: NodeJS.ErrnoException,
  port: number,
  host: string,
  field: string,
): TerminalError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new TerminalError(
        'unavailable',
        'port-in-use',
        {
          en: `Port ${port} on ${host} is taken by another program.`,
          zh: `${host} 的端口 ${port} 已被其他程序占用。`,
        },
        { en: 'End that program, or choose another port.', zh: '请结束该程序，或改用其他端口。' },
        { detail: error.message, field },
      );
    case 'EACCES':
      return new TerminalError(
        'settings',
        'port-not-allowed',
        { en: `Port ${port} may not be opened by this user.`, zh: `当前用户无权开启端口 ${port}。` },
        { en: 'Choose a port above 1023.', zh: '请选择 1023 以上的端口。' },
        { detail: error.message, field },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new TerminalError(
        'settings',
        'address-unknown',
        { en: `This machine has no address "${host}".`, zh: `本机没有地址“${host}”。` },
        {
          en: 'Take 127.0.0.1, 0.0.0.0 or an address of this machine.',
          zh: '请使用 127.0.0.1、0.0.0.0 或本机的某个地址。',
        },
        { detail: error.message, field: 'host' },
      );
    default:
      return new TerminalError(
        'unavailable',
        'cannot-listen',
        { en: `Listening on ${host}:${port} failed.`, zh: `在 ${host}:${port} 上监听失败。` },
        { en: 'See the detail.', zh: '请查看详细信息。' },
        { detail: error.message, field },
      );
  }
}
