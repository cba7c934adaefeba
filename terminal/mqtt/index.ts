import type { TerminalProtocol } from '@millrace/sdk';
import { mqtt } from './listener.ts';

export { type MqttSession, mqtt } from './listener.ts';

/** The protocols of this folder, as the worker registers them. */
export const protocols: readonly TerminalProtocol[] = [mqtt];
