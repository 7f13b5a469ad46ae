import { parentPort } from 'node:worker_threads';

/** Stands in for an ingest worker that parses for ever. */
parentPort?.postMessage({ type: 'listening', rtmpPort: 1 });
for (;;) Math.random();
