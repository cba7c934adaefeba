import type { commandRoutes } from '@millrace/contract';
import type { ApiOptions } from '../api.ts';
import type { Handler } from '../requests.ts';

export function commandHandlers(_options: ApiOptions): Record<keyof typeof commandRoutes, Handler> {
  return {} as never;
}
