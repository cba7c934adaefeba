import type {
  BrowseNode,
  ConnectionProblem,
  ConnectionState,
  StartupPolicy,
  TestReport,
  ThingDescription,
} from '@millrace/contract';
import type { IntakeBatch } from '../batch.ts';
import type { CheckedSettings, CommandOptions, WriteOutcome } from '../terminal.ts';
import type { ThingRecord } from '../things.ts';

/** A connection as the worker process is told of it. */
export interface ConnectionSpec {
  id: string;
  protocol: string;
  title: string;
  startup: StartupPolicy;
  settings: CheckedSettings;
}

/** Credentials as the worker holds them: never the password. */
export interface CredentialRecord {
  username: string;
  thing: string;
  salt: string;
  /** SHA-256 of salt and password, hexadecimal: passwords are 160 random bits, so a slow hash would only cost. */
  hash: string;
}

/** A client certificate that stands for a thing. Only those told here are taken, whoever signed others. */
export interface CertificateRecord {
  /** SHA-256 of the certificate, hexadecimal, lower case. */
  fingerprint: string;
  thing: string;
  /** Microseconds. */
  expires: number;
}

/** What sessions of a client certificate are known by, in the place of a user name. */
export const certificateUser = (fingerprint: string): string => `certificate:${fingerprint}`;

/** Platform → worker process. */
export type ToWorker =
  | { type: 'start'; folder: string; retention: number; inFlightSamplesMax: number }
  | {
      type: 'open';
      connection: ConnectionSpec;
      things: ThingRecord[];
      credentials: CredentialRecord[];
      certificates?: CertificateRecord[];
      /** Authorities of client certificates, PEM; absent: certificates are not asked for. */
      authorities?: string[];
    }
  | { type: 'close'; connection: string; call: number }
  | { type: 'things'; connection: string; put: ThingRecord[]; removed: string[] }
  | { type: 'credentials'; put: CredentialRecord[]; removed: string[] }
  | { type: 'certificates'; put: CertificateRecord[]; removed: string[]; authorities?: string[] }
  | { type: 'retention'; microseconds: number }
  | { type: 'committed'; batch: number; error?: string }
  | { type: 'lastStored'; call: number; times: [number, number][] }
  | { type: 'test'; call: number; protocol: string; settings: CheckedSettings; folder: string }
  | {
      type: 'browse';
      call: number;
      protocol: string;
      settings: CheckedSettings;
      folder: string;
      node: string | undefined;
    }
  | {
      type: 'invoke';
      call: number;
      connection: string | undefined;
      thing: string;
      action: string;
      input: unknown;
      options?: CommandOptions;
    }
  | {
      type: 'write';
      call: number;
      connection: string | undefined;
      thing: string;
      property: string;
      value: unknown;
      options?: CommandOptions;
    }
  | { type: 'ping'; at: number }
  | { type: 'stop' };

/** Worker process → platform. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'batch'; batch: number; connection: string; content: IntakeBatch }
  | {
      type: 'state';
      connection: string;
      state: ConnectionState;
      problem: ConnectionProblem | undefined;
      retryMilliseconds: number | undefined;
    }
  | { type: 'proposal'; connection: string; description: ThingDescription; source: string }
  | { type: 'counters'; connection: string; counters: Record<string, number> }
  | { type: 'credentialsUsed'; usernames: string[] }
  | { type: 'lastStored'; call: number; series: number[] }
  | { type: 'lateAnswer'; command: string; state: string; detail?: string }
  | { type: 'answer'; call: number; value?: unknown; problem?: ConnectionProblem; error?: string }
  | { type: 'pong'; at: number; residentBytes: number };

export type WorkerAnswers = {
  test: TestReport;
  browse: readonly BrowseNode[];
  invoke: { state: 'confirmed' | 'refused'; output?: unknown };
  write: WriteOutcome;
};
