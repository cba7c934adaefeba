/**
 * The OPC UA stack is loaded when a connection is first tried, not when the protocol is listed: it costs some 80 MB and half a second, and
 * the process that only shows settings needs none of it.
 */
let loading: Promise<void> | undefined;

export function loadLibrary(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  const restore = skipSelfTest();
  try {
    const { setLogLevel, LogLevel, setWarningLogger, setErrorLogger } = await import('node-opcua-client');
    // It writes to the console what we report in our own words.
    const nothing = (): void => {};
    setLogLevel(LogLevel.Emergency);
    setWarningLogger(nothing);
    setErrorLogger(nothing);
  } finally {
    restore();
  }
}

/**
 * On Node 20 and 21 the stack, when loaded, makes a 4096-bit key (up to seconds of a core) only to warn that RSA PKCS#1 v1.5 is off, which
 * none of the policies offered here uses. It decides by `process.version` while it is loaded, so it is shown a later one.
 */
function skipSelfTest(): () => void {
  const own = Object.getOwnPropertyDescriptor(process, 'version');
  if (own === undefined || own.configurable !== true || !/^v2[01]\./.test(process.version)) return () => {};
  Object.defineProperty(process, 'version', { ...own, value: 'v22.0.0' });
  return () => {
    Object.defineProperty(process, 'version', own);
  };
}
