import {
  type ApplicationFlow,
  type EdgeZoneInput,
  type FlowPerformance,
  formatInstant,
  type MeasurementMethod,
  type MeasuringStatus,
  type Microseconds,
  type NetworkFlowInput,
  type NetworkIncident,
  type NetworkOverview,
  type NetworkTerminalInput,
  type NetworkTerminalSummary,
  type networkInventoryRoutes,
  networkKinds,
  type Sim,
  type SimInput,
  simStates,
  simTransitions,
  type VerdictCounts,
  type VerdictLine,
  type VerdictState,
} from '@millrace/contract';
import {
  AppError,
  type AppFile,
  type AppRequest,
  type AuditEntry,
  type NetworkPlatform,
} from '@millrace/sdk';
import type { FlowRecord, Flows } from './flows.ts';
import { iccidProblem, idFrom, idPattern, peiProblem } from './identifiers.ts';
import {
  hour,
  type IncidentRecord,
  instantOr,
  type JudgedRecords,
  keptMinutes,
  type Line,
  minute,
} from './judged-records.ts';
import { type Judging, keyOf, type Pair, rankOf } from './judging.ts';
import { bestFigures, thingOf, worstOf } from './measured-things.ts';
import type { Measuring } from './measuring-port.ts';
import { figuresOf, finite } from './need-figures.ts';
import { simOf } from './parting.ts';
import { type FieldProblem, notAllowed, notFound, say, wrongFields } from './refusals.ts';
import { monthlyReport, monthNow, reportCsv } from './report.ts';
import type { SimRecord, Sims } from './sims.ts';
import {
  type ImportPlan,
  planSims,
  planTerminals,
  simColumns,
  terminalColumns,
  writeTable,
} from './spreadsheet.ts';
import { pathOf } from './terminal-path.ts';
import type { TerminalRecord, Terminals } from './terminals.ts';
import type { Zones } from './zones.ts';

export interface CoverageQuery {
  from: Microseconds;
  to: Microseconds;
  place: string;
  flow: string | undefined;
  may(place: string): boolean;
}

export interface InventoryParts {
  platform: NetworkPlatform;
  terminals: Terminals;
  sims: Sims;
  flows: Flows;
  zones: Zones;
  judging: Judging;
  records: JudgedRecords;
  measuring: () => Measuring | undefined;
  idle: () => MeasuringStatus;
  coverage: (query: CoverageQuery) => Promise<{ cells: unknown[]; limited: boolean }>;
  /** Called after anything of the inventory was changed. */
  changed(): void;
}

type Handled = Exclude<keyof typeof networkInventoryRoutes, 'networkLive' | 'networkNotification'>;
type Handlers = Record<Handled, (request: AppRequest) => unknown>;

const pageDefault = 200;
const incidentsReadMax = 5_000;
const worstShown = 10;
const dayMicroseconds = 24 * hour;

const noCounts = (): VerdictCounts => ({
  met: 0,
  violated: 0,
  inconclusive: 0,
  'not-measurable': 0,
  none: 0,
});

