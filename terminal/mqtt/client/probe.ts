import { randomBytes } from 'node:crypto';
import type { TestReport } from '@millrace/contract';
import { type ProbeContext, TerminalError } from '@millrace/sdk';
import { type BrokerOptions, BrokerSession, type SessionEvents } from './broker-session.ts';
import { readSettings } from './settings.ts';

/** Options of a short session beside the lasting one: an id of its own, and nothing left behind at the broker. */
export function probeOptions(context: ProbeContext): BrokerOptions {
  const { broker, clientId } = readSettings(context.settings);
  return {
    ...broker,
    clientId: `${clientId ?? 'millrace'}-probe-${randomBytes(4).toString('hex')}`,
    clean: true,
  };
}

/** Connects, signs in, subscribes; says how far it came and what stands in the way. Keeps nothing. */
export async function test(context: ProbeContext): Promise<TestReport> {
  const settings = readSettings(context.settings);
  const options = probeOptions(context);
  const steps: TestReport['steps'] = [];
  let began = context.clock.now();
  const step = ([en, zh]: readonly [string, string], ok: boolean, detail?: string): void => {
    const now = context.clock.now();
    steps.push({
      title: { en, zh },
      ok,
      milliseconds: Math.round((now - began) / 10) / 100,
      ...(detail === undefined ? {} : { detail }),
    });
    began = now;
  };
  const reach = `${options.host}:${options.port}`;
  const titles = {
    reach:
      options.tls === undefined
        ? ([`Reach ${reach}`, `连接 ${reach}`] as const)
        : ([`Reach ${reach} with TLS`, `以 TLS 连接 ${reach}`] as const),
    signIn: ['Sign in', '登录'] as const,
    subscribe: ['Subscribe', '订阅'] as const,
  };
  let reached = false;
  let session: BrokerSession | undefined;
  const events: SessionEvents = { message() {}, oversized() {}, turn() {}, lost() {} };
  try {
    session = await BrokerSession.connect(options, events, context.clock, context.signal, () => {
      if (!reached) step(titles.reach, true);
      reached = true;
    });
    step(titles.signIn, true, `MQTT ${session.version === 5 ? '5.0' : '3.1.1'}`);
    const filters = [
      ...(settings.sparkplug === undefined ? [] : ['spBv1.0/#']),
      ...(settings.filters.length > 0 ? settings.filters : ['#']),
    ];
    const granted = await session.subscribe(filters.map((filter) => ({ filter, qos: 0 as const })));
    const refused = granted.filter((one) => one.refused !== undefined).map((one) => one.filter);
    // A broker that lets nobody read everything is no fault; topics that stand in forms may well be allowed.
    const harmless = refused.every((filter) => filter === '#');
    step(
      titles.subscribe,
      harmless,
      refused.length === 0
        ? filters.join(' ')
        : harmless
          ? 'not to everything at once (#); topics named in forms may be allowed'
          : `refused: ${refused.join(' ')}`,
    );
    const found = { mqtt: session.version === 5 ? '5.0' : '3.1.1', wildcard: !refused.includes('#') };
    if (harmless) return { ok: true, steps, found };
    const problem = new TerminalError(
      'denied',
      'subscription-refused',
      {
        en: `The broker does not let this user subscribe to ${refused.join(', ')}.`,
        zh: `服务器不允许该用户订阅 ${refused.join('、')}。`,
      },
      { en: 'Allow this user to read there.', zh: '请在服务器上授予读取权限。' },
    ).problem;
    return { ok: false, steps, problem, found };
  } catch (error) {
    const problem = error instanceof TerminalError ? error.problem : undefined;
    const at = reached ? (steps.length > 1 ? titles.subscribe : titles.signIn) : titles.reach;
    step(at, false, problem?.detail ?? (error as Error).message);
    return { ok: false, steps, ...(problem === undefined ? {} : { problem }) };
  } finally {
    await session?.close();
  }
}
