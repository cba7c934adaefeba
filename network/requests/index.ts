import { requestMigrations } from './item.ts';
import { providerMigrations } from './providers.ts';
import { steeringMigrations } from './steering.ts';

export {
  checkBinding,
  checkGroup,
  checkSlice,
  filtersOverlap,
  type KnownCapacity,
  type World,
} from './conflicts.ts';
export { type DeriveOptions, deriveQos, ratesOf } from './derive.ts';
export { fiveQiOf, fiveQis, promisedShare } from './five-qi.ts';
export { type Handler, requestHandlers } from './handlers.ts';
export type { LoopVerdict, NetworkInventory } from './ports.ts';
export { Providers, providerLimits, type Sealing } from './providers.ts';
export { Requests, type RequestsOptions } from './requests.ts';
export { Steering } from './steering.ts';
export { requestLimits } from './steps.ts';

/** Tables of providers and of what is asked of them; those of the loop are its own. */
export const networkRequestMigrations = [...providerMigrations, ...requestMigrations, ...steeringMigrations];
