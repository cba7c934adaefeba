import type { LocalText, Snssai, TestReport } from '@millrace/contract';
import {
  type Accepted,
  type BindingRequest,
  type Effective,
  type NetworkProvider,
  type ProviderContext,
  ProviderError,
  type SeenTerminal,
  TestSteps,
} from '@millrace/sdk';
import {
  appSessionBody,
  askCore,
  createAppSession,
  deleteAppSession,
  flowDescriptions,
  type N5Options,
  SessionsFile,
} from '../../core-network/index.ts';
import { allPages, joinTerminals } from './information.ts';
import { arpOf, type PccRule, rateOf, SubscriberDatabase } from './subscribers.ts';

/** 5QI ← media type, as the PCF of Open5GS maps them; it refuses all others. */
const mediaTypes: Record<number, string> = { 1: 'AUDIO', 2: 'VIDEO', 5: 'CONTROL' };

export class Open5gsCore implements NetworkProvider {
  readonly #context: ProviderContext;
  readonly #sessions: SessionsFile;
  readonly #database: SubscriberDatabase | undefined;
  readonly subscribers: NetworkProvider['subscribers'];

  constructor(context: ProviderContext) {
    this.#context = context;
    this.#sessions = new SessionsFile(context.folder);
    const address = this.#text('database');
    const database = address === undefined ? undefined : new SubscriberDatabase(address);
    this.#database = database;
    if (database !== undefined)
      this.subscribers = {
        list: () => database.list(),
        put: (subscriber) => database.put(subscriber),
        remove: (supi) => database.remove(supi),
      };
  }

  #text(name: string): string | undefined {
    const value = this.#context.settings[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  #snssai(request?: BindingRequest): Snssai {
    const wanted = request?.slice?.profile.snssai;
    if (wanted !== undefined) return wanted;
    const sd = this.#text('sd');
    return { sst: this.#context.settings['sst'] as number, ...(sd === undefined ? {} : { sd }) };
  }

