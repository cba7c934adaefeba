import { valueSql } from './decimal-value.ts';

/** Name of the database inside the engine. */
export const database = 'millrace';

export const hourMicroseconds = 3_600_000_000;
export const minuteMicroseconds = 60_000_000;

/**
 * Weeks since the epoch are partitions, from 2020 to 2100; all before is one and all after is another, so that clocks
 * gone astray cannot make thousands of them. Twelve weeks for events and minutes, two years for hours.
 */
const firstHour = 438_288; // 2020-01-01T00Z
const endHour = 1_139_568; // 2100-01-01T00Z
const weekHours = 168;
export const partitionSql = (hours: number): string =>
  `multiIf(hour < ${firstHour}, -1, hour >= ${endHour}, 2147483647, intDiv(hour, ${hours}))`;

/** Hours that a partition of the samples' table spans; retention lets whole partitions go. */
export const partitionHours = {
  raw: weekHours,
  minute: 12 * weekHours,
  hour: 104 * weekHours,
  events: 12 * weekHours,
};

/** First hour after a partition, given its number as the table tells it. */
export function partitionEnd(partition: number, hours: number): number {
  if (partition < 0) return firstHour;
  return partition === 2_147_483_647 ? Number.POSITIVE_INFINITY : (partition + 1) * hours;
}

/**
 * Every insert is on disk, file and folder, before it is answered: a plant loses power. What merges make of them is synced too,
 * so the parts they came from need not stay for the engine's usual eight minutes.
 */
const durable =
  'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60';
/** An insert that would leave less free than this is refused, so that records, merges and log still have room. */
export const freeBytesMin = 268_435_456;

const shared = '(min_compress_block_size = 262144, max_compress_block_size = 262144)';

/**
 * Columns of one span's summary, in a minute as in an hour: what a chart and a report need of it. `…_after` is the time in
 * microseconds after the span's start, `…_lag` receive time less time. Least and greatest are those of numbers that are not
 * bad; `first` and `last` are of whatever kind; `bad` is the first that is bad.
 */
const summaryColumns = `
  hour Int32 CODEC(ZSTD(1)),
  series UInt32 CODEC(ZSTD(1)),
  start Int64 CODEC(Delta(8), ZSTD(1)),
  count UInt32 CODEC(T64, ZSTD(1)),
  numbers UInt32 CODEC(T64, ZSTD(1)),
  total Float64 CODEC(ZSTD(1)),
${['least', 'greatest', 'first', 'last', 'bad']
  .map(
    (one) => `  ${one} Float64 CODEC(ZSTD(1)),
  ${one}_after UInt32 CODEC(T64, ZSTD(1)),
  ${one}_lag Int64 CODEC(T64, ZSTD(1)),
  ${one}_status UInt32 CODEC(ZSTD(1))`,
  )
  .join(',\n')},
  bad_count UInt32 CODEC(T64, ZSTD(1)),
  first_text String CODEC(ZSTD(1)),
  last_text String CODEC(ZSTD(1))`;

/** A chart reads a day of one series, 1440 minutes, of a dozen columns: small blocks, so that little else is unpacked. */
const summarySettings =
  'index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 16384';

export interface SampleMigration {
  version: number;
  statements: readonly string[];
}

/**
 * How the database comes to be, step by step; a folder remembers the last step it has taken. A step cut off in the middle is
 * taken again, so each of its statements must bear that. Steps already published never
 * change, later ones are added below.
 *
 * `samples` is ordered by hour, then series, then time: within an hour the series of one thing lie side by side, and since
 * a thing's values share their time of source and of arrival, a compressed block that holds several of them stores those
 * times nearly once. A day of one series is then 24 short runs.
 */
export const sampleMigrations: readonly SampleMigration[] = [
  {
    version: 1,
    statements: [
      `CREATE TABLE IF NOT EXISTS ${database}.samples (
        hour Int32 CODEC(ZSTD(1)),
        series UInt32 CODEC(ZSTD(1)),
        time Int64 CODEC(GCD, Delta(8), ZSTD(1)) SETTINGS ${shared},
        lag Int64 CODEC(Delta(8), ZSTD(1)) SETTINGS ${shared},
        number Int64 CODEC(Delta(8), T64('bit'), ZSTD(1)),
        scale Int8 CODEC(ZSTD(1)),
        status UInt32 CODEC(ZSTD(1)),
        text String CODEC(ZSTD(1)),
        value Float64 ALIAS ${valueSql}
      ) ENGINE = ReplacingMergeTree
      PARTITION BY ${partitionSql(partitionHours.raw)}
      ORDER BY (hour, series, time)
      SETTINGS index_granularity = 2048, ${durable}, min_free_disk_bytes_to_perform_insert = ${freeBytesMin}`,
      `CREATE TABLE IF NOT EXISTS ${database}.minutes (${summaryColumns}) ENGINE = ReplacingMergeTree
      PARTITION BY ${partitionSql(partitionHours.minute)}
      ORDER BY (intDiv(hour, 24), series, start)
      SETTINGS ${summarySettings}, ${durable}`,
      `CREATE TABLE IF NOT EXISTS ${database}.hours (${summaryColumns}) ENGINE = ReplacingMergeTree
      PARTITION BY ${partitionSql(partitionHours.hour)}
      ORDER BY (intDiv(hour, 2016), series, start)
      SETTINGS ${summarySettings}, ${durable}`,
      // Which summaries are not, or no longer, true: written before the samples that make it so. `version` orders the two.
      `CREATE TABLE IF NOT EXISTS ${database}.stale (hour Int32, block UInt32, version UInt64, done UInt8) ENGINE = ReplacingMergeTree(version)
      ORDER BY (hour, block) SETTINGS ${durable}`,
      // Hours of a tier before this one have been let go.
      `CREATE TABLE IF NOT EXISTS ${database}.floors (tier String, hour Int32) ENGINE = ReplacingMergeTree(hour) ORDER BY tier SETTINGS ${durable}`,
      // Series whose thing was deleted and whose samples still wait to be removed.
      `CREATE TABLE IF NOT EXISTS ${database}.forgotten (series UInt32) ENGINE = ReplacingMergeTree ORDER BY series SETTINGS ${durable}`,
      `CREATE TABLE IF NOT EXISTS ${database}.events (
        hour Int32 CODEC(ZSTD(1)),
        thing String CODEC(ZSTD(1)),
        name String CODEC(ZSTD(1)),
        time Int64 CODEC(Delta(8), ZSTD(1)),
        received Int64 CODEC(Delta(8), ZSTD(1)),
        data String CODEC(ZSTD(1)),
        digest UInt64 MATERIALIZED cityHash64(data) CODEC(ZSTD(1))
      ) ENGINE = ReplacingMergeTree
      PARTITION BY ${partitionSql(partitionHours.events)}
      ORDER BY (thing, time, name, digest)
      SETTINGS index_granularity = 1024, ${durable}, min_free_disk_bytes_to_perform_insert = ${freeBytesMin}`,
    ],
  },
];

export const sampleSchemaVersion = sampleMigrations.at(-1)!.version;
