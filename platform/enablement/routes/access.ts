import type { accessRoutes } from '@millrace/contract';
import type { ApiOptions } from '../api.ts';
import type { Handler } from '../requests.ts';

export function accessHandlers(_options: ApiOptions): Record<keyof typeof accessRoutes, Handler> {
  return {};
}
