import type {
  BindingInput,
  FiveQi,
  FlowFilter,
  LocalText,
  LoopActionKind,
  LoopMode,
  LoopSettings,
  Qos,
} from '@millrace/contract';
import { arpOf, deriveQos, qosOf, ratesOf } from '../requests/derive.ts';
import { derivable, fiveQiOf } from '../requests/five-qi.ts';
import {
  type Action,
  type Assessment,
  type Change,
  type Decision,
  type LoopFlow,
  type LoopSituation,
  type LoopTerminal,
  loopLimits,
  type Need,
  type NewAction,
} from './situation.ts';

const say = (en: string, zh: string): LocalText => ({ en, zh });
const minute = 60_000_000;
const hour = 60 * minute;

const rank: Readonly<Record<LoopMode, number>> = { off: 0, propose: 1, act: 2 };

/** What may be done of a kind: never more than the plant allows on the whole. */
export function modeOf(settings: LoopSettings, kind: LoopActionKind): LoopMode {
  const own = settings.kinds[kind] ?? settings.mode;
  return rank[own] < rank[settings.mode] ? own : settings.mode;
}

/** Levels that are not met, the most valuable first. Pure. */
export function assess(situation: LoopSituation): Assessment {
  const flows = new Map(situation.flows.map((flow) => [flow.id, flow]));
  const terminals = new Map(situation.terminals.map((terminal) => [terminal.id, terminal]));
  const needs = situation.verdicts
    .filter(({ state }) => state === 'violated')
    .flatMap((verdict): Need[] => {
      const flow = flows.get(verdict.flow);
      const terminal = terminals.get(verdict.terminal);
      if (flow === undefined || terminal === undefined) return [];
      const { blame } = verdict;
      const single = blame?.from !== undefined && blame.from === blame.to ? blame.from : undefined;
      return [
        {
          flow,
          terminal,
          verdict,
          network: single !== 'terminal' && single !== 'platform',
          cause: blame?.cause ?? say('The cause is not known.', '原因未知。'),
        },
      ];
    })
    .sort(
      (a, b) =>
        a.flow.priority - b.flow.priority ||
        a.verdict.since - b.verdict.since ||
        (`${a.flow.id} ${a.terminal.id}` < `${b.flow.id} ${b.terminal.id}` ? -1 : 1),
    );
  return { now: situation.now, settings: situation.settings, needs, situation };
}

const isOpen = ({ state }: Action): boolean =>
  state === 'proposed' || state === 'doing' || state === 'watching' || state === 'undoing';
const changesSomething = ({ kind }: Pick<Action, 'kind'>): boolean =>
  kind !== 'tell-app' && kind !== 'tell-people';

/** Names of what an action changes, beside the flow of the terminal that it is for. */
function touched(action: Pick<Action, 'flow' | 'terminal' | 'changes'>): string[] {
  return [`${action.flow}@${action.terminal}`, ...action.changes.map(({ kind, id }) => `${kind}:${id}`)];
}

/** When something last changed by an action, or a person said no to a change. */
function lastChange(action: Action): number {
  const never = Number.NEGATIVE_INFINITY;
  const { state, done = never, ended = never } = action;
  // What failed before anything was changed has changed nothing.
  const counts =
    state === 'undone' || state === 'rejected' || (state === 'failed' && action.done !== undefined);
  return Math.max(done, counts ? ended : never);
}

/**
 * What to do. Pure: the same assessment, the same decision. Nothing is changed twice within the cool-down, whatever the verdicts do; never more
 * changes an hour than allowed; what did not help is taken back; nothing of higher or equal value is thinned for another.
 */
