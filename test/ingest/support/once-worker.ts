import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerOptions } from '../../../ingest/worker-messages.ts';

/** Stands in for an ingest worker that listens and ends, and hangs when it is started again. */
const { rtmpPort } = workerData as WorkerOptions;
if (rtmpPort === 0) parentPort?.postMessage({ type: 'listening', rtmpPort: 1 });
else for (;;) Math.random();
