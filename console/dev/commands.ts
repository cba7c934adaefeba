import { randomUUID } from 'node:crypto';
import type { Command, Lease, SetPointGroup, ThingControl, ThingDescription } from '@millrace/contract';

/** Leases, commands and groups as the API shows them, for developing the pages and for the browser tests. One thing of the plant can be set. */
const words = (en: string, zh: string) => ({ en, zh });
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const leaseSeconds = 30;

export interface DevAnswer {
  status: number;
  body?: unknown;
}

function command(
  given: Partial<Command> & Pick<Command, 'name' | 'thing' | 'state'>,
  seconds: number,
): Command {
  const { state, reason } = given;
  return {
    id: randomUUID(),
    kind: 'write',
    actor: { kind: 'person', id: 'operator' },
    lease: 41,
    final: true,
    history: [
      { state: 'accepted', time: ago(seconds) },
      ...(state === 'refused' ? [] : [{ state: 'sent' as const, time: ago(seconds) }]),
      { state, time: ago(seconds - 1), ...(reason === undefined ? {} : { reason }) },
    ],
    lateAnswers: [],
    lateAnswersCount: 0,
    created: ago(seconds),
    changed: ago(seconds - 1),
    ...given,
  };
}

export function devCommands(things: number) {
  const thing = 'urn:millrace:dev:machine-1';
  const leases = new Map<string, Lease>();
  let token = 41;
  const commands: Command[] =
    things === 0
      ? []
      : [
          command(
            {
              name: 'spindleSpeed',
              thing,
              value: 80,
              before: 100,
              state: 'confirmed',
              confirmedBy: 'read-back',
            },
            90,
          ),
          command(
            {
              name: 'spindleSpeed',
              thing,
              value: 150,
              state: 'refused',
              actor: { kind: 'rule', id: 'night-setback', for: 'admin' },
              reason: words('Interlock: the door is open', '联锁：防护门打开'),
              code: 'interlock',
            },
            400,
          ),
          command(
            {
              kind: 'invoke',
              name: 'reset',
              thing,
              state: 'timed-out',
              reason: words(
                'The thing gave no answer within 30 s; whether it acted is not known.',
                '该物在 30 秒内没有应答，是否已执行未知。',
              ),
              lateAnswersCount: 1,
              lateAnswers: [{ time: ago(600), state: 'confirmed' }],
            },
            700,
          ),
        ];
  const groups: SetPointGroup[] =
    things === 0
      ? []
      : [
          {
            id: randomUUID(),
            title: 'Night setback 夜间设定',
            actor: { kind: 'person', id: 'operator' },
            state: 'partly-restored',
            final: true,
            reason: words(
              'Step 2 ("mode") was not done: The thing refused it.',
              '第 2 步（“mode”）未完成：该物拒绝执行。',
            ),
            steps: [
              {
                thing,
                property: 'spindleSpeed',
                value: 60,
                before: 100,
                state: 'not-restored',
                reason: words('The thing refused it.', '该物拒绝执行。'),
              },
              { thing, property: 'mode', value: 'automatic', state: 'failed' },
            ],
            created: ago(4000),
            changed: ago(3990),
          },
        ];

  const control = (description: ThingDescription): ThingControl => {
    const { properties = {}, actions = {} } = description;
    const safety = { runs: 'platform' as const, action: 'reset' };
    const lease = leases.get(description.id);
    return {
      thing: description.id,
      reachable: true,
      ...(lease === undefined ? {} : { lease }),
      leaseSeconds,
      needsOwnLease: false,
      safety: Object.keys(actions).length > 0 ? safety : { runs: 'none' },
      affordances: [
        ...Object.entries(properties)
          .filter(([, one]) => one.readOnly === false)
          .map(([name, one]) => ({
            kind: 'write' as const,
            name,
            schema: one,
            safety,
            twoPersonSeconds: 120,
            interlocks: [
              {
                when: 'door_open',
                reason: words('the door is open', '防护门打开'),
                state: 'cannot-judge' as const,
              },
            ],
          })),
        ...Object.entries(actions).map(([name, one]) => ({
          kind: 'invoke' as const,
          name,
          ...(one.input === undefined ? {} : { schema: one.input }),
          safety,
          interlocks: [],
        })),
      ],
    };
  };

  const done = (given: Parameters<typeof command>[0]): Command => {
    const made = command({ actor: { kind: 'person', id: 'admin' }, ...given }, 1);
    commands.unshift(made);
    return made;
  };

  return {
    /** Answers of the routes below a thing; undefined: none of these. */
    ofThing(
      method: string,
      path: readonly string[],
      body: unknown,
      description: ThingDescription,
    ): DevAnswer | undefined {
      const given = (body ?? {}) as { value?: unknown; input?: unknown };
      const id = description.id;
      switch (`${method} ${path[0]}`) {
        case 'GET control':
          return { status: 200, body: control(description) };
        case 'POST lease': {
          if (path[1] === 'release') {
            leases.delete(id);
            return { status: 204 };
          }
          const lease: Lease = {
            thing: id,
            token: ++token,
            holder: { kind: 'person', id: 'admin' },
            since: ago(0),
            expires: ago(-leaseSeconds),
            seconds: leaseSeconds,
            implicit: false,
          };
          leases.set(id, lease);
          return { status: 201, body: lease };
        }
        case 'PUT lease': {
          const lease = leases.get(id);
          if (lease === undefined) return { status: 409 };
          lease.expires = ago(-leaseSeconds);
          return { status: 200, body: lease };
        }
        case 'POST properties':
          if (path[2] !== 'set') return undefined;
          return {
            status: 200,
            body: done({
              name: path[1]!,
              thing: id,
              value: given.value,
              state: 'confirmed',
              confirmedBy: 'read-back',
            }),
          };
        case 'POST actions': {
          const name = path[1]!;
          const more = { name, thing: id, kind: 'invoke' as const, value: given.input };
          const made =
            name === 'reset'
              ? done({ ...more, state: 'timed-out', reason: commands.at(-1)!.reason! })
              : done({
                  ...more,
                  state: 'confirmed',
                  confirmedBy: 'acknowledgement',
                  output: { accepted: true },
                });
          return { status: name === 'reset' ? 202 : 200, body: { state: made.state, command: made } };
        }
        default:
          return undefined;
      }
    },
    answer(method: string, parts: readonly string[], query: URLSearchParams): DevAnswer | undefined {
      if (method !== 'GET') return undefined;
      if (parts[0] === 'leases') return { status: 200, body: [...leases.values()] };
      if (parts[0] === 'set-point-groups') return { status: 200, body: groups };
      if (parts[0] !== 'commands') return undefined;
      if (parts[1] !== undefined) return { status: 200, body: commands.find((one) => one.id === parts[1]) };
      const of = query.get('thing');
      const state = query.get('state');
      const found = commands.filter(
        (one) => (of === null || one.thing === of) && (state === null || one.state === state),
      );
      return { status: 200, body: { commands: found, more: false } };
    },
  };
}