/** Routes of the inventory. A caller sees what lies where they may read, and changes what lies where they may configure. */
export function inventoryHandlers(parts: InventoryParts): Handlers {
  const { platform, terminals, sims, flows, zones, judging, records } = parts;
  const { things } = platform;
  const now = (): Microseconds => platform.clock.now();

  const placeOfThing = (thing: string): string | undefined => {
    const record = things.get(thing);
    return record === undefined ? undefined : things.placeOf(record);
  };
  /** A card without a thing belongs to the plant. */
  const placeOfSim = (sim: SimInput): string =>
    sim.thing === undefined ? '' : (placeOfThing(sim.thing) ?? '');
  const sees = (request: AppRequest) => (place: string) => request.caller.may('read', place);
  const need = (request: AppRequest, ...places: string[]): void => {
    for (const place of new Set(places)) if (!request.caller.may('configure', place)) throw notAllowed(place);
  };
  const told = async <T>(
    request: AppRequest,
    action: string,
    object: string,
    place: string,
    detail: AuditEntry['detail'],
    work: () => Promise<T>,
  ): Promise<T> => {
    const entry = { actor: request.caller.actor, action: `network.${action}`, object, place, detail };
    await platform.audit.record({ ...entry, outcome: 'asked' });
    try {
      const done = await work();
      await platform.audit.record({ ...entry, outcome: 'done' });
      parts.changed();
      return done;
    } catch (error) {
      await platform.audit.record({ ...entry, outcome: error instanceof AppError ? 'refused' : 'failed' });
      throw error;
    }
  };
  const param = (request: AppRequest, name: string): string => request.parameters[name] ?? '';

  const seenTerminal = (request: AppRequest): TerminalRecord => {
    const id = param(request, 'terminal');
    const record = terminals.get(id);
    if (record === undefined || !request.caller.may('read', record.place))
      throw notFound('terminal', '终端', id);
    return record;
  };
  const seenFlow = (request: AppRequest): FlowRecord => {
    const id = param(request, 'flow');
    const flow = flows.get(id);
    if (flow === undefined) throw notFound('flow', '业务流', id);
    return flow;
  };
  const seenSim = (request: AppRequest): SimRecord => {
    const id = param(request, 'iccid');
    const sim = sims.get(id);
    if (sim === undefined || !request.caller.may('read', placeOfSim(sim.input)))
      throw notFound('SIM', ' SIM ', id);
    return sim;
  };
  const pairsSeen = (request: AppRequest, pairs: readonly Pair[]): Pair[] =>
    pairs.filter(({ terminal }) => request.caller.may('read', terminal.place));

  const paged = <T>(request: AppRequest, list: readonly T[]): T[] => {
    const { offset = 0, limit = pageDefault } = request.query as { offset?: number; limit?: number };
    return list.slice(offset, offset + limit);
  };

  /** A flow names places and terminals: to each caller those they may see. */
  const showFlow = (flow: FlowRecord, may: (place: string) => boolean) => {
    const shown = flows.show(flow);
    return {
      ...shown,
      places: shown.places.filter(may),
      terminals: shown.terminals.filter((id) => may(terminals.get(id)?.place ?? '')),
    };
  };
  const line = (pair: Pair): VerdictLine => {
    const worst = pair.criteria.find(({ state }) => state === pair.state);
    return {
      flow: pair.flow.id,
      flowTitle: { ...pair.flow.input.title },
      ...(pair.flow.app === undefined ? {} : { app: pair.flow.app }),
      terminal: pair.terminal.id,
      terminalTitle: pair.terminal.input.title,
      place: pair.terminal.place,
      state: pair.state ?? 'inconclusive',
      since: formatInstant(pair.since),
      to: formatInstant(pair.at),
      reason: { ...pair.reason },
      ...(worst === undefined ? {} : { worst: worst.criterion }),
    };
  };
  const performance = (pair: Pair): FlowPerformance | undefined => {
    const { figures } = pair;
    if (figures === undefined || pair.state === undefined) return undefined;
    return {
      from: formatInstant(pair.at - 2 * minute),
      to: formatInstant(pair.at),
      ...(figures.method === undefined ? {} : { method: figures.method }),
      messages: figures.messages,
      lost: figures.lost,
      ...finite({
        p50Ms: figures.p50Ms,
        p95Ms: figures.p95Ms,
        p99Ms: figures.p99Ms,
        jitterMs: figures.jitterMs,
        upShare: figures.upShare,
      }),
      state: pair.state,
    };
  };
  const summary = (record: TerminalRecord): NetworkTerminalSummary => {
    const pairs = judging.ofTerminal(record.id);
    const worst = worstOf(pairs);
    const figures = bestFigures(pairs);
    const last = Math.max(record.lastSeen ?? 0, ...pairs.map(({ passive }) => passive.lastReceived));
    const { input, radio } = record;
    return {
      id: record.id,
      title: input.title,
      kind: input.kind,
      place: record.place,
      things: input.things.length,
      ...(input.address === undefined ? {} : { address: input.address }),
      ...((record.seenSupi ?? input.supi) === undefined ? {} : { supi: (record.seenSupi ?? input.supi)! }),
      ...(input.iccid === undefined ? {} : { iccid: input.iccid }),
      ...(radio?.cell === undefined ? {} : { cell: radio.cell }),
      ...(radio?.rsrpDbm === undefined ? {} : { rsrpDbm: radio.rsrpDbm }),
      ...(radio?.sinrDb === undefined ? {} : { sinrDb: radio.sinrDb }),
      ...(worst?.state === undefined ? {} : { state: worst.state, since: formatInstant(worst.since) }),
      ...(figures?.p50Ms === undefined || figures.p95Ms === undefined || figures.method === undefined
        ? {}
        : { roundTripMs: { p50: figures.p50Ms, p95: figures.p95Ms, method: figures.method } }),
      ...(figures === undefined || figures.messages === 0
        ? {}
        : { lossRatio: figures.lost / figures.messages }),
      ...(last === 0 ? {} : { lastSeen: formatInstant(last) }),
      found: record.found,
      problems: record.problems.length,
    };
  };
  const showSim = (sim: SimRecord): Sim => sims.show(sim);
  const incidentsSeen = (request: AppRequest, list: readonly IncidentRecord[]): NetworkIncident[] =>
    list
      .filter(({ terminal }) => request.caller.may('read', terminals.get(terminal)?.place ?? ''))
      .map(({ incident }) => incident);

  const checkTerminal = (input: NetworkTerminalInput): void => {
    const problems: FieldProblem[] = [];
    const pei = input.pei === undefined ? undefined : peiProblem(input.pei);
    if (pei !== undefined) problems.push({ field: 'pei', message: pei });
    const iccid = input.iccid === undefined ? undefined : iccidProblem(input.iccid);
    if (iccid !== undefined) problems.push({ field: 'iccid', message: iccid });
    input.things.forEach((thing, index) => {
      if (things.get(thing) === undefined)
        problems.push({
          field: `things.${index}`,
          message: say(`There is no thing "${thing.slice(0, 100)}".`, `没有物“${thing.slice(0, 100)}”。`),
        });
    });
    if (input.zone !== undefined && zones.get(input.zone) === undefined)
      problems.push({
        field: 'zone',
        message: say(`There is no edge zone "${input.zone}".`, `没有边缘区“${input.zone}”。`),
      });
    if (problems.length > 0) throw wrongFields(problems);
  };
  /** Where a terminal will be, and every place that its things are at. */
  const placesOfTerminal = (input: NetworkTerminalInput): string[] => {
    const ofThings = input.things.map((thing) => placeOfThing(thing) ?? '');
    return [...(input.place === undefined ? [] : [input.place]), ...ofThings].length === 0
      ? ['']
      : [...(input.place === undefined ? [] : [input.place]), ...ofThings];
  };
  const putTerminal = async (
    request: AppRequest,
    id: string,
    input: NetworkTerminalInput,
    creating: boolean,
  ) => {
    need(request, ...placesOfTerminal(input));
    const before = terminals.get(id);
    if (before !== undefined) {
      if (!request.caller.may('read', before.place)) throw notAllowed(input.place ?? '');
      if (creating)
        throw new AppError(
          409,
          'exists',
          say(`There is a terminal "${id}" already.`, `终端“${id}”已存在。`),
          say('Change it with PUT.', '请用 PUT 修改。'),
        );
      need(request, before.place);
    }
    if (!idPattern.test(id))
      throw wrongFields([
        {
          field: 'id',
          message: say(
            'Lower case, digits, - . _, at most 64 characters.',
            '仅限小写字母、数字与 - . _，最多 64 个字符。',
          ),
        },
      ]);
    checkTerminal(input);
    return told(
      request,
      before === undefined ? 'terminal.create' : 'terminal.change',
      id,
      input.place ?? before?.place ?? '',
      { title: input.title, kind: input.kind },
      async () => terminals.show(await terminals.put(id, input)),
    );
  };
  const putFlow = async (request: AppRequest, id: string, input: NetworkFlowInput) => {
    const problems = flows.check(input);
    if (problems.length > 0) throw wrongFields(problems);
    return told(
      request,
      flows.get(id) === undefined ? 'flow.create' : 'flow.change',
      id,
      '',
      { title: input.title.en, priority: input.priority, enabled: input.enabled },
      async () => showFlow(await flows.put(id, input), sees(request)),
    );
  };
  const putSim = async (
    request: AppRequest,
    input: SimInput,
    before: SimRecord | undefined,
    reason: string | undefined,
  ) => {
    const problems = sims.check(input, before);
    if (
      input.thing !== undefined &&
      input.thing !== before?.input.thing &&
      things.get(input.thing) === undefined
    )
      problems.push({
        field: 'thing',
        message: say(
          `There is no thing "${input.thing.slice(0, 100)}".`,
          `没有物“${input.thing.slice(0, 100)}”。`,
        ),
      });
    if (problems.length > 0) throw wrongFields(problems);
    return told(
      request,
      before === undefined ? 'sim.create' : 'sim.change',
      input.iccid,
      placeOfSim(input),
      { state: input.state, ...(reason === undefined ? {} : { reason }) },
      async () => showSim(await sims.put(input, request.caller.actor.id, reason)),
    );
  };
  const imported = async <T>(
    request: AppRequest,
    action: string,
    plan: ImportPlan<T>,
    keep: (inputs: T[]) => {
      statements: Parameters<NetworkPlatform['records']['transaction']>[0];
      applied: () => void;
    },
  ) => {
    const { report, inputs } = plan;
    if (request.query['apply'] !== true) return report;
    if (report.problemCount > 0) return report;
    if (inputs.length === 0) return { ...report, applied: true };
    return told(
      request,
      action,
      '',
      '',
      { rows: report.rows, create: report.create, change: report.change },
      async () => {
        const { statements, applied } = keep(inputs);
        await platform.records.transaction(statements);
        applied();
        return { ...report, applied: true };
      },
    );
  };
  const rights = (request: AppRequest) => ({
    may: (place: string) => request.caller.may('configure', place),
    placeOfThing,
  });
  const bytesOf = (request: AppRequest): Uint8Array =>
    request.body instanceof Uint8Array
      ? request.body
      : new TextEncoder().encode(typeof request.body === 'string' ? request.body : '');
  const csv = (file: string, content: string): AppFile => ({
    file,
    contentType: 'text/csv; charset=utf-8',
    content,
  });

  return {
    networkOverview: async (request) => {
      const may = sees(request);
      const byKind: Record<string, number> = Object.fromEntries(networkKinds.map((kind) => [kind, 0]));
      const byState = noCounts();
      let total = 0;
      let withProblems = 0;
      for (const record of terminals.all()) {
        if (!may(record.place)) continue;
        total++;
        byKind[record.input.kind]!++;
        byState[worstOf(judging.ofTerminal(record.id))?.state ?? 'none']++;
        if (record.problems.length > 0) withProblems++;
      }
      const simsByState: Record<string, number> = Object.fromEntries(simStates.map((state) => [state, 0]));
      let simsTotal = 0;
      let parted = 0;
      for (const sim of sims.all()) {
        if (!may(placeOfSim(sim.input))) continue;
        simsTotal++;
        simsByState[sim.input.state]!++;
        if (sim.parted) parted++;
      }
      const ofFlows = noCounts();
      let enabled = 0;
      for (const flow of flows.all()) {
        if (flow.input.enabled) enabled++;
        ofFlows[worstOf(pairsSeen(request, judging.ofFlow(flow.id)))?.state ?? 'none']++;
      }
      const pairs = pairsSeen(request, judging.all());
      const violated = pairs.filter(({ state }) => state === 'violated');
      violated.sort((a, b) => a.flow.input.priority - b.flow.input.priority || a.since - b.since);
      const recent = incidentsSeen(
        request,
        await records.incidents({ from: now() - dayMicroseconds, limit: incidentsReadMax }),
      );
      const status = parts.measuring()?.status();
      const seconds = Math.max(1, (now() - started) / 1e6);
      return {
        terminals: { total, byKind, byState, withProblems },
        sims: { total: simsTotal, byState: simsByState, parted },
        flows: { total: flows.size, enabled, byState: ofFlows },
        zones: zones.all().filter(({ place }) => may(place ?? '')).length,
        incidents: {
          open: pairs.filter(({ incident }) => incident !== undefined).length,
          lastDay: recent.length,
        },
        worst: violated.slice(0, worstShown).map(line),
        measured: {
          sessions: status?.sessions.running ?? 0,
          probesPerSecond: status?.budget.probesPerSecond ?? 0,
          passiveMessagesPerSecond: Math.round((judging.meter.messages / seconds) * 10) / 10,
          judgedPerSecond: Math.round((judging.judged / seconds) * 10) / 10,
        },
      } satisfies NetworkOverview;
    },
    networkApplications: (request) => {
      const { app } = request.query as { app?: string };
      return [...flows.all()]
        .filter(
          (flow) => (app === undefined || flow.app === app) && (flow.app !== undefined || flow.input.enabled),
        )
        .sort((a, b) => a.input.priority - b.input.priority || (a.id < b.id ? -1 : 1))
        .map((flow): ApplicationFlow => {
          const pairs = pairsSeen(request, judging.ofFlow(flow.id));
          const counts = noCounts();
          for (const { state } of pairs) counts[state ?? 'none']++;
          const worst = worstOf(pairs);
          return {
            flow: flow.id,
            title: { ...flow.input.title },
            ...(flow.app === undefined ? {} : { app: flow.app }),
            ...(flow.appTitle === undefined ? {} : { appTitle: { ...flow.appTitle } }),
            enabled: flow.input.enabled,
            adapted: flow.adapted,
            priority: flow.input.priority,
            ...(worst?.state === undefined
              ? {}
              : {
                  state: worst.state,
                  // A flow is met since the last of its terminals came to be.
                  since: formatInstant(
                    worst.state === 'violated'
                      ? Math.min(
                          ...pairs.filter(({ state }) => state === 'violated').map(({ since }) => since),
                        )
                      : Math.max(...pairs.map(({ since }) => since)),
                  ),
                  reason: { ...worst.reason },
                  worst: line(worst),
                }),
            terminals: counts,
            figures: figuresOf(flow.input.level, worst?.criteria ?? []),
            ...(worst?.incident?.incident.blame === undefined
              ? {}
              : { blame: worst.incident.incident.blame }),
            ...(flow.whenLost === undefined ? {} : { whenLost: { ...flow.whenLost } }),
            openIncidents: pairs.filter(({ incident }) => incident !== undefined).length,
          };
        });
    },
    networkFlows: (request) => [...flows.all()].map((flow) => showFlow(flow, sees(request))),
    createNetworkFlow: (request) => {
      const { id: given, ...input } = request.body as NetworkFlowInput & { id?: string };
      const id = given ?? idFrom(input.title.en);
      if (!idPattern.test(id))
        throw wrongFields([
          {
            field: 'id',
            message: say(
              'Lower case, digits, - . _, at most 64 characters.',
              '仅限小写字母、数字与 - . _，最多 64 个字符。',
            ),
          },
        ]);
      if (flows.get(id) !== undefined)
        throw new AppError(409, 'exists', say(`There is a flow "${id}" already.`, `业务流“${id}”已存在。`));
      return putFlow(request, id, input);
    },
    networkFlow: (request) => showFlow(seenFlow(request), sees(request)),
    putNetworkFlow: (request) => putFlow(request, seenFlow(request).id, request.body as NetworkFlowInput),
    deleteNetworkFlow: async (request) => {
      const flow = seenFlow(request);
      if (flow.app !== undefined && !flow.adapted)
        throw new AppError(
          409,
          'of-application',
          say(
            'This flow comes from an application, and the plant has changed nothing of it.',
            '此业务流来自应用，且工厂未作任何修改。',
          ),
          say(
            'Switch the application off, or change the flow and disable it.',
            '可停用该应用，或修改并禁用此业务流。',
          ),
        );
      await told(request, flow.app === undefined ? 'flow.delete' : 'flow.reset', flow.id, '', {}, () =>
        flows.remove(flow.id),
      );
    },
    networkFlowVerdicts: (request) => {
      const flow = seenFlow(request);
      const { state } = request.query as { state?: VerdictState };
      const pairs = pairsSeen(request, judging.ofFlow(flow.id)).filter(
        (pair) => pair.state !== undefined && (state === undefined || pair.state === state),
      );
      pairs.sort(
        (a, b) =>
          rankOf(a.state) - rankOf(b.state) || a.since - b.since || (a.terminal.id < b.terminal.id ? -1 : 1),
      );
      const shown = paged(request, pairs);
      return {
        total: pairs.length,
        verdicts: shown.flatMap((pair) => judging.show(pair) ?? []),
        lines: shown.map(line),
      };
    },
    networkTerminals: (request) => {
      const query = request.query as {
        text?: string;
        place?: string;
        kind?: string;
        state?: VerdictState | 'none';
        thing?: string;
        problems?: boolean;
      };
      const may = sees(request);
      const text = query.text?.toLowerCase();
      const found = [...terminals.all()].filter((record) => {
        const { input } = record;
        return (
          may(record.place) &&
          (query.place === undefined ||
            record.place === query.place ||
            record.place.startsWith(`${query.place}/`) ||
            query.place === '') &&
          (query.kind === undefined || input.kind === query.kind) &&
          (query.thing === undefined || input.things.includes(query.thing)) &&
          (query.problems !== true || record.problems.length > 0) &&
          (text === undefined ||
            [
              record.id,
              input.title,
              input.address,
              input.supi,
              input.iccid,
              input.pei,
              input.gpsi,
              record.seenSupi,
            ].some((one) => one?.toLowerCase().includes(text) === true))
        );
      });
      const states = new Map(
        found.map((record) => [record.id, worstOf(judging.ofTerminal(record.id))?.state]),
      );
      const wanted =
        query.state === undefined
          ? found
          : found.filter(({ id }) => (states.get(id) ?? 'none') === query.state);
      wanted.sort(
        (a, b) =>
          Math.sign(b.problems.length) - Math.sign(a.problems.length) ||
          rankOf(states.get(a.id)) - rankOf(states.get(b.id)) ||
          a.input.title.localeCompare(b.input.title, 'en', { numeric: true }),
      );
      return { total: wanted.length, terminals: paged(request, wanted).map(summary) };
    },
    createNetworkTerminal: (request) => {
      const { id, ...input } = request.body as NetworkTerminalInput & { id?: string };
      return putTerminal(request, id ?? idFrom(input.supi ?? input.title), input, true);
    },
    exportNetworkTerminals: (request) => {
      const may = sees(request);
      const rows = [...terminals.all()]
        .filter(({ place }) => may(place))
        .map((record) => ({
          ...record.input,
          id: record.id,
          things: record.input.things.filter((thing) => may(placeOfThing(thing) ?? '')),
        }));
      return csv('terminals.csv', writeTable(terminalColumns, rows));
    },
    importNetworkTerminals: (request) =>
      imported(
        request,
        'terminals.import',
        planTerminals(bytesOf(request), terminals, rights(request)),
        (inputs) => terminals.keep(inputs),
      ),
    networkTerminal: async (request) => {
      const record = seenTerminal(request);
      const may = sees(request);
      const shown = terminals.show(record);
      const sim = simOf(record, sims);
      const pairs = judging.ofTerminal(record.id);
      const incidents = await records.incidents({ terminal: record.id, limit: 20 });
      const own = things.get(thingOf(record.id));
      return {
        terminal: { ...shown, things: shown.things.filter((thing) => may(placeOfThing(thing) ?? '')) },
        found: record.found,
        things: record.input.things.flatMap((thing) => {
          const known = things.get(thing);
          return known === undefined || !may(things.placeOf(known))
            ? []
            : [{ id: thing, title: known.description.title }];
        }),
        ...(own === undefined ? {} : { thing: own.id }),
        ...(sim === undefined || !may(placeOfSim(sim.input)) ? {} : { sim: showSim(sim) }),
        verdicts: pairs.flatMap((pair) => judging.show(pair) ?? []),
        flows: pairs.map((pair) => {
          const current = performance(pair);
          return {
            id: pair.flow.id,
            title: { ...pair.flow.input.title },
            ...(pair.flow.app === undefined ? {} : { app: pair.flow.app }),
            level: pair.flow.input.level,
            ...(current === undefined ? {} : { now: current }),
          };
        }),
        incidents: incidents.map(({ incident }) => incident),
      };
    },
    putNetworkTerminal: (request) =>
      putTerminal(request, param(request, 'terminal'), request.body as NetworkTerminalInput, false),
    deleteNetworkTerminal: async (request) => {
      const record = seenTerminal(request);
      need(request, record.place);
      await told(request, 'terminal.delete', record.id, record.place, { title: record.input.title }, () =>
        terminals.remove(record.id),
      );
    },
    networkTerminalLife: async (request) => {
      const record = seenTerminal(request);
      const { from, to } = rangeOf(request, now(), 7 * dayMicroseconds);
      return { ...(await terminals.life(record.id, from, to)), sessions: [...record.sessions] };
    },
    networkTerminalPath: (request) => pathOf(seenTerminal(request), parts),
    networkTerminalHistory: async (request) => {
      const record = seenTerminal(request);
      const flow = seenFlow(request);
      const { from, to } = rangeOf(request, now(), dayMicroseconds);
      const { step = from >= now() - keptMinutes ? 'minute' : 'hour' } = request.query as {
        step?: 'minute' | 'hour';
      };
      const long = step === 'minute' ? minute : hour;
      const lines = await records.lines(step, keyOf(flow.id, record.id), from, to);
      return lines.map(({ start, line: one }) => performanceOf(start, start + long, one));
    },
    networkSims: (request) => {
      const { text, state, parted } = request.query as { text?: string; state?: string; parted?: boolean };
      const may = sees(request);
      const wanted = text?.toLowerCase();
      const found = [...sims.all()].filter(
        (sim) =>
          may(placeOfSim(sim.input)) &&
          (state === undefined || sim.input.state === state) &&
          (parted === undefined || sim.parted === parted) &&
          (wanted === undefined ||
            [
              sim.input.iccid,
              sim.input.supi,
              sim.input.gpsi,
              sim.input.pei,
              sim.input.thing,
              sim.input.operator,
              sim.input.note,
            ].some((one) => one?.toLowerCase().includes(wanted) === true)),
      );
      found.sort((a, b) => Number(b.parted) - Number(a.parted) || (a.input.iccid < b.input.iccid ? -1 : 1));
      return { total: found.length, sims: paged(request, found).map(showSim) };
    },
    createNetworkSim: (request) => {
      const input = request.body as SimInput;
      need(request, placeOfSim(input));
      const there = sims.get(input.iccid);
      if (there !== undefined)
        throw new AppError(
          409,
          'exists',
          say('There is a SIM with this ICCID already.', '此 ICCID 已登记。'),
        );
      return putSim(request, input, undefined, undefined);
    },
    exportNetworkSims: (request) => {
      const may = sees(request);
      return csv(
        'sims.csv',
        writeTable(
          simColumns,
          [...sims.all()].filter(({ input }) => may(placeOfSim(input))).map(({ input }) => input),
        ),
      );
    },
    importNetworkSims: (request) =>
      imported(request, 'sims.import', planSims(bytesOf(request), sims, rights(request)), (inputs) =>
        sims.keep(inputs, request.caller.actor.id, undefined),
      ),
    networkSim: async (request) => {
      const sim = seenSim(request);
      const terminal = [...terminals.all()].find((record) => simOf(record, sims) === sim);
      return {
        sim: showSim(sim),
        ...(terminal === undefined || !request.caller.may('read', terminal.place)
          ? {}
          : { terminal: terminal.id }),
        history: await sims.history(sim.input.iccid),
        next: [...simTransitions[sim.input.state]],
      };
    },
    putNetworkSim: (request) => {
      const before = seenSim(request);
      const { reason, ...input } = request.body as SimInput & { reason?: string };
      need(request, placeOfSim(before.input), placeOfSim(input));
      if (input.iccid !== before.input.iccid)
        throw wrongFields([
          {
            field: 'iccid',
            message: say(
              'The ICCID is the card itself; register another card.',
              'ICCID 即卡本身，请另行登记新卡。',
            ),
          },
        ]);
      return putSim(request, input, before, reason);
    },
    deleteNetworkSim: async (request) => {
      const { input } = seenSim(request);
      need(request, placeOfSim(input));
      if (input.state !== 'in-stock' && input.state !== 'retired')
        throw new AppError(
          409,
          'in-use',
          say('Only a SIM that is in stock or retired can be removed.', '只能删除库存或已销户的 SIM。'),
          say('Retire it first.', '请先销户。'),
        );
      await told(request, 'sim.delete', input.iccid, placeOfSim(input), {}, () => sims.remove(input.iccid));
    },
    networkZones: (request) => zones.all().filter(({ place }) => request.caller.may('read', place ?? '')),
    putNetworkZone: (request) => {
      const id = param(request, 'zone');
      const input = request.body as EdgeZoneInput;
      const before = zones.get(id);
      need(request, input.place ?? '', ...(before === undefined ? [] : [before.place ?? '']));
      if (!idPattern.test(id))
        throw wrongFields([
          {
            field: 'id',
            message: say(
              'Lower case, digits, - . _, at most 64 characters.',
              '仅限小写字母、数字与 - . _，最多 64 个字符。',
            ),
          },
        ]);
      return told(
        request,
        before === undefined ? 'zone.create' : 'zone.change',
        id,
        input.place ?? '',
        { title: input.title },
        () => zones.put(id, input),
      );
    },
    deleteNetworkZone: async (request) => {
      const id = param(request, 'zone');
      const zone = zones.get(id);
      if (zone === undefined || !request.caller.may('read', zone.place ?? ''))
        throw notFound('edge zone', '边缘区', id);
      need(request, zone.place ?? '');
      const inside = [...terminals.all()].filter(({ input }) => input.zone === id).length;
      if (inside > 0)
        throw new AppError(
          409,
          'in-use',
          say(`${inside} terminals are in this zone.`, `此边缘区内有 ${inside} 个终端。`),
        );
      await told(request, 'zone.delete', id, zone.place ?? '', {}, () => zones.remove(id));
    },
    networkAddresses: async (request) => {
      const holders = await terminals.holders(param(request, 'address').slice(0, 64));
      return holders
        .filter(({ terminal }) => request.caller.may('read', terminals.get(terminal)?.place ?? ''))
        .map((holder) => ({
          terminal: holder.terminal,
          title: terminals.get(holder.terminal)?.input.title ?? holder.terminal,
          ...(holder.supi === undefined ? {} : { supi: holder.supi }),
          from: holder.from,
          ...(holder.to === undefined ? {} : { to: holder.to }),
        }));
    },
    networkIncidents: async (request) => {
      const query = request.query as {
        flow?: string;
        terminal?: string;
        open?: boolean;
        from?: string;
        to?: string;
      };
      const found = incidentsSeen(
        request,
        await records.incidents({
          flow: query.flow,
          terminal: query.terminal,
          open: query.open,
          from: query.from === undefined ? undefined : instantOr(query.from, 0),
          to: query.to === undefined ? undefined : instantOr(query.to, now()),
          limit: incidentsReadMax,
        }),
      );
      return { total: found.length, incidents: paged(request, found) };
    },
    networkIncident: async (request) => {
      const id = param(request, 'incident');
      const found = await records.incident(id.slice(0, 100));
      const [shown] = found === undefined ? [] : incidentsSeen(request, [found]);
      if (shown === undefined) throw notFound('incident', '事件', id);
      return shown;
    },
    networkCoverage: (request) => {
      const query = request.query as { place?: string; flow?: string };
      const { from, to } = rangeOf(request, now(), dayMicroseconds);
      return parts.coverage({ from, to, place: query.place ?? '', flow: query.flow, may: sees(request) });
    },
    networkReport: (request) => {
      const { timeZone } = platform.plant();
      const { month = monthNow(now(), timeZone) } = request.query as { month?: string };
      return monthlyReport(month, { flows, terminals, records, now: now(), timeZone, may: sees(request) });
    },
    exportNetworkReport: async (request) => {
      const { timeZone } = platform.plant();
      const { month = monthNow(now(), timeZone) } = request.query as { month?: string };
      const report = await monthlyReport(month, {
        flows,
        terminals,
        records,
        now: now(),
        timeZone,
        may: sees(request),
      });
      return csv(`network-${month}.csv`, reportCsv(report));
    },
    networkMeasuring: () => {
      const status = parts.measuring()?.status() ?? parts.idle();
      return {
        ...status,
        counters: {
          ...status.counters,
          judged: judging.judged,
          passiveMessages: judging.meter.messages,
          judgeFailures: judging.failures,
        },
      };
    },
  };
}

