import { randomUUID } from 'node:crypto';
import { type ForeignAnswer, type ForeignApi, type ForeignRequest, ProviderError } from '@millrace/sdk';
import { type CamaraOperation, camaraScopes, route } from './apis.ts';
import { bodyLimits, checkBody, checkParameters, readBody } from './body.ts';
import { Bookings } from './bookings.ts';
import { type Answer, type Call, consumerOf } from './call.ts';
import { subjectOf } from './devices.ts';
import { Insights } from './insights.ts';
import { Outbox } from './outbox.ts';
import type { CamaraPorts } from './ports.ts';
import { CamaraProblem, documented, invalid, notFound, problemBody } from './problem.ts';
import type { Device } from './shapes.ts';
import { SliceBookings } from './slice-bookings.ts';
import { location, networkType, reachability, roaming, verifyLocation } from './status.ts';
import { Subscriptions } from './subscriptions.ts';

/** Bounds of calling the server. */
export const serverLimits = {
  /** Requests of one client: so many at once, and so many each second after that. */
  burst: 200,
  perSecond: 50,
  /** Clients whose pace is remembered. */
  consumersMax: 10_000,
  /** Attempts at the token endpoint, of all together, each minute. */
  grantsPerMinute: 60,
} as const;

export interface CamaraServer extends ForeignApi {
  /** Loads what was kept, and begins to look after it. Before it every request is answered 503. */
  start(): Promise<void>;
  /** Brings everything to `now`: what is over ends, what waits is asked for. It is called by the clock each second; tests call it themselves. */
  tick(): Promise<void>;
  stop(): Promise<void>;
  readonly counts: Readonly<Record<string, number>>;
}

const prefix = '/camara';
const tickMilliseconds = 1000;

