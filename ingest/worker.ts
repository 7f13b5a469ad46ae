import { parentPort, workerData } from 'node:worker_threads';
import { randomId, systemClock } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { Publishing } from './publishing.ts';
import type { FromWorker, ToWorker, WorkerOptions } from './worker-messages.ts';

/** The worker thread's way in. What goes wrong unforeseen ends this thread alone. */
const main = parentPort;
if (main === null) throw new TypeError('The ingest worker runs in a worker thread.');

const post = (message: FromWorker) => main.postMessage(message);
const publishing = new Publishing({
  worker: workerData as WorkerOptions,
  clock: systemClock,
  newId: randomId,
  post,
});
main.on('message', (message: ToWorker) => {
  publishing.receive(message);
  if (message.type === 'stop') main.close();
});

publishing.start().catch((error: unknown) => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  post({ type: 'listen_failed', code, message: messageOf(error) });
  publishing.stop();
  main.close();
});
