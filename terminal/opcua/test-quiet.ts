/** Imported before the stack, for tests: it writes warnings to the console, some while it is loaded. */
import { LogLevel, setLogLevel } from 'node-opcua-debug';

setLogLevel(LogLevel.Emergency);
