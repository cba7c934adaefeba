import type { dashboardRoutes } from '@millrace/contract';
import type { ApiOptions } from '../api.ts';
import type { Handler } from '../requests.ts';

export function dashboardHandlers(_options: ApiOptions): Record<keyof typeof dashboardRoutes, Handler> {
  return {};
}
