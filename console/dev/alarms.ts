import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Alarm, AlarmRule } from '@millrace/contract';
import type { DevAnswer } from './commands.ts';

/** Alarms as the API shows them, for developing the pages and for the browser tests. */
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const thing = 'urn:millrace:dev:machine-1';
const place = 'northwind/suzhou/hall-2';

function alarm(id: string, given: Partial<Alarm>): Alarm {
  return {
    id,
    rule: 'spindle-hot',
    thing,
    title: 'Spindle hot',
    titles: { zh: '主轴过热' },
    thingTitle: 'Machine 1',
    thingTitles: { zh: '机床 1' },
    place,
    priority: 'high',
    state: 'unacknowledged',
    active: true,
    time: ago(300),
    raised: ago(300),
    changed: ago(300),
    cause: [{ thing, property: 'spindleTemperature', value: 81.5, unit: '°C' }],
    condition: 'spindleTemperature > 80',
    consequence: 'The bearing wears.',
    response: 'Lower the feed, look at the coolant.',
    translations: {
      zh: { title: '主轴过热', consequence: '轴承磨损。', response: '降低进给，检查冷却液。' },
    },
    group: id,
    comments: 0,
    ...given,
  };
}

const rule = (given: Partial<AlarmRule>): AlarmRule => ({
  id: 'spindle-hot',
  title: 'Spindle hot',
  priority: 'high',
  target: { kind: 'thing', thing },
  condition: 'spindleTemperature > 80',
  response: 'Lower the feed, look at the coolant.',
  translations: { zh: { title: '主轴过热' } },
  modified: ago(86_400),
  modifiedBy: 'admin',
  things: 1,
  open: 1,
  unjudged: [],
  unjudgedCount: 0,
  ...given,
});

export function devAlarms(things: number) {
  const alarms: Alarm[] =
    things === 0
      ? []
      : [
          alarm('alarm-1', { priority: 'urgent' }),
          alarm('alarm-2', {
            state: 'acknowledged',
            acknowledged: { by: 'operator', time: ago(200) },
          }),
          alarm('alarm-3', { state: 'returned', active: false, returned: ago(100), priority: 'medium' }),
          alarm('alarm-4', {
            state: 'shelved',
            priority: 'low',
            held: { by: 'operator', reason: 'OK', since: ago(60), until: ago(-3600) },
          }),
        ];
  const rules: AlarmRule[] =
    things === 0
      ? []
      : [
          rule({}),
          rule({
            id: 'gone',
            title: 'Pump silent',
            translations: { zh: { title: '泵无数据' } },
            priority: 'low',
            condition: 'stale(flow, "30s")',
            things: 0,
            open: 0,
            unjudged: [
              {
                thing: 'urn:millrace:dev:pump',
                title: 'Pump',
                because: { en: 'there is no thing “pump” (any more)', zh: '物“pump”已不存在' },
              },
            ],
            unjudgedCount: 1,
          }),
        ];
  const counts = (): Record<string, number> => {
    const found: Record<string, number> = { urgent: 0, high: 0, medium: 0, low: 0 };
    for (const one of alarms)
      if (one.state === 'unacknowledged' || one.state === 'acknowledged') found[one.priority]!++;
    return found;
  };
  const ok = (body?: unknown): DevAnswer => ({ status: body === undefined ? 204 : 200, body });
  return {
    live(request: IncomingMessage, response: ServerResponse): void {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('event: reset\ndata: {}\n\n');
      response.write(`data: ${JSON.stringify({ alarms, counts: counts() })}\n\n`);
      request.on('close', () => response.end());
    },
    answer(method: string, parts: readonly string[], body: unknown): DevAnswer | undefined {
      const [area, id, what] = parts;
      if (area === 'alarms' && method === 'GET') {
        if (id === undefined) return ok({ total: alarms.length, alarms, counts: counts() });
        const found = alarms.find((one) => one.id === id);
        if (found === undefined) return { status: 404, body: notThere };
        return ok({
          alarm: found,
          journal: [{ time: found.raised, what: 'raised', by: '', text: '' }],
          group: [found],
        });
      }
      if (area === 'alarms' && id === 'acknowledge') {
        const { alarms: ids } = body as { alarms: string[] };
        const done = alarms.filter((one) => ids.includes(one.id));
        for (const one of done) {
          one.state = 'acknowledged';
          one.acknowledged = { by: 'admin', time: ago(0) };
        }
        return ok({ done, refused: [] });
      }
      if (area === 'alarms') return ok({ done: [], refused: [] });
      if (area === 'alarm-rules') {
        if (id === 'check')
          return ok({
            ok: true,
            problems: [],
            things: 1,
            now: [],
            functions: { average: 'average(property, "10m")' },
          });
        if (id === 'try')
          return ok({
            fired: 3,
            from: ago(3600),
            to: ago(0),
            moments: [{ thing, title: 'Machine 1', time: ago(1800) }],
            activeSeconds: 90,
            things: 1,
            thingsTried: 1,
            samples: 3600,
            reduced: false,
            unjudgedSeconds: 0,
            series: [{ thing, property: 'spindleTemperature' }],
          });
        if (method !== 'GET') return what === undefined && method === 'DELETE' ? ok() : ok(rules[0]);
        if (id === undefined) return ok({ total: rules.length, rules });
        const found = rules.find((one) => one.id === id);
        return found === undefined ? { status: 404, body: notThere } : ok(found);
      }
      if (area === 'alarm-metrics') {
        return ok({
          from: ago(3600),
          to: ago(0),
          total: alarms.length,
          operators: 1,
          averagePerTenMinutes: alarms.length / 6,
          peakPerTenMinutes: alarms.length,
          floodPercent: 0,
          rate: Array.from({ length: 6 }, (_, index) => ({
            time: ago(3600 - index * 600),
            count: index % 3,
          })),
          rateSpanSeconds: 600,
          floods: [],
          standing: [],
          standingCount: 0,
          chattering: [],
          top: alarms.slice(0, 1).map((one) => ({ ...one, count: 1, percent: 100 })),
          priorities: counts(),
          shelved: 0,
          suppressed: 0,
          outOfService: 0,
          unjudged: 0,
        });
      }
      if (area === 'alarm-channels') return method === 'GET' ? ok([]) : ok();
      if (area === 'maintenance-windows') return method === 'GET' ? ok([]) : ok();
      if (area === 'notification-settings')
        return ok({
          allowedHosts: [],
          mailHost: '',
          mailPort: 587,
          mailSecurity: 'starttls',
          mailUser: '',
          mailPassword: '',
          mailFrom: '',
          operators: 1,
          consoleUrl: '',
        });
      return undefined;
    },
  };
}

const notThere = { type: 'not-found', title: 'There is no such alarm.', status: 404 };