export function decide({ now, settings, needs, situation }: Assessment): Decision {
  const decision: Decision = { create: [], undo: [], helped: [], expire: [], words: say('', '') };
  if (settings.mode === 'off') {
    decision.words = say('The loop is off.', '闭环处置已关闭。');
    return decision;
  }
  const verdicts = new Map(
    situation.verdicts.map((verdict) => [`${verdict.flow}@${verdict.terminal}`, verdict]),
  );
  const verdictOf = (action: Action) => verdicts.get(`${action.flow}@${action.terminal}`);

  for (const action of situation.actions) {
    if (action.state === 'proposed') {
      const verdict = verdictOf(action);
      if (now - action.proposed > loopLimits.proposalHours * hour)
        decision.expire.push({ id: action.id, why: say('Nobody approved it in a day.', '一天内无人批准。') });
      else if (verdict !== undefined && verdict.state === 'met')
        decision.expire.push({ id: action.id, why: say('The level is met again.', '服务等级已恢复。') });
      continue;
    }
    if (
      action.until !== undefined &&
      action.until <= now &&
      (action.state === 'watching' || action.state === 'helped')
    ) {
      decision.undo.push({ id: action.id, why: say('Its time is over.', '处置时间已到。'), helped: true });
      continue;
    }
    if (action.state !== 'watching' || action.done === undefined) continue;
    const verdict = verdictOf(action);
    const fresh = verdict !== undefined && verdict.at > action.done;
    if (fresh && verdict.state === 'met')
      decision.helped.push({
        id: action.id,
        outcome: say('The level is met since.', '此后服务等级已满足。'),
      });
    else if ((action.judgeAt ?? action.done) <= now) {
      if (verdict?.state === 'violated')
        decision.undo.push({ id: action.id, why: say('It did not help.', '没有改善。'), helped: false });
      else if ((action.judgeAt ?? action.done) + settings.helpWithinMinutes * minute <= now)
        decision.helped.push({
          id: action.id,
          outcome: say(
            'The level is not shown to be violated any more; nor that it is met.',
            '已不再显示违反，但也未能证明满足。',
          ),
        });
    }
  }

  const coolDown = settings.coolDownMinutes * minute;
  const busy = new Set<string>();
  for (const action of situation.actions) {
    if (!changesSomething(action)) continue;
    const last = lastChange(action);
    // What is capped for a time stays as it is until it is let free: taking it back must find it as it was left.
    const capped = action.state === 'helped' && action.until !== undefined;
    if (isOpen(action) || capped || now - last < coolDown) for (const name of touched(action)) busy.add(name);
  }
  for (const { id } of decision.undo) {
    const action = situation.actions.find((one) => one.id === id)!;
    for (const name of touched(action)) busy.add(name);
  }
  let left =
    settings.actionsPerHourMax -
    situation.actions.filter(
      (action) =>
        changesSomething(action) &&
        (action.state === 'proposed' || (action.done !== undefined && now - action.done < hour)),
    ).length;

  const held: LocalText[] = [];
  for (const need of needs) {
    const { flow, terminal, verdict } = need;
    const name = `${flow.id}@${terminal.id}`;
    const told = (kind: LoopActionKind): boolean =>
      situation.actions.some(
        (action) =>
          action.kind === kind &&
          action.flow === flow.id &&
          action.terminal === terminal.id &&
          action.violatedSince === verdict.since,
      );
    if (now - verdict.since < settings.violatedForMinutes * minute) continue;
    if (
      situation.can.tellApp &&
      flow.app !== undefined &&
      modeOf(settings, 'tell-app') !== 'off' &&
      !told('tell-app')
    )
      decision.create.push(telling('tell-app', need));
    if (situation.can.tellPeople && modeOf(settings, 'tell-people') !== 'off' && !told('tell-people'))
      decision.create.push(telling('tell-people', need));
    if (!need.network || busy.has(name)) continue;
    if (left <= 0) {
      held.push(
        say(
          `No more than ${settings.actionsPerHourMax} actions an hour.`,
          `每小时最多 ${settings.actionsPerHourMax} 个处置动作。`,
        ),
      );
      break;
    }
    const action = firstThatFits(need, situation, settings, busy);
    if (action === undefined) {
      held.push(
        say(
          `Nothing left to try for "${flow.title.en}" at "${terminal.title}".`,
          `“${terminal.title}”的“${flow.title.zh}”已无可用措施。`,
        ),
      );
      continue;
    }
    left--;
    for (const one of touched(action)) busy.add(one);
    decision.create.push(action);
  }
  decision.words = wordsOf(decision, needs.length, held);
  return decision;
}

/** Whether a decision does anything. */
export function isIdle({ create, undo, helped, expire }: Decision): boolean {
  return create.length + undo.length + helped.length + expire.length === 0;
}

