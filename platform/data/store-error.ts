/**
 * Why a store did not do what it was asked. Callers tell them apart by `code`, which also survives the way between
 * processes; `message` is one sentence for a person.
 *
 * - `busy`     more is waiting than the named limit allows; nothing was taken, try again
 * - `input`    what was given cannot be stored or asked; trying again does not help
 * - `full`     the disk holds no more; nothing was stored
 * - `gone`     the engine's process ended before it answered; a write may or may not have happened
 * - `closed`   the store is closed or closing
 * - `newer`    the folder was written by a newer version; nothing was touched
 * - `damaged`  the folder cannot be read
 * - `timeout`  took longer than allowed and was ended
 * - `engine`   the engine refused, in its own words
 */
export type StoreErrorCode =
  | 'busy'
  | 'input'
  | 'full'
  | 'gone'
  | 'closed'
  | 'newer'
  | 'damaged'
  | 'timeout'
  | 'engine';

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** SQLSTATE of PostgreSQL or error number of ClickHouse, where the engine gave one. */
  readonly engineCode: string | undefined;

  constructor(code: StoreErrorCode, message: string, engineCode?: string) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
    this.engineCode = engineCode;
  }
}

/** More waits to be stored than the limit allows. Nothing of the call was taken; the terminal keeps it and sends again. */
export class StoreBusyError extends StoreError {
  constructor(message: string) {
    super('busy', message);
    this.name = 'StoreBusyError';
  }
}

/** How an error crosses between processes. */
export interface WireError {
  code: StoreErrorCode;
  message: string;
  engineCode: string | undefined;
}

export function toWireError(error: unknown): WireError {
  if (error instanceof StoreError)
    return { code: error.code, message: error.message, engineCode: error.engineCode };
  return {
    code: 'engine',
    message: error instanceof Error ? error.message : String(error),
    engineCode: undefined,
  };
}

export function fromWireError(error: WireError): StoreError {
  return error.code === 'busy'
    ? new StoreBusyError(error.message)
    : new StoreError(error.code, error.message, error.engineCode);
}
