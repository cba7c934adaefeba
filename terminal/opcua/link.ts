import { connect as connectTcp } from 'node:net';
import { TerminalError } from '@millrace/sdk';
import {
  AttributeIds,
  type ClientSession,
  crypto_utils,
  type EndpointDescription,
  MessageSecurityMode,
  OPCUAClient,
  type OPCUAClientOptions,
  SecurityPolicy,
  StatusCodes,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua-client';
import {
  type CertificateFacts,
  judgeCertificate,
  type OwnCertificate,
  ownCertificate,
  pemBlocks,
  type Trust,
} from './certificates.ts';
import { channelAddress, chooseEndpoint } from './endpoints.ts';
import { problem, problemOf, raise, type Step } from './problems.ts';
import { type OpcuaSettings, opcuaLimits } from './settings.ts';
import { Transports } from './transport.ts';

/** What connecting needs of its surroundings. */
export interface LinkContext {
  settings: OpcuaSettings;
  folder: string;
  now: () => number;
  signal: AbortSignal;
}

/** An open session with what is known of its server. */
export interface Link {
  client: OPCUAClient;
  session: ClientSession;
  endpoint: EndpointDescription;
  facts: CertificateFacts | undefined;
  own: OwnCertificate;
  namespaces: string[];
  limits: OperationLimits;
  close(): Promise<void>;
}

/** How much a server takes in one request (OPC 10000-5, 6.3.11); 0 or absent means it states none. */
export interface OperationLimits {
  read: number;
  browse: number;
  historyRead: number;
  monitoredItems: number;
}

const applicationName = 'Millrace';
const sessionTimeoutMilliseconds = 120_000;
/** Between two tries the host waits; the stack itself tries once. */
const once = { maxRetry: 0, initialDelay: 10, maxDelay: 20, randomisationFactor: 0 };
const disconnectMillisecondsMax = 2000;

/** Every certificate is judged by us before the stack sees it. */
const judgedElsewhere = {
  referenceCounter: 0,
  initialize: () => Promise.resolve(),
  dispose: () => Promise.resolve(),
  checkCertificate: () => Promise.resolve(StatusCodes.Good),
  verifyCertificate: () => Promise.resolve('Good'),
  trustCertificate: () => Promise.resolve(),
  rejectCertificate: () => Promise.resolve(),
  getTrustStatus: () => Promise.resolve(StatusCodes.Good),
  addIssuer: () => Promise.resolve(undefined),
  addRevocationList: () => Promise.resolve(undefined),
};

/** Rejects when `work` takes longer than the deadline or the signal aborts; what it was doing then ends by itself or by `undo`. */
export async function within<T>(
  work: Promise<T>,
  milliseconds: number,
  signal: AbortSignal,
  undo: (late: T) => void = () => {},
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let over = false;
    const end = (): boolean => {
      if (over) return false;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      return true;
    };
    const aborted = (): void => {
      if (end()) reject(new Error('the connection was closed here'));
    };
    const timer = setTimeout(() => {
      if (end())
        reject(Object.assign(new Error(`no answer within ${milliseconds} ms`), { code: 'ETIMEDOUT' }));
    }, milliseconds);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
    work.then(
      (value) => {
        if (end()) resolve(value);
        else undo(value);
      },
      (error: unknown) => {
        if (end()) reject(error);
      },
    );
  });
}

/** Whether the host resolves and the port takes a connection; closes it again. Rejects with the system's error. */
export function reach(settings: OpcuaSettings, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: settings.host, port: settings.port });
    const end = (error?: Error): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.destroy();
      if (error === undefined) resolve();
      else reject(firstError(error));
    };
    const aborted = (): void => end(new Error('the connection was closed here'));
    const timer = setTimeout(
      () => end(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      settings.timeoutMilliseconds,
    );
    signal.addEventListener('abort', aborted);
    socket.on('connect', () => end());
    socket.on('error', end);
  });
}

/** A name with several addresses fails with all their errors at once: the last one is as good as any. */
function firstError(error: Error): Error {
  const inner = (error as AggregateError).errors;
  return Array.isArray(inner) && inner.length > 0 ? (inner.at(-1) as Error) : error;
}

