import type {
  Alarm,
  AlarmChannel,
  AlarmEntry,
  AlarmMetrics,
  AlarmRule,
  AlarmRuleInput,
  ConditionCheck,
  MaintenanceWindow,
  NotificationSettings,
  RuleTrial,
} from '@millrace/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, take } from '../../api/client.ts';

const seconds = 1000;

export interface AlarmFilter {
  place?: string;
  priority?: string;
  state?: string;
  thing?: string;
  text?: string;
}

const instant = (time: number): string => new Date(time).toISOString();

export const alarmHistoryQuery = (
  from: number,
  to: number,
  filter: AlarmFilter,
  offset: number,
  limit: number,
) =>
  queryOptions({
    queryKey: ['alarms', 'history', from, to, filter, offset, limit],
    queryFn: () =>
      take(
        api.GET('/api/alarms', {
          params: { query: { ...filter, from: instant(from), to: instant(to), offset, limit } as never },
        }),
      ) as unknown as Promise<{ total: number; alarms: Alarm[] }>,
    staleTime: 5 * seconds,
  });

export const alarmQuery = (id: string) =>
  queryOptions({
    queryKey: ['alarms', 'one', id],
    queryFn: () =>
      take(api.GET('/api/alarms/{alarm}', { params: { path: { alarm: id } } })) as unknown as Promise<{
        alarm: Alarm;
        journal: AlarmEntry[];
        group: Alarm[];
      }>,
    refetchInterval: 5 * seconds,
  });

export const alarmRulesQuery = (filter: { text?: string; thing?: string } = {}) =>
  queryOptions({
    queryKey: ['alarm-rules', filter],
    queryFn: () =>
      take(
        api.GET('/api/alarm-rules', { params: { query: { ...filter, limit: 1000 } } }),
      ) as unknown as Promise<{
        total: number;
        rules: AlarmRule[];
      }>,
    refetchInterval: 10 * seconds,
  });

export const alarmRuleQuery = (id: string) =>
  queryOptions({
    queryKey: ['alarm-rule', id],
    queryFn: () =>
      take(
        api.GET('/api/alarm-rules/{rule}', { params: { path: { rule: id } } }),
      ) as unknown as Promise<AlarmRule>,
    staleTime: 10 * seconds,
  });

export const alarmMetricsQuery = (from: number, to: number) =>
  queryOptions({
    queryKey: ['alarm-metrics', from, to],
    queryFn: () =>
      take(
        api.GET('/api/alarm-metrics', { params: { query: { from: instant(from), to: instant(to) } } }),
      ) as unknown as Promise<AlarmMetrics>,
    staleTime: 10 * seconds,
  });

export const alarmChannelsQuery = queryOptions({
  queryKey: ['alarm-channels'],
  queryFn: () => take(api.GET('/api/alarm-channels')) as unknown as Promise<AlarmChannel[]>,
  refetchInterval: 5 * seconds,
});

export const notificationSettingsQuery = queryOptions({
  queryKey: ['notification-settings'],
  queryFn: () => take(api.GET('/api/notification-settings')) as unknown as Promise<NotificationSettings>,
});

export const maintenanceQuery = queryOptions({
  queryKey: ['maintenance-windows'],
  queryFn: () => take(api.GET('/api/maintenance-windows')) as unknown as Promise<MaintenanceWindow[]>,
  refetchInterval: 10 * seconds,
});

type Done = { done: Alarm[]; refused: { alarm: string; because: { en: string; zh: string } }[] };

export const doWithAlarms = {
  acknowledge: (alarms: string[]) =>
    take(api.POST('/api/alarms/acknowledge', { body: { alarms } })) as unknown as Promise<Done>,
  reset: (alarms: string[]) =>
    take(api.POST('/api/alarms/reset', { body: { alarms } })) as unknown as Promise<Done>,
  unshelve: (alarms: string[]) =>
    take(api.POST('/api/alarms/unshelve', { body: { alarms } })) as unknown as Promise<Done>,
  shelve: (alarms: string[], minutes: number, reason: string) =>
    take(api.POST('/api/alarms/shelve', { body: { alarms, minutes, reason } })) as unknown as Promise<Done>,
};

export const comment = (alarm: string, text: string) =>
  take(api.POST('/api/alarms/{alarm}/comments', { params: { path: { alarm } }, body: { text } }));

export const checkRule = (
  input: Pick<AlarmRuleInput, 'target' | 'condition' | 'aliases' | 'suppressedWhen'>,
) => take(api.POST('/api/alarm-rules/check', { body: input as never })) as unknown as Promise<ConditionCheck>;

export const tryRule = (rule: AlarmRuleInput, from: number, to: number) =>
  take(
    api.POST('/api/alarm-rules/try', { body: { rule, from: instant(from), to: instant(to) } as never }),
  ) as unknown as Promise<RuleTrial>;

export const saveRule = (id: string | undefined, rule: AlarmRuleInput) =>
  (id === undefined
    ? take(api.POST('/api/alarm-rules', { body: rule as never }))
    : take(
        api.PUT('/api/alarm-rules/{rule}', { params: { path: { rule: id } }, body: rule as never }),
      )) as unknown as Promise<AlarmRule>;