function telling(kind: 'tell-app' | 'tell-people', need: Need): NewAction {
  const { flow, terminal, verdict, cause } = need;
  return {
    kind,
    flow: flow.id,
    terminal: terminal.id,
    violatedSince: verdict.since,
    what:
      kind === 'tell-app'
        ? say(
            `"${flow.app}" is told that "${flow.title.en}" is lost.`,
            `通知应用“${flow.app}”：“${flow.title.zh}”未满足。`,
          )
        : say(
            `People are told that "${flow.title.en}" at "${terminal.title}" is not met.`,
            `通知人员：“${terminal.title}”的“${flow.title.zh}”未满足。`,
          ),
    why: cause,
    changes: [],
    mode: 'act',
  };
}

type Proposal = Pick<NewAction, 'kind' | 'what' | 'changes'>;

function firstThatFits(
  need: Need,
  situation: LoopSituation,
  settings: LoopSettings,
  busy: ReadonlySet<string>,
): NewAction | undefined {
  const { flow, terminal, verdict, cause } = need;
  const since = situation.now - loopLimits.triedHours * hour;
  const tried = (kind: LoopActionKind, changes: readonly Change[]): boolean =>
    situation.actions.some(
      (action) =>
        action.kind === kind &&
        action.flow === flow.id &&
        action.terminal === terminal.id &&
        (action.state === 'undone' || action.state === 'failed' || action.state === 'rejected') &&
        action.helped !== true &&
        (action.ended ?? 0) >= since &&
        sameWishes(action.changes, changes),
    );
  const ladder: readonly (readonly [LoopActionKind, () => Proposal[]])[] = [
    ['raise-qos', () => raising(need, situation)],
    ['move-provider', () => movingProvider(need, situation)],
    ['move-zone', () => movingZone(need, situation)],
    ['thin', () => thinning(need, situation, settings)],
  ];
  for (const [kind, proposals] of ladder) {
    const mode = modeOf(settings, kind);
    if (mode === 'off') continue;
    for (const proposal of proposals()) {
      if (tried(kind, proposal.changes)) continue;
      if (proposal.changes.some((change) => busy.has(`${change.kind}:${change.id}`))) continue;
      return {
        ...proposal,
        flow: flow.id,
        terminal: terminal.id,
        violatedSince: verdict.since,
        why: say(
          `"${flow.title.en}" (priority ${flow.priority}) is not met at "${terminal.title}". ${cause.en}`,
          `“${terminal.title}”的“${flow.title.zh}”（优先级 ${flow.priority}）未满足。${cause.zh}`,
        ),
        mode,
      };
    }
  }
  return undefined;
}

/** Ids are made up anew for bindings that are not there yet; what counts is what would be wished for. */
function sameWishes(a: readonly Change[], b: readonly Change[]): boolean {
  return (
    JSON.stringify(a.map(({ kind, after }) => [kind, after])) ===
    JSON.stringify(b.map(({ kind, after }) => [kind, after]))
  );
}

const bindingOf = (situation: LoopSituation, flow: string, terminal: string) =>
  situation.bindings.find(({ input }) => input.flow === flow && input.terminal === terminal);

function filtersOf(situation: LoopSituation, flow: string, terminal: string): FlowFilter[] {
  return [
    ...(situation.carried.find((one) => one.flow === flow && one.terminal === terminal)?.filters ?? []),
  ];
}

/** The provider that a terminal's bindings are asked of: its own, its zone's, or the only one there is. */
function providerFor(terminal: LoopTerminal, situation: LoopSituation): string | undefined {
  const zone = situation.zones.find(({ id }) => id === terminal.zone);
  const known = [terminal.provider, zone?.provider].filter(
    (id): id is string => id !== undefined && situation.providers.includes(id),
  );
  return known[0] ?? (situation.providers.length === 1 ? situation.providers[0] : undefined);
}