/** The plant's own network, offered as an operator offers his: see `CamaraPorts` for what it stands on. */
export function camaraServer(ports: CamaraPorts): CamaraServer {
  const outbox = new Outbox(ports);
  const bookings = new Bookings(ports, outbox);
  const slices = new SliceBookings(ports, outbox);
  const insights = new Insights(ports);
  const subscriptions = new Subscriptions(ports, outbox, insights);
  const counts = { requests: 0, refused: 0, failed: 0 };
  const pace = new Map<string, { left: number; at: number }>();
  let grants = { minute: 0, count: 0 };
  let state: 'new' | 'ready' | 'stopped' = 'new';
  let ticking = false;
  let endTimer = (): void => {};
  let endChanges = (): void => {};

  const handlers: Record<string, (call: Call) => Promise<Answer>> = {
    createSession: (call) => bookings.createSession(call),
    getSession: (call) => bookings.getSession(call),
    deleteSession: (call) => bookings.deleteSession(call),
    extendQosSessionDuration: (call) => bookings.extendSession(call),
    retrieveSessionsByDevice: (call) => bookings.retrieveSessions(call),
    retrieveQoSProfiles: async (call) => {
      const { device, name, status } = call.body as { device?: Device; name?: string; status?: string };
      // Named or told by the token: both must be a device the caller may see, and the same profiles are for all.
      if (device !== undefined || (await ports.terminals.subjectOf(call.caller.actor)) !== undefined)
        await subjectOf(ports.terminals, call, device);
      const profiles = ports
        .profiles()
        .map(({ profile }) => profile)
        .filter(
          (profile) =>
            (name === undefined || profile.name === name) &&
            (status === undefined || profile.status === status),
        );
      return { status: 200, body: profiles.slice(0, 100) };
    },
    getQosProfile: async (call) => {
      const found = ports.profiles().find(({ profile }) => profile.name === call.parameters.name);
      if (found === undefined) throw notFound('There is no QoS profile of that name here.');
      return { status: 200, body: found.profile };
    },
    createQosAssignment: (call) => bookings.createAssignment(call),
    getQosAssignmentById: (call) => bookings.getAssignment(call),
    revokeQosAssignment: (call) => bookings.revokeAssignment(call),
    getQosAssignmentByDevice: (call) => bookings.retrieveAssignment(call),
    createSlice: (call) => slices.create(call),
    getSlice: (call) => slices.get(call),
    deleteSlice: (call) => slices.delete(call),
    assignDevice: (call) => slices.assign(call),
    getDevices: (call) => slices.devices(call),
    releaseDevice: (call) => slices.release(call),
    retrieveSlicesByDevice: (call) => slices.ofDevice(call),
    createApplicationProfile: (call) => insights.createProfile(call),
    readApplicationProfile: (call) => insights.readProfile(call),
    updateApplicationProfile: (call) => insights.updateProfile(call),
    deleteApplicationProfile: (call) => insights.deleteProfile(call),
    checkNetworkQuality: (call) => insights.check(call),
    getReachabilityStatus: (call) => reachability(ports, call),
    getRoamingStatus: (call) => roaming(ports, call),
    getConnectedNetworkType: (call) => networkType(ports, call),
    retrieveLocation: (call) => location(ports, call),
    verifyLocation: (call) => verifyLocation(ports, call),
  };
  const subscriptionHandler = ({ method, path }: CamaraOperation): ((call: Call) => Promise<Answer>) => {
    if (method === 'POST') return (call) => subscriptions.create(call);
    if (method === 'DELETE') return (call) => subscriptions.delete(call);
    return path.endsWith('}') ? (call) => subscriptions.get(call) : (call) => subscriptions.list(call);
  };

  function paced(consumer: string): void {
    const now = ports.clock.now();
    const known = pace.get(consumer);
    pace.delete(consumer);
    const left = Math.min(
      serverLimits.burst,
      (known?.left ?? serverLimits.burst) + ((now - (known?.at ?? now)) / 1e6) * serverLimits.perSecond,
    );
    pace.set(consumer, { left: Math.max(0, left - 1), at: now });
    // The one heard of longest ago goes: it has long been allowed its whole burst again.
    if (pace.size > serverLimits.consumersMax) pace.delete(pace.keys().next().value!);
    if (left < 1) throw new CamaraProblem(429, 'TOO_MANY_REQUESTS', 'Too many requests; wait a moment.');
  }

  async function answer(request: ForeignRequest): Promise<{ answer: Answer; operation?: CamaraOperation }> {
    if (state !== 'ready') throw new CamaraProblem(503, 'UNAVAILABLE', 'The server is starting or stopping.');
    const found = route(request.method, request.path);
    if (found === undefined) throw notFound('There is no such resource.');
    if ('methods' in found)
      throw new CamaraProblem(405, 'METHOD_NOT_ALLOWED', `This resource takes ${found.methods.join(', ')}.`);
    const { api, operation, parameters } = found;
    try {
      const correlator = request.headers['x-correlator'];
      if (correlator !== undefined && !api.correlator.test(correlator))
        throw invalid('x-correlator has characters or a length it must not have.');
      if (request.caller === undefined)
        throw new CamaraProblem(401, 'UNAUTHENTICATED', 'The request needs a valid access token.');
      const consumer = consumerOf(request.caller);
      paced(consumer);
      checkParameters(parameters);
      let body: unknown;
      if (operation.body !== undefined) {
        body = readBody(request.body, request.headers['content-type']);
        checkBody(api, operation, body);
      }
      const call: Call = {
        api,
        operation,
        parameters,
        query: request.query,
        body,
        caller: request.caller,
        consumer,
      };
      return { operation, answer: await (handlers[operation.id] ?? subscriptionHandler(operation))(call) };
    } catch (error) {
      throw documented(operation, problemOf(error));
    }
  }

  function problemOf(error: unknown): CamaraProblem {
    if (error instanceof CamaraProblem) return error;
    if (error instanceof ProviderError) {
      if (error.kind === 'unavailable')
        return new CamaraProblem(503, 'UNAVAILABLE', `The network cannot be reached now: ${error.words.en}`);
      if (error.kind === 'gone') return notFound(error.words.en);
      if (error.kind !== 'nonsense' && error.kind !== 'settings')
        return new CamaraProblem(422, 'SERVICE_NOT_APPLICABLE', error.words.en);
    }
    counts.failed++;
    ports.log.error('a request could not be answered', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return new CamaraProblem(500, 'INTERNAL', 'The server failed; what happened is in its log.');
  }

  /** OAuth 2.0 (RFC 6749, 4.4): errors in its own form. */
  async function grant(request: ForeignRequest): Promise<ForeignAnswer> {
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    const refused = (status: number, error: string, error_description: string): ForeignAnswer => ({
      status,
      headers: { ...headers, ...(status === 401 ? { 'www-authenticate': 'Basic realm="camara"' } : {}) },
      body: JSON.stringify({ error, error_description }),
    });
    if (request.method !== 'POST') return refused(405, 'invalid_request', 'The token endpoint takes POST.');
    const minute = Math.floor(ports.clock.now() / 60_000_000);
    grants = grants.minute === minute ? { minute, count: grants.count + 1 } : { minute, count: 1 };
    if (grants.count > serverLimits.grantsPerMinute)
      return refused(429, 'slow_down', 'Too many attempts; wait a minute.');
    if (request.body.byteLength > bodyLimits.bytesMax)
      return refused(400, 'invalid_request', 'The body is too long.');
    const form = new URLSearchParams(new TextDecoder().decode(request.body));
    if (form.get('grant_type') !== 'client_credentials')
      return refused(400, 'unsupported_grant_type', 'Only client_credentials are taken.');
    let client = form.get('client_id') ?? '';
    let secret = form.get('client_secret') ?? '';
    const basic = /^basic ([a-z0-9+/=]{1,4096})$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (basic !== undefined) {
      const [id = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
      try {
        client = decodeURIComponent(id.replaceAll('+', ' '));
        secret = decodeURIComponent(rest.join(':').replaceAll('+', ' '));
      } catch {
        return refused(401, 'invalid_client', 'The credentials are not encoded as they should be.');
      }
    }
    const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '' && scope !== 'openid');
    const unknown = scopes.find((scope) => !camaraScopes.has(scope));
    if (unknown !== undefined)
      return refused(400, 'invalid_scope', `There is no scope "${unknown.slice(0, 200)}".`);
    const given = client === '' || secret === '' ? undefined : await ports.grant!(client, secret, scopes);
    if (given === undefined) return refused(401, 'invalid_client', 'The client or its secret is not known.');
    return {
      status: 200,
      headers,
      body: JSON.stringify({
        access_token: given.token,
        token_type: 'Bearer',
        expires_in: given.expiresInSeconds,
        ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
      }),
    };
  }

  return {
    prefix,
    get counts() {
      return {
        ...counts,
        ...bookings.counts,
        slices: slices.count,
        subscriptions: subscriptions.count,
        notificationsSent: outbox.counts.sent,
        notificationsGivenUp: outbox.counts.givenUp + outbox.counts.refused + outbox.counts.dropped,
      };
    },
    async start() {
      for (const { kind, id, data } of await ports.records.load()) {
        try {
          const kept: unknown = JSON.parse(data);
          for (const part of [bookings, slices, insights, subscriptions]) part.restore(kind, kept);
        } catch (error) {
          ports.log.error('what was kept cannot be read and is left out', { kind, id, error: String(error) });
        }
      }
      endChanges = ports.bindings.onChange((key) => bookings.changed(key));
      state = 'ready';
      const again = (): void => {
        endTimer = ports.clock.after(tickMilliseconds, () => {
          void this.tick().catch((error) => ports.log.error('a round failed', { error: String(error) }));
          if (state === 'ready') again();
        });
      };
      again();
    },
    async tick() {
      if (ticking || state !== 'ready') return;
      ticking = true;
      try {
        const now = ports.clock.now();
        await bookings.tick(now);
        await slices.tick(now);
        await subscriptions.tick(now);
      } finally {
        ticking = false;
      }
    },
    async stop() {
      state = 'stopped';
      endTimer();
      endChanges();
      outbox.stop();
    },
    async handle(request) {
      counts.requests++;
      const correlator = request.headers['x-correlator'];
      const echoed =
        correlator !== undefined && /^[a-zA-Z0-9\-_:;./<>{}]{1,256}$/.test(correlator)
          ? correlator
          : randomUUID();
      try {
        if (request.path === '/oauth2/token' && ports.grant !== undefined && state === 'ready')
          return await grant(request);
        const { answer: given } = await answer(request);
        const hasBody = given.body !== undefined;
        return {
          status: given.status,
          headers: {
            'x-correlator': echoed,
            ...(hasBody ? { 'content-type': 'application/json' } : {}),
            ...given.headers,
          },
          body: hasBody ? JSON.stringify(given.body) : undefined,
        };
      } catch (error) {
        counts.refused++;
        const problem = problemOf(error);
        return {
          status: problem.status,
          headers: {
            'x-correlator': echoed,
            'content-type': 'application/json',
            ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
          },
          body: problemBody(problem),
        };
      }
    },
  };
}