export function clientOptions(
  context: LinkContext,
  own: OwnCertificate,
  more: Partial<OPCUAClientOptions> = {},
): OPCUAClientOptions {
  const { settings } = context;
  return {
    applicationName,
    applicationUri: own.applicationUri,
    clientName: applicationName,
    certificateKeyPairProvider: {
      getCertificate: () => own.chain[0]!,
      getCertificateChain: () => own.chain,
      getPrivateKey: () => crypto_utils.makePrivateKeyFromPem(own.keyPem),
    },
    clientCertificateManager: judgedElsewhere,
    connectionStrategy: once,
    endpointMustExist: false,
    keepSessionAlive: false,
    requestedSessionTimeout: sessionTimeoutMilliseconds,
    // An idle socket is watched by reading the server's state; this is only the stack's own last resort.
    transportTimeout: Math.max(60_000, settings.timeoutMilliseconds * 4),
    defaultTransactionTimeout: settings.timeoutMilliseconds,
    transportSettings: {
      maxMessageSize: opcuaLimits.messageBytesMax,
      maxChunkCount: opcuaLimits.messageChunksMax,
    },
    ...more,
  };
}

const transportsOf = new WeakMap<OPCUAClient, Transports>();

/** A client that can never throw into the event loop. */
export function makeClient(options: OPCUAClientOptions): OPCUAClient {
  const transports = new Transports();
  const client = OPCUAClient.create({ ...options, transportFactory: transports });
  transportsOf.set(client, transports);
  (client as unknown as NodeJS.EventEmitter).on('error', () => {});
  return client;
}

/** The reason for which a connection was broken off here says more than what the stack makes of it. */
function reasonOf(client: OPCUAClient, error: unknown): unknown {
  return transportsOf.get(client)?.error ?? error;
}

export async function disconnect(client: OPCUAClient): Promise<void> {
  try {
    await within(client.disconnect(), disconnectMillisecondsMax, new AbortController().signal);
  } catch {
    // The other side is gone already, or does not answer.
  }
  transportsOf.get(client)?.destroy();
}

/** The endpoints a server offers (GetEndpoints, on a channel without security, as OPC 10000-4, 5.5.4 has it). */
export async function discover(context: LinkContext, own: OwnCertificate): Promise<EndpointDescription[]> {
  const { settings, signal } = context;
  const client = makeClient(
    clientOptions(context, own, {
      securityMode: MessageSecurityMode.None,
      securityPolicy: SecurityPolicy.None,
    }),
  );
  const work = client.connect(settings.endpoint).then(() => client.getEndpoints());
  try {
    return await within(work, settings.timeoutMilliseconds * 2, signal);
  } catch (error) {
    throw reasonOf(client, error);
  } finally {
    await disconnect(client);
  }
}

export function identityOf(settings: OpcuaSettings): UserIdentityInfo {
  switch (settings.identity) {
    case 'username':
      return { type: UserTokenType.UserName, userName: settings.username, password: settings.password };
    case 'certificate': {
      const [certificateData] = pemBlocks(settings.userCertificate, 'CERTIFICATE');
      if (certificateData === undefined) {
        throw raise(
          problem(
            'settings',
            'certificate-unreadable',
            { en: 'The user certificate cannot be read', zh: '无法读取用户证书' },
            { en: 'Give it as PEM.', zh: '请以 PEM 格式提供。' },
            { field: 'userCertificate' },
          ),
        );
      }
      return { type: UserTokenType.Certificate, certificateData, privateKey: settings.userKey };
    }
    default:
      return { type: UserTokenType.Anonymous };
  }
}

/** Which endpoint, and whether its certificate is trusted. Throws TerminalError where nothing fits. */
export function decide(
  offered: readonly EndpointDescription[],
  context: LinkContext,
): { endpoint: EndpointDescription; trust: Trust | undefined } {
  const choice = chooseEndpoint(offered, context.settings);
  if (choice.problem !== undefined) throw raise(choice.problem);
  const { endpoint } = choice;
  const trust =
    endpoint.securityMode === MessageSecurityMode.None
      ? undefined
      : judgeCertificate(
          endpoint.serverCertificate,
          context.settings,
          endpoint.server?.applicationUri,
          context.now() / 1000,
        );
  return { endpoint, trust };
}

