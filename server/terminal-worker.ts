import { runWorker } from '@millrace/sdk/host';
import { loadProtocols } from './protocols.ts';

/** Entry of a worker process: runs the one protocol named by its argument. */
const wanted = process.argv[2]!;
runWorker(await loadProtocols(wanted));
