import type { appRoutes } from '@millrace/contract';
import type { ApiOptions } from '../api.ts';
import type { Handler } from '../requests.ts';

export function appHandlers(_options: ApiOptions): Record<keyof typeof appRoutes, Handler> {
  return {};
}
