import type { TerminalProtocol } from '@millrace/sdk';
import { mqttClient } from './client/index.ts';
import { mqtt } from './listener.ts';

export { mqttClient } from './client/index.ts';
export { type MqttSession, mqtt } from './listener.ts';

/** The protocols of this folder, as the worker registers them. */
export const protocols: readonly TerminalProtocol[] = [mqtt, mqttClient];
