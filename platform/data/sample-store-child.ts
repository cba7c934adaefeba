import { systemClock } from '@millrace/sdk';
import { childLog, serveEngine } from './engine-child.ts';
import { SampleEngine } from './sample-engine.ts';
import { serveSampleEngine } from './sample-store-wire.ts';

/** Entry of the process that holds the samples. */
serveEngine(
  serveSampleEngine((folder, filling) =>
    SampleEngine.open({ folder, filling, log: childLog, clock: systemClock }),
  ),
);
