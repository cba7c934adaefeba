/** Every bound of commanding, by name; refusals quote the name and the number. */
export const commandLimits = {
  /** Commands of one thing that are not over: waiting for their turn, a second person, or an answer. */
  commandsPerThingMax: 32,
  /** The same for all things together. */
  commandsOpenMax: 2000,
  /** From being accepted (or released) to being sent, where the command names no deadline of its own. */
  deadlineSeconds: 10,
  deadlineSecondsMax: 300,
  /** From being sent to an answer. Terminals give up sooner by themselves; this is the last resort. */
  answerSeconds: 30,
  /** From being sent to the thing reporting the value, where the protocol itself does not confirm. */
  readBackSeconds: 10,
  readBackSecondsMax: 600,
  /** From being accepted to the second person's release. */
  releaseSeconds: 120,
  releaseSecondsMax: 3600,
  leaseSeconds: 30,
  leaseSecondsMin: 5,
  leaseSecondsMax: 3600,
  leasesMax: 10_000,
  /** JSON text of one value or input. */
  valueBytesMax: 65_536,
  stepsPerGroupMax: 200,
  /** Groups being applied or undone at once. */
  groupsOpenMax: 100,
  lateAnswersShownMax: 10,
  /** Commands kept in the record; the oldest leave first. */
  commandsKeptMax: 100_000,
  groupsKeptMax: 10_000,
  /** A safe action that does not succeed is tried again this often, this far apart. */
  safeTriesMax: 60,
  safeRetrySeconds: 5,
} as const;
