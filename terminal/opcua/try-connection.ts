import type { LocalText, TestReport } from '@millrace/contract';
import { type ProbeContext, TerminalError } from '@millrace/sdk';
import {
  AttributeIds,
  type ClientSession,
  type EndpointDescription,
  MessageSecurityMode,
  type OPCUAClient,
  UserTokenType,
} from 'node-opcua-client';
import { type OwnCertificate, ownCertificate, type Trust } from './certificates.ts';
import { describeEndpoint, policyName } from './endpoints.ts';
import {
  decide,
  disconnect,
  discover,
  type LinkContext,
  openChannel,
  openSession,
  reach,
  within,
} from './link.ts';
import { problemOf, raise, type Step } from './problems.ts';
import { type OpcuaSettings, readSettings } from './settings.ts';

const words = {
  certificate: { en: "Millrace's own certificate", zh: 'Millrace 自身证书' },
  connect: { en: 'Reach host and port', zh: '连接主机与端口' },
  endpoints: { en: 'Ask for endpoints', zh: '查询端点' },
  security: { en: 'Choose security', zh: '选择安全策略' },
  trust: { en: "Check the server's certificate", zh: '检查服务器证书' },
  channel: { en: 'Open the secure channel', zh: '建立安全通道' },
  session: { en: 'Sign in', zh: '登录' },
  status: { en: "Read the server's status", zh: '读取服务器状态' },
} satisfies Record<string, LocalText>;

/**
 * Tries a connection step by step and keeps nothing but Millrace's own certificate. A server certificate that nobody has confirmed yet does not
 * stop it: it is shown in `found.certificate`, and `found.settings` holds what to save to trust it from then on. A password is not
 * sent to such a server.
 */
export async function tryConnection(context: ProbeContext): Promise<TestReport> {
  const settings = readSettings(context.settings);
  const linkContext: LinkContext = {
    settings,
    folder: context.protocolFolder,
    now: () => context.clock.now(),
    signal: context.signal,
  };
  const steps: TestReport['steps'] = [];
  const found: Record<string, unknown> = {};
  let own: OwnCertificate | undefined;
  let client: OPCUAClient | undefined;
  let at: Step = 'connect';
  const step = async <T>(
    title: LocalText,
    work: () => Promise<T> | T,
    say?: (value: T) => string,
  ): Promise<T> => {
    const started = performance.now();
    const milliseconds = (): number => Math.round((performance.now() - started) * 10) / 10;
    try {
      const value = await work();
      const detail = say?.(value);
      steps.push({
        title,
        ok: true,
        milliseconds: milliseconds(),
        ...(detail === undefined ? {} : { detail }),
      });
      return value;
    } catch (error) {
      const failed =
        error instanceof TerminalError
          ? error
          : raise(problemOf(error, { address: settings.endpoint, step: at, own, user: user(settings) }));
      steps.push({
        title,
        ok: false,
        milliseconds: milliseconds(),
        detail: failed.problem.detail ?? failed.problem.what.en,
      });
      throw failed;
    }
  };
  try {
    await step(words.connect, () => reach(settings, context.signal));
    own = await step(
      words.certificate,
      () => ownCertificate(context.protocolFolder, settings, context.clock.now() / 1000),
      (made) => made.thumbprint,
    );
    found['ownCertificate'] = {
      thumbprint: own.thumbprint,
      file: own.file,
      applicationUri: own.applicationUri,
    };
    const mine = own;
    at = 'endpoints';
    const offered = await step(
      words.endpoints,
      () => discover(linkContext, mine),
      (list) => `${list.length}`,
    );
    found['endpoints'] = offered.map(describeEndpoint);
    const server = offered[0]?.server;
    found['server'] = {
      name: server?.applicationName?.text ?? '',
      applicationUri: server?.applicationUri ?? '',
    };
    const { endpoint, trust } = await step(
      words.security,
      () => decide(offered, linkContext),
      (chosen) => {
        const one = describeEndpoint(chosen.endpoint);
        return one.securityPolicy === 'None' ? 'None' : `${one.securityPolicy}, ${one.securityMode}`;
      },
    );
    found['security'] = {
      policy: policyName(endpoint.securityPolicyUri),
      mode: MessageSecurityMode[endpoint.securityMode],
    };
    if (trust !== undefined)
      await step(
        words.trust,
        () => judge(trust, found),
        (text) => text,
      );
    at = 'channel';
    client = await step(words.channel, () => openChannel(linkContext, mine, endpoint));
    if (trust !== undefined && !trust.trusted && settings.identity === 'username') {
      steps.push({
        title: words.session,
        ok: true,
        milliseconds: 0,
        detail: 'not tried: the password is sent once the certificate is trusted',
      });
      return { ok: true, steps, found };
    }
    at = 'session';
    const opened = client;
    const session = await step(
      words.session,
      () => openSession(opened, linkContext),
      () => (sentInClear(endpoint, settings) ? 'the password is sent unencrypted' : settings.identity),
    );
    at = 'request';
    await step(
      words.status,
      () => within(readStatus(session), settings.timeoutMilliseconds, context.signal),
      (read) => {
        found['status'] = read;
        return String(read['state']);
      },
    );
    await within(session.close(true), settings.timeoutMilliseconds, context.signal).catch(() => {});
    return { ok: true, steps, found };
  } catch (error) {
    const found2 =
      error instanceof TerminalError
        ? error.problem
        : problemOf(error, { address: settings.endpoint, step: at, own, user: user(settings) });
    return { ok: false, steps, problem: found2, found };
  } finally {
    if (client !== undefined) await disconnect(client);
  }
}