  #options(request: BindingRequest): N5Options {
    const { fiveQi, profile } = request.qos;
    const named = this.#context.settings['namedProfiles'] === true && profile !== undefined;
    const mediaType = mediaTypes[fiveQi] ?? (named ? 'OTHER' : undefined);
    if (mediaType === undefined)
      throw new ProviderError('unsupported', {
        en: `Open5GS gives flows of 5QI 1, 2 and 5 over N5, and not ${fiveQi}; from version 2.8 others by the name of a profile.`,
        zh: `Open5GS 通过 N5 只能建立 5QI 1、2、5 的业务流，不支持 ${fiveQi}；2.8 版起可按命名 QoS 申请其他值。`,
      });
    return {
      pcf: this.#text('pcf')!,
      notifUri: `${this.#context.notificationUrl ?? 'http://127.0.0.1:9'}/n5`,
      dnn: request.slice?.profile.dataNetworks?.[0] ?? this.#text('dnn')!,
      snssai: this.#snssai(request),
      mediaType,
      qosReference: named ? profile : undefined,
    };
  }

  async test(): Promise<TestReport> {
    const steps = new TestSteps();
    const { signal } = this.#context;
    await steps.take({ en: 'PCF answers in HTTP/2', zh: 'PCF 以 HTTP/2 应答' }, async () => {
      // Asking for a session that cannot be there changes nothing and shows that it is a PCF.
      const url = `${this.#text('pcf')!.replace(/\/$/, '')}/npcf-policyauthorization/v1/app-sessions/0`;
      return `HTTP ${(await askCore({ method: 'GET', url, http2: true }, signal)).status}`;
    });
    const amf = this.#text('amf');
    if (amf !== undefined)
      await steps.take({ en: 'Terminals from the AMF', zh: '从 AMF 读取终端' }, async () =>
        String((await allPages(amf, '/ue-info', signal)).length),
      );
    const smf = this.#text('smf');
    if (smf !== undefined)
      await steps.take({ en: 'Sessions from the SMF', zh: '从 SMF 读取会话' }, async () =>
        String((await allPages(smf, '/pdu-info', signal)).length),
      );
    if (this.#database !== undefined)
      await steps.take({ en: 'Subscriber database', zh: '签约数据库' }, async () =>
        String(await this.#database!.count()),
      );
    return steps.report();
  }

  async dryRun(
    request: BindingRequest,
  ): Promise<{ words: LocalText; values: Readonly<Record<string, unknown>> }> {
    const options = this.#options(request);
    return { words: this.#words(request), values: { body: appSessionBody(request, options) } };
  }

  async applyBinding(request: BindingRequest): Promise<Accepted> {
    const options = this.#options(request);
    const known = this.#sessions.get(request.key);
    if (known !== undefined) {
      const effective = await this.readBinding(known, request).catch(() => undefined);
      if (effective?.inForce === true) return this.#accepted(known, request);
      // It may be half there, or changed: asked for anew, so that what is there is what is wanted.
      await deleteAppSession(known, this.#context.signal);
      await this.#sessions.set(request.key, undefined);
    }
    const rule = await this.#addRule(request, options);
    let reference: string;
    try {
      reference = await createAppSession(request, options, this.#context.signal);
    } catch (error) {
      if (rule) await this.#removeRule(request, options).catch(() => {});
      throw error;
    }
    await this.#sessions.set(request.key, reference);
    if (rule) await this.#sessions.set(`rule ${request.key}`, reference);
    return this.#accepted(reference, request);
  }

  async readBinding(reference: string, request: BindingRequest): Promise<Effective> {
    const smf = this.#text('smf');
    if (smf === undefined)
      return {
        inForce: undefined,
        values: {},
        words: {
          en: 'Without the address of the SMF nobody can tell whether the flow is there.',
          zh: '未填写 SMF 地址，无法确认业务流是否已建立。',
        },
      };
    const { address } = request.terminal;
    const sessions = joinTerminals([], await allPages(smf, '/pdu-info', this.#context.signal), 0).flatMap(
      (terminal) => terminal.sessions,
    );
    const session = sessions.find((one) => one.address === address);
    if (session === undefined)
      throw new ProviderError('gone', {
        en: `The SMF has no session with the address ${address} any more: the terminal went, and its flows with it.`,
        zh: `SMF 中已没有地址为 ${address} 的会话：终端已离线，其业务流随之消失。`,
      });
    const flow = session.flows.find(({ fiveQi }) => fiveQi === request.qos.fiveQi);
    return {
      inForce: flow !== undefined,
      values: { reference, session },
      words:
        flow === undefined
          ? {
              en: `The PCF said yes, and the session of ${address} has no flow of 5QI ${request.qos.fiveQi}.`,
              zh: `PCF 已同意，但 ${address} 的会话中没有 5QI ${request.qos.fiveQi} 的业务流。`,
            }
          : {
              en: `QoS flow ${flow.qfi} of 5QI ${flow.fiveQi} is in the session; its rates are nobody’s to enforce in this core.`,
              zh: `会话中存在 5QI ${flow.fiveQi} 的 QoS 流 ${flow.qfi}；该核心网不执行其速率。`,
            },
    };
  }

  async releaseBinding(reference: string, request: BindingRequest): Promise<void> {
    await deleteAppSession(reference, this.#context.signal);
    if (this.#sessions.get(`rule ${request.key}`) !== undefined) {
      await this.#removeRule(request, this.#options(request));
      await this.#sessions.set(`rule ${request.key}`, undefined);
    }
    await this.#sessions.set(request.key, undefined);
  }

  async terminals(): Promise<readonly SeenTerminal[]> {
    const amf = this.#text('amf');
    const smf = this.#text('smf');
    if (amf === undefined && smf === undefined) return [];
    const { signal, clock } = this.#context;
    return joinTerminals(
      amf === undefined ? [] : await allPages(amf, '/ue-info', signal),
      smf === undefined ? [] : await allPages(smf, '/pdu-info', signal),
      clock.now(),
    );
  }

  async stop(): Promise<void> {
    await this.#database?.close();
  }

  #rule(request: BindingRequest): PccRule {
    const { qos } = request;
    return {
      flow: flowDescriptions(request).flatMap(([down, up]) => [
        { direction: 1 as const, description: down! },
        { direction: 2 as const, description: up! },
      ]),
      qos: {
        index: qos.fiveQi,
        arp: arpOf(qos.arp),
        mbr: { downlink: rateOf(qos.mbrDownlink ?? 0), uplink: rateOf(qos.mbrUplink ?? 0) },
        gbr: { downlink: rateOf(qos.gbrDownlink ?? 0), uplink: rateOf(qos.gbrUplink ?? 0) },
      },
    };
  }

  async #addRule(request: BindingRequest, { snssai, dnn }: N5Options): Promise<boolean> {
    const { supi } = request.terminal;
    if (this.#context.settings['addRules'] !== true || this.#database === undefined || supi === undefined)
      return false;
    return this.#database.addRule(supi, snssai, dnn, this.#rule(request));
  }

  async #removeRule(request: BindingRequest, { snssai, dnn }: N5Options): Promise<void> {
    const { supi } = request.terminal;
    if (supi !== undefined) await this.#database?.removeRule(supi, snssai, dnn, this.#rule(request));
  }

  #accepted(reference: string, request: BindingRequest): Accepted {
    return { reference, values: { fiveQi: request.qos.fiveQi }, words: this.#words(request) };
  }

  #words({ qos, terminal }: BindingRequest): LocalText {
    return {
      en: `A QoS flow of 5QI ${qos.fiveQi} for ${terminal.address}, asked of the PCF.`,
      zh: `已向 PCF 为 ${terminal.address} 申请 5QI ${qos.fiveQi} 的 QoS 流。`,
    };
  }
}
