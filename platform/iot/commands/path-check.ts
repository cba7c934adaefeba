import type { PathState } from '@millrace/sdk';
import type { Affordance } from './model.ts';
import { type Reason, reasons } from './words.ts';

/** Why the network is not good enough for a command; undefined: it is, or the model asks nothing of it. */
export function pathProblem(
  { network }: Affordance,
  pathOf: (flow: string | undefined) => PathState | undefined,
): Reason | undefined {
  if (network === undefined) return undefined;
  const path = pathOf(network.flow);
  if (path === undefined) return network.strict === true ? reasons.networkUnknown : undefined;
  if (path.state === 'violated' || (network.strict === true && path.state !== 'met'))
    return reasons.networkViolated(path.words);
  return undefined;
}
