import type { alarmRoutes } from '@millrace/contract';
import type { ApiOptions } from '../api.ts';
import type { Handler } from '../requests.ts';

export function alarmHandlers(_options: ApiOptions): Record<keyof typeof alarmRoutes, Handler> {
  return {};
}
