import { parentPort, workerData } from 'node:worker_threads';
import type { LogWorkerOptions, ToLogWorker } from '../../../chat/log/log-messages.ts';
import { LogStore } from '../../../chat/log/log-store.ts';

/** The thread that keeps the log, made to end in the middle when it is given a certain message. */
const { file } = workerData as LogWorkerOptions;
parentPort?.on('message', (message: ToLogWorker) => {
  if (message.type !== 'append') return;
  const ids = message.batch.map(({ draft }) => draft.id);
  if (ids.includes('die-after')) new LogStore(file).append(message.batch);
  if (ids.includes('die-after') || ids.includes('die-before')) process.exit(1);
});
await import('../../../chat/log/log-worker.ts');