function raising({ flow, terminal }: Need, situation: LoopSituation): Proposal[] {
  const derived = deriveQos(flow.level, { priority: flow.priority });
  const best = derived.qos ?? nearestQos(derived.nearest, derived.rates, flow.priority);
  const there = bindingOf(situation, flow.id, terminal.id);
  const proposal = (
    what: LocalText,
    after: BindingInput,
    id: string,
    before: BindingInput | null,
  ): Proposal => ({
    kind: 'raise-qos',
    what,
    changes: [{ kind: 'binding', id, before, after }],
  });
  if (there === undefined) {
    const provider = providerFor(terminal, situation);
    if (provider === undefined || best === undefined) return [];
    return [
      proposal(
        say(
          `"${provider}" is asked for 5QI ${best.fiveQi} for "${flow.title.en}" at "${terminal.title}", which has no binding yet.`,
          `向“${provider}”为“${terminal.title}”的“${flow.title.zh}”请求 5QI ${best.fiveQi}（目前没有绑定）。`,
        ),
        {
          flow: flow.id,
          terminal: terminal.id,
          provider,
          qos: best,
          filters: filtersOf(situation, flow.id, terminal.id),
        },
        newId(situation, flow.id, terminal.id),
        null,
      ),
    ];
  }
  // What the network has not taken yet is not raised: first it has to be in force.
  if (there.standing !== 'effective' && there.standing !== 'accepted') return [];
  const { input } = there;
  const proposals: Proposal[] = [];
  const current = fiveQiOf(input.qos.fiveQi);
  const better = best === undefined ? undefined : stricter(current, fiveQiOf(best.fiveQi), input.qos, best);
  if (better !== undefined)
    proposals.push(
      proposal(
        say(
          `5QI ${input.qos.fiveQi} becomes ${better.fiveQi} for "${flow.title.en}" at "${terminal.title}".`,
          `“${terminal.title}”的“${flow.title.zh}”由 5QI ${input.qos.fiveQi} 改为 ${better.fiveQi}。`,
        ),
        { ...input, qos: better },
        there.id,
        input,
      ),
    );
  const more = moreRate(input.qos, derived.rates);
  if (more !== undefined)
    proposals.push(
      proposal(
        say(
          `The guaranteed rate of "${flow.title.en}" at "${terminal.title}" goes from ${input.qos.gbrUplink ?? 0}/${input.qos.gbrDownlink ?? 0} to ${more.gbrUplink ?? 0}/${more.gbrDownlink ?? 0} kbit/s.`,
          `“${terminal.title}”的“${flow.title.zh}”保证速率由 ${input.qos.gbrUplink ?? 0}/${input.qos.gbrDownlink ?? 0} 提高到 ${more.gbrUplink ?? 0}/${more.gbrDownlink ?? 0} kbit/s。`,
        ),
        { ...input, qos: more },
        there.id,
        input,
      ),
    );
  return proposals;
}

function nearestQos(
  fiveQi: number | undefined,
  rates: { uplink: number; downlink: number },
  priority: number,
): Qos | undefined {
  const row = fiveQi === undefined ? undefined : fiveQiOf(fiveQi);
  if (row === undefined || (row.resource !== 'non-gbr' && rates.uplink + rates.downlink === 0))
    return undefined;
  return qosOf(row, rates, priority);
}

const hardness = { 'non-gbr': 0, gbr: 1, 'delay-critical-gbr': 2 } as const;

/** The derived class where it is better than the one in force, else the next better there is; rates are kept where they are higher. */
function stricter(
  current: FiveQi | undefined,
  best: FiveQi | undefined,
  qos: Qos,
  derived: Qos,
): Qos | undefined {
  if (current === undefined) return undefined;
  const isBetter = (row: FiveQi): boolean =>
    hardness[row.resource] > hardness[current.resource] ||
    (row.resource === current.resource && row.delayBudgetMs < current.delayBudgetMs);
  const next =
    best !== undefined && isBetter(best)
      ? best
      : derivable
          .filter(
            (row) => row.resource === current.resource && isBetter(row) && row.errorRate <= current.errorRate,
          )
          .filter(
            (row) =>
              row.burstBytes === undefined ||
              current.burstBytes === undefined ||
              row.burstBytes >= current.burstBytes,
          )
          .sort((a, b) => b.delayBudgetMs - a.delayBudgetMs || a.fiveQi - b.fiveQi)[0];
  if (next === undefined) return undefined;
  const rates = {
    uplink: Math.max(qos.gbrUplink ?? 0, derived.gbrUplink ?? 0),
    downlink: Math.max(qos.gbrDownlink ?? 0, derived.gbrDownlink ?? 0),
  };
  if (next.resource !== 'non-gbr' && rates.uplink + rates.downlink === 0) return undefined;
  const made = qosOf(next, rates, 5);
  return { ...made, arp: qos.arp };
}

