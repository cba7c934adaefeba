/** One line per entry on standard error: time, level, part, message, facts as JSON. Secrets never go in. */
export interface Log {
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}

export function createLog(
  part: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const entry = (level: string) => (message: string, facts?: Record<string, unknown>) => {
    const tail = facts === undefined ? '' : ` ${JSON.stringify(facts)}`;
    write(`${new Date().toISOString()} ${level} ${part}: ${message}${tail}\n`);
  };
  return { info: entry('info'), warn: entry('warn'), error: entry('error') };
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
