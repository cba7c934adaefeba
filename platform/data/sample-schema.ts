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
const partitionSql = (hours: number): string =>
  `multiIf(hour < ${firstHour}, -1, hour >= ${endHour}, 2147483647, intDiv(hour, ${hours}))`;

/** Hours that a partition of the samples' table spans; retention lets whole partitions go. */
export const partitionHours = {
  raw: weekHours,
  minute: 12 * weekHours,
  hour: 104 * weekHours,
  events: 12 * weekHours,
};

/** Every insert is on disk, file and folder, before it is answered: a plant loses power. */
const durable = 'fsync_after_insert = 1, fsync_part_directory = 1';
/** An insert that would leave less free than this is refused, so that records, merges and log still have room. */
export const freeBytesMin = 268_435_456;

const shared = '(min_compress_block_size = 262144, max_compress_block_size = 262144)';

/** Columns of one span's summary, in a minute as in an hour. Times are microseconds after the start of the span. */
const summaryColumns = `
  hour Int32 CODEC(ZSTD(1)),
  series UInt32 CODEC(ZSTD(1)),
  start Int64 CODEC(Delta(8), ZSTD(1)),
  count UInt32 CODEC(T64, ZSTD(1)),
  numbers UInt32 CODEC(T64, ZSTD(1)),
  total Float64 CODEC(ZSTD(1)),
  least Float64 CODEC(ZSTD(1)),
  least_after UInt32 CODEC(T64, ZSTD(1)),
  least_status UInt32 CODEC(ZSTD(1)),
  least_lag Int64 CODEC(T64, ZSTD(1)),
  greatest Float64 CODEC(ZSTD(1)),
  greatest_after UInt32 CODEC(T64, ZSTD(1)),
  greatest_status UInt32 CODEC(ZSTD(1)),
  greatest_lag Int64 CODEC(T64, ZSTD(1)),
  first Float64 CODEC(ZSTD(1)),
  first_after UInt32 CODEC(T64, ZSTD(1)),
  first_status UInt32 CODEC(ZSTD(1)),
  first_lag Int64 CODEC(T64, ZSTD(1)),
  first_text String CODEC(ZSTD(1)),
  last Float64 CODEC(ZSTD(1)),
  last_after UInt32 CODEC(T64, ZSTD(1)),
  last_status UInt32 CODEC(ZSTD(1)),
  last_lag Int64 CODEC(T64, ZSTD(1)),
  last_text String CODEC(ZSTD(1)),
  bad UInt32 CODEC(T64, ZSTD(1)),
  bad_after UInt32 CODEC(T64, ZSTD(1)),
  bad_status UInt32 CODEC(ZSTD(1)),
  bad_lag Int64 CODEC(T64, ZSTD(1)),
  other_after UInt32 CODEC(T64, ZSTD(1)),
  other_status UInt32 CODEC(ZSTD(1)),
  other_lag Int64 CODEC(T64, ZSTD(1)),
  other_text String CODEC(ZSTD(1))`;

export interface SampleMigration {
  version: number;
  statements: readonly string[];
}

/**
 * How the database comes to be, step by step; a folder remembers the last step it has taken. Steps already published never
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
      `CREATE TABLE ${database}.samples (
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
      `CREATE TABLE ${database}.minutes (${summaryColumns}) ENGINE = ReplacingMergeTree
      PARTITION BY ${partitionSql(partitionHours.minute)}
      PRIMARY KEY (intDiv(hour, 24), series, start) ORDER BY (intDiv(hour, 24), series, start)
      SETTINGS index_granularity = 1024, ${durable}`,
      `CREATE TABLE ${database}.hours (${summaryColumns}) ENGINE = ReplacingMergeTree
      PARTITION BY ${partitionSql(partitionHours.hour)}
      PRIMARY KEY (intDiv(hour, 2016), series, start) ORDER BY (intDiv(hour, 2016), series, start)
      SETTINGS index_granularity = 1024, ${durable}`,
      // What of the summaries is not yet, or no longer, true: written before the samples that make it so.
      `CREATE TABLE ${database}.stale (hour Int32, block UInt32, at UInt64 DEFAULT 0) ENGINE = ReplacingMergeTree
      ORDER BY (hour, block) SETTINGS ${durable}`,
      // Series whose thing was deleted and whose samples still wait to be removed.
      `CREATE TABLE ${database}.forgotten (series UInt32) ENGINE = ReplacingMergeTree ORDER BY series SETTINGS ${durable}`,
      `CREATE TABLE ${database}.events (
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
