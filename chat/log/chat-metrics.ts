import { Counter, Gauge, Histogram } from 'prom-client';
import { metrics } from '../../platform/metrics.ts';

export const entriesPublished = new Counter({
  name: 'footlight_chat_log_entries_total',
  help: 'Entries kept in the logs of all channels by this node, repetitions not counted',
  registers: [metrics],
});

export const entriesRepeated = new Counter({
  name: 'footlight_chat_log_repetitions_total',
  help: 'Entries that were published again and found in the log',
  registers: [metrics],
});

export const entriesRefused = new Counter({
  name: 'footlight_chat_log_refused_total',
  help: 'Entries not taken because too many waited or the store was away',
  registers: [metrics],
});

/** On one machine of the transaction; on Redis of the script with its way there and back. */
export const commitSeconds = new Histogram({
  name: 'footlight_chat_log_commit_seconds',
  help: 'Time until the store had kept a batch of entries',
  buckets: [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1, 5],
  registers: [metrics],
});

export const batchEntries = new Histogram({
  name: 'footlight_chat_log_batch_entries',
  help: 'Entries kept in one transaction',
  buckets: [1, 2, 5, 10, 50, 200, 500],
  registers: [metrics],
});

export const writerRestarts = new Counter({
  name: 'footlight_chat_log_writer_restarts_total',
  help: 'Times the thread that keeps the log had to be started again',
  registers: [metrics],
});

export const entriesMissed = new Counter({
  name: 'footlight_chat_log_caught_up_total',
  help: 'Entries this node had not heard of and read from the store afterwards',
  registers: [metrics],
});

export const archiveLagSeconds = new Gauge({
  name: 'footlight_chat_archive_lag_seconds',
  help: 'Age of the oldest entry that is not yet in the database',
  registers: [metrics],
});

export const entriesArchived = new Counter({
  name: 'footlight_chat_archived_total',
  help: 'Entries this node wrote to the database',
  registers: [metrics],
});

export const entriesNotArchived = new Counter({
  name: 'footlight_chat_archive_refused_total',
  help: 'Entries that the database would not take; the log names them',
  registers: [metrics],
});

export const entriesLost = new Counter({
  name: 'footlight_chat_archive_lost_total',
  help: 'Entries given up because too many waited for the database',
  registers: [metrics],
});

export const entriesCutEarly = new Counter({
  name: 'footlight_chat_log_cut_early_total',
  help: 'Entries of the last hour that left a log in Redis because it was too long; the database has them',
  registers: [metrics],
});
