import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import type { WorkerOptions } from 'node:worker_threads';

/** Of the process's own flags, a thread takes those of the profiler. */
const PROFILER_FLAGS = process.execArgv.filter((flag) => flag.startsWith('--cpu-prof'));

/**
 * What every thread of ours is started with. Of the environment it takes only where Node keeps what
 * it compiled: without that each start of a thread strips types anew, which costs 25 MB that stay.
 */
export function threadOptions(): Pick<WorkerOptions, 'env' | 'execArgv'> {
  const directory = getCompileCacheDir();
  return {
    execArgv: PROFILER_FLAGS,
    env: directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) },
  };
}