/** Opens the secure channel only. */
export async function openChannel(
  context: LinkContext,
  own: OwnCertificate,
  endpoint: EndpointDescription,
): Promise<OPCUAClient> {
  const { settings, signal } = context;
  const client = makeClient(
    clientOptions(context, own, {
      securityMode: endpoint.securityMode,
      securityPolicy: endpoint.securityPolicyUri as SecurityPolicy,
      ...(endpoint.serverCertificate && endpoint.securityMode !== MessageSecurityMode.None
        ? { serverCertificate: endpoint.serverCertificate }
        : {}),
    }),
  );
  try {
    await within(
      client.connect(channelAddress(endpoint, settings)),
      settings.timeoutMilliseconds * 2,
      signal,
    );
    return client;
  } catch (error) {
    await disconnect(client);
    throw reasonOf(client, error);
  }
}

export async function openSession(client: OPCUAClient, context: LinkContext): Promise<ClientSession> {
  const { settings, signal } = context;
  const session = await within(
    client.createSession(identityOf(settings)),
    settings.timeoutMilliseconds * 2,
    signal,
  );
  (session as unknown as NodeJS.EventEmitter).on('error', () => {});
  return session;
}

/** Discovers, chooses, checks trust, opens channel and session, reads what every use of the session needs. Throws TerminalError. */
export async function openLink(context: LinkContext): Promise<Link> {
  const { settings, signal } = context;
  let step: Step = 'connect';
  let own: OwnCertificate | undefined;
  let client: OPCUAClient | undefined;
  try {
    own = await ownCertificate(context.folder, settings, context.now() / 1000);
    await reach(settings, signal);
    step = 'endpoints';
    const offered = await discover(context, own);
    const { endpoint, trust } = decide(offered, context);
    if (trust !== undefined && !trust.trusted) throw raise(trust.problem);
    step = 'channel';
    client = await openChannel(context, own, endpoint);
    step = 'session';
    const session = await openSession(client, context);
    step = 'request';
    const opened = client;
    const { namespaces, limits } = await within(
      readServer(session),
      settings.timeoutMilliseconds * 2,
      signal,
    );
    return {
      client: opened,
      session,
      endpoint,
      facts: trust?.facts,
      own,
      namespaces,
      limits,
      close: async () => {
        try {
          await within(session.close(true), disconnectMillisecondsMax, new AbortController().signal);
        } catch {
          // Closing a session that is gone already.
        }
        await disconnect(opened);
      },
    };
  } catch (error) {
    if (client !== undefined) await disconnect(client);
    if (error instanceof TerminalError) throw error;
    throw raise(
      problemOf(error, {
        address: settings.endpoint,
        step,
        own,
        user: settings.identity === 'username' ? settings.username : undefined,
      }),
    );
  }
}

const serverNodes = {
  namespaceArray: 'i=2255',
  maxNodesPerRead: 'i=11705',
  maxNodesPerHistoryReadData: 'i=12165',
  maxNodesPerBrowse: 'i=11710',
  maxMonitoredItemsPerCall: 'i=11714',
} as const;

async function readServer(
  session: ClientSession,
): Promise<{ namespaces: string[]; limits: OperationLimits }> {
  const [namespaceArray, read, historyRead, browse, monitoredItems] = await session.read(
    Object.values(serverNodes).map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })),
  );
  const listed: unknown = namespaceArray?.value?.value;
  const limit = (value: unknown, most: number = opcuaLimits.nodesPerRequestMax): number =>
    typeof value === 'number' && value > 0
      ? Math.min(value, most)
      : Math.min(opcuaLimits.nodesPerRequestDefault, most);
  return {
    namespaces: Array.isArray(listed) ? listed.map(String) : ['http://opcfoundation.org/UA/'],
    limits: {
      read: limit(read?.value?.value),
      historyRead: limit(historyRead?.value?.value, opcuaLimits.historyNodesPerRequest),
      browse: limit(browse?.value?.value),
      monitoredItems: limit(monitoredItems?.value?.value),
    },
  };
}
