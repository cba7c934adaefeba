import type { TerminalProtocol } from '@millrace/sdk';
import { opcua } from './opcua.ts';

export const protocols: readonly TerminalProtocol[] = [opcua];