/** Without security on the channel a password is as safe as the server's own policy for passwords makes it. */
function sentInClear(endpoint: EndpointDescription, settings: OpcuaSettings): boolean {
  if (settings.identity !== 'username' || endpoint.securityMode !== MessageSecurityMode.None) return false;
  const policies = (endpoint.userIdentityTokens ?? []).filter(
    (one) => one.tokenType === UserTokenType.UserName,
  );
  return policies.some((one) => ['', 'None'].includes(policyName(one.securityPolicyUri)));
}

function user(settings: OpcuaSettings): string | undefined {
  return settings.identity === 'username' ? settings.username : undefined;
}

function judge(trust: Trust, found: Record<string, unknown>): string {
  if (trust.facts !== undefined) found['certificate'] = { ...trust.facts, trusted: trust.trusted };
  if (trust.trusted) return trust.facts.subject;
  // What to save to trust it: after a first contact, or knowingly after a change.
  if (trust.facts !== undefined && (trust.unconfirmed || trust.problem.code === 'server-certificate-changed'))
    found['settings'] = { trustedThumbprint: trust.facts.thumbprint };
  if (!trust.unconfirmed) throw raise(trust.problem);
  return `${trust.facts?.subject ?? ''}: SHA-256 ${trust.facts?.thumbprint ?? ''}`;
}

const statusNodes = {
  state: 'i=2259',
  startTime: 'i=2257',
  currentTime: 'i=2258',
  product: 'i=2261',
  maker: 'i=2263',
  version: 'i=2264',
} as const;

const states = [
  'Running',
  'Failed',
  'NoConfiguration',
  'Suspended',
  'Shutdown',
  'Test',
  'CommunicationFault',
  'Unknown',
];

async function readStatus(session: ClientSession): Promise<Record<string, unknown>> {
  const names = Object.keys(statusNodes);
  const values = await session.read(
    Object.values(statusNodes).map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })),
  );
  const read: Record<string, unknown> = {};
  for (const [at, name] of names.entries()) {
    const value: unknown = values[at]?.value?.value;
    read[name] =
      name === 'state'
        ? (states[Number(value)] ?? String(value))
        : value instanceof Date
          ? value.toISOString()
          : value;
  }
  return read;
}