const started = Date.now() * 1000;

function rangeOf(
  request: AppRequest,
  now: Microseconds,
  otherwise: Microseconds,
): { from: Microseconds; to: Microseconds } {
  const query = request.query as { from?: string; to?: string };
  const wrong = (field: string): never => {
    throw wrongFields([
      {
        field,
        message: say('Neither RFC 3339 nor epoch milliseconds.', '既不是 RFC 3339 时间也不是毫秒时间戳。'),
      },
    ]);
  };
  const to = instantOr(query.to, now + 60_000_000);
  const from = instantOr(query.from, to - otherwise);
  if (query.from !== undefined && Number.isNaN(instantOr(query.from, Number.NaN))) wrong('from');
  if (query.to !== undefined && Number.isNaN(instantOr(query.to, Number.NaN))) wrong('to');
  if (from > to) wrong('from');
  return { from, to };
}

function performanceOf(from: Microseconds, to: Microseconds, line: Line): FlowPerformance {
  const at = (index: number): number | undefined => {
    const value = line[index];
    return typeof value === 'number' ? value : undefined;
  };
  const [met = 0, violated = 0, undecided = 0] = [at(9), at(10), at(11)];
  const method = line[12];
  return {
    from: formatInstant(from),
    to: formatInstant(to),
    ...(typeof method === 'string' ? { method: method as MeasurementMethod } : {}),
    messages: at(0) ?? 0,
    lost: at(1) ?? 0,
    ...finite({ p50Ms: at(2), p95Ms: at(3), p99Ms: at(4), jitterMs: at(5), upShare: at(6) }),
    state: violated > 0 ? 'violated' : met > undecided ? 'met' : 'inconclusive',
  };
}
