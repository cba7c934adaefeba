import {
  formatInstant,
  type LocalText,
  type LoopActionState,
  type LoopSettings,
  type NetworkControlRoute,
  parseInstant,
} from '@millrace/contract';
import { AppError, type Clock } from '@millrace/sdk';
import type { Handler, RequestRoute } from '../requests/handlers.ts';
import type { NetworkInventory } from '../requests/ports.ts';
import { wrongFields } from '../requests/providers.ts';
import type { Requests } from '../requests/requests.ts';
import { demandOf } from './demand.ts';
import type { Loop } from './loop.ts';

const say = (en: string, zh: string): LocalText => ({ en, zh });
const actionsShown = 200;
const decisionsShown = 100;

export interface LoopHandlerOptions {
  loop: Loop;
  requests: Requests;
  inventory: NetworkInventory;
  clock: Clock;
  /** IANA name of the plant's time zone. */
  timeZone(): string;
  /** Share of the plant that works in each hour of a day (YYYY-MM-DD); undefined: no shifts are set. */
  calendar?: ((day: string) => readonly number[] | undefined) | undefined;
  /** Flows of an application that is not switched on, for demand shown before it is; absent: those the inventory has. */
  flowsOf?: ((app: string) => ReturnType<NetworkInventory['flows']>) | undefined;
}

/** The day it is in the plant, YYYY-MM-DD. */
export function dayIn(timeZone: string, microseconds: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return parts.format(new Date(microseconds / 1000));
}

/** Handlers of demand and of the loop. */
export function loopHandlers(
  options: LoopHandlerOptions,
): Record<Exclude<NetworkControlRoute, RequestRoute>, Handler> {
  const { loop, requests, inventory, clock } = options;
  return {
    networkDemand: (request) => {
      const { day = dayIn(options.timeZone(), clock.now()), with: app } = request.query as {
        day?: string;
        with?: string;
      };
      const known = inventory.flows();
      const more = app === undefined ? [] : (options.flowsOf?.(app) ?? []);
      const ids = new Set(known.map(({ id }) => id));
      return {
        day,
        time: formatInstant(clock.now()),
        ...demandOf({
          flows: [...known, ...more.filter(({ id }) => !ids.has(id))],
          terminalsOf: (flow) => inventory.terminalsOf(flow),
          terminal: (id) => inventory.terminal(id),
          zones: inventory.zones(),
          capacities: requests.capacities(),
          bindings: requests.wantedBindings().map(({ input }) => input),
          calendar: options.calendar?.(day),
          with: app,
        }),
      };
    },
    networkLoop: () => loop.state(),
    putNetworkLoop: async (request) => {
      await loop.putSettings(request.body as Partial<LoopSettings>, request.caller.actor);
      return loop.state();
    },
    networkActions: (request) => {
      const {
        state,
        flow,
        terminal,
        before,
        limit = actionsShown,
      } = request.query as {
        state?: LoopActionState;
        flow?: string;
        terminal?: string;
        before?: string;
        limit?: number;
      };
      const at = before === undefined ? undefined : parseInstant(before);
      if (before !== undefined && at === undefined)
        throw wrongFields([
          {
            field: 'before',
            message: say('Neither RFC 3339 nor epoch milliseconds', '既不是 RFC 3339 时间也不是毫秒时间戳'),
          },
        ]);
      return loop.actions({ state, flow, terminal, before: at, limit });
    },
    approveNetworkAction: (request) => loop.approve(request.parameters['action']!, request.caller.actor),
    rejectNetworkAction: (request) => loop.reject(request.parameters['action']!, request.caller.actor),
    undoNetworkAction: (request) => loop.undo(request.parameters['action']!, request.caller.actor),
    networkDecisions: async (request) => {
      const { limit = decisionsShown } = request.query as { limit?: number };
      return (await loop.decisions(limit)).map(({ id, time, words }) => ({
        id,
        words,
        time: formatInstant(time),
      }));
    },
    networkDecision: async (request) => {
      const found = await loop.decision(request.parameters['decision']!);
      if (found === undefined)
        throw new AppError(404, 'not-found', say('There is no such round', '没有这一轮处置记录'));
      return { ...found, time: formatInstant(found.time) };
    },
  };
}