function moreRate(qos: Qos, needed: { uplink: number; downlink: number }): Qos | undefined {
  const raised = (gbr: number | undefined, need: number): number | undefined => {
    if (gbr === undefined || gbr === 0 || need === 0) return gbr;
    return Math.max(
      gbr,
      Math.min(Math.ceil(gbr * loopLimits.raiseFactor), Math.ceil(need * loopLimits.raiseMax)),
    );
  };
  const uplink = raised(qos.gbrUplink, needed.uplink);
  const downlink = raised(qos.gbrDownlink, needed.downlink);
  if (uplink === qos.gbrUplink && downlink === qos.gbrDownlink) return undefined;
  return {
    ...qos,
    ...(uplink === undefined ? {} : { gbrUplink: uplink, mbrUplink: Math.max(qos.mbrUplink ?? 0, uplink) }),
    ...(downlink === undefined
      ? {}
      : { gbrDownlink: downlink, mbrDownlink: Math.max(qos.mbrDownlink ?? 0, downlink) }),
  };
}

function movingProvider({ flow, terminal }: Need, situation: LoopSituation): Proposal[] {
  const there = bindingOf(situation, flow.id, terminal.id);
  if (there === undefined) return [];
  const { profile: _, ...qos } = there.input.qos;
  return situation.providers
    .filter((id) => id !== there.input.provider)
    .map((provider) => ({
      kind: 'move-provider',
      what: say(
        `"${flow.title.en}" at "${terminal.title}" is asked of "${provider}" instead of "${there.input.provider}".`,
        `“${terminal.title}”的“${flow.title.zh}”改由“${provider}”提供（原为“${there.input.provider}”）。`,
      ),
      changes: [
        { kind: 'binding', id: there.id, before: there.input, after: { ...there.input, provider, qos } },
      ],
    }));
}

function movingZone({ flow, terminal }: Need, situation: LoopSituation): Proposal[] {
  if (!situation.can.moveZone) return [];
  const here = situation.zones.find(({ id }) => id === terminal.zone);
  const room = here?.uplinkMbps ?? 0;
  return situation.zones
    .filter((zone) => zone.id !== terminal.zone && (zone.uplinkMbps ?? 0) > room)
    .sort((a, b) => (b.uplinkMbps ?? 0) - (a.uplinkMbps ?? 0) || (a.id < b.id ? -1 : 1))
    .map((zone) => ({
      kind: 'move-zone',
      what: say(
        `The traffic of "${terminal.title}" goes through the edge zone "${zone.title}"; "${flow.title.en}" needs it.`,
        `“${terminal.title}”的流量改走边缘区域“${zone.title}”，以满足“${flow.title.zh}”。`,
      ),
      changes: [{ kind: 'zone', id: terminal.id, before: terminal.zone ?? null, after: zone.id }],
    }));
}

/** Flows of less value at the same zone (without zones: the same terminal), the least valuable first, one at a time. */
function thinning({ flow, terminal }: Need, situation: LoopSituation, settings: LoopSettings): Proposal[] {
  const terminals = new Map(situation.terminals.map((one) => [one.id, one]));
  const beside = (id: string): boolean =>
    id === terminal.id || (terminal.zone !== undefined && terminals.get(id)?.zone === terminal.zone);
  const lesser = situation.flows
    .filter((one) => one.priority > flow.priority && !settings.keepFlows.includes(one.id))
    .map((one) => ({ one, rates: ratesOf(one.level) }))
    .filter(({ rates }) => (rates.uplink ?? 0) + (rates.downlink ?? 0) > 0)
    .sort(
      (a, b) =>
        b.one.priority - a.one.priority ||
        (b.rates.uplink ?? 0) - (a.rates.uplink ?? 0) ||
        (a.one.id < b.one.id ? -1 : 1),
    );
  return lesser.flatMap(({ one, rates }): Proposal[] => {
    const changes = situation.carried
      .filter((carried) => carried.flow === one.id && beside(carried.terminal))
      .flatMap((carried) => capping(one, terminals.get(carried.terminal), rates, situation, settings))
      .slice(0, loopLimits.changesMax);
    if (changes.length === 0) return [];
    const percent = Math.round(settings.thinToShare * 100);
    return [
      {
        kind: 'thin',
        what: say(
          `"${one.title.en}" (priority ${one.priority}) is capped at ${percent} % of its rate at ${changes.length === 1 ? 'one terminal' : `${changes.length} terminals`}, to help "${flow.title.en}" (priority ${flow.priority}).`,
          `将“${one.title.zh}”（优先级 ${one.priority}）在 ${changes.length} 个终端上限制为其速率的 ${percent}%，以保障“${flow.title.zh}”（优先级 ${flow.priority}）。`,
        ),
        changes,
      },
    ];
  });
}

function capping(
  flow: LoopFlow,
  terminal: LoopTerminal | undefined,
  rates: { uplink: number | undefined; downlink: number | undefined },
  situation: LoopSituation,
  settings: LoopSettings,
): Change[] {
  if (terminal === undefined) return [];
  const cap = (rate: number | undefined): number | undefined =>
    rate === undefined || rate === 0 ? undefined : Math.max(1, Math.floor(rate * settings.thinToShare));
  const [uplink, downlink] = [cap(rates.uplink), cap(rates.downlink)];
  const there = bindingOf(situation, flow.id, terminal.id);
  if (there === undefined) {
    const provider = providerFor(terminal, situation);
    if (provider === undefined) return [];
    return [
      {
        kind: 'binding',
        id: newId(situation, flow.id, terminal.id),
        before: null,
        after: {
          flow: flow.id,
          terminal: terminal.id,
          provider,
          qos: {
            fiveQi: 9,
            arp: arpOf(flow.priority),
            ...(uplink === undefined ? {} : { mbrUplink: uplink }),
            ...(downlink === undefined ? {} : { mbrDownlink: downlink }),
            dscp: fiveQiOf(9)!.dscp,
          },
          filters: filtersOf(situation, flow.id, terminal.id),
        },
      },
    ];
  }
  const { input } = there;
  const least = (rate: number | undefined, most: number | undefined): number | undefined =>
    rate === undefined ? most : most === undefined ? rate : Math.min(rate, most);
  const qos: Qos = { ...input.qos };
  for (const [most, guaranteed, limit] of [
    ['mbrUplink', 'gbrUplink', uplink],
    ['mbrDownlink', 'gbrDownlink', downlink],
  ] as const) {
    const capped = least(qos[most], limit);
    if (capped !== undefined) qos[most] = capped;
    const kept = least(qos[guaranteed], limit);
    if (qos[guaranteed] !== undefined && kept !== undefined) qos[guaranteed] = kept;
  }
  if (JSON.stringify(qos) === JSON.stringify(input.qos)) return [];
  return [{ kind: 'binding', id: there.id, before: input, after: { ...input, qos } }];
}

/** An id for a binding that is not there yet, the same for the same situation. */
function newId(situation: LoopSituation, flow: string, terminal: string): string {
  const base = `loop.${flow.slice(0, 26)}.${terminal.slice(0, 26)}`
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-');
  const taken = new Set(situation.bindings.map(({ id }) => id));
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(id)) return id;
  }
}

function wordsOf(decision: Decision, violated: number, held: readonly LocalText[]): LocalText {
  const { create, undo, helped } = decision;
  const changes = create.filter(changesSomething).length;
  const acting = create.filter((action) => changesSomething(action) && action.mode === 'act').length;
  const en = [
    violated === 0 ? 'No level is violated.' : `${violated} levels are not met.`,
    ...(changes - acting > 0 ? [`${changes - acting} actions are proposed.`] : []),
    ...(acting > 0 ? [`${acting} actions are carried out.`] : []),
    ...(undo.length > 0 ? [`${undo.length} are taken back.`] : []),
    ...(helped.length > 0 ? [`${helped.length} helped.`] : []),
    ...held.map((words) => words.en),
  ];
  const zh = [
    violated === 0 ? '没有服务等级被违反。' : `${violated} 个服务等级未满足。`,
    ...(changes - acting > 0 ? [`提出 ${changes - acting} 个处置建议。`] : []),
    ...(acting > 0 ? [`执行 ${acting} 个处置。`] : []),
    ...(undo.length > 0 ? [`撤销 ${undo.length} 个处置。`] : []),
    ...(helped.length > 0 ? [`${helped.length} 个处置有效。`] : []),
    ...held.map((words) => words.zh),
  ];
  return say(en.join(' '), zh.join(''));
}
