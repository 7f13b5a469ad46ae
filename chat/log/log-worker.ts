import { closeSync, fdatasync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../platform/errors.ts';
import type { FromLogWorker, LogWorkerOptions, ToLogWorker } from './log-messages.ts';
import { LogStore, SENT_KEPT_MS } from './log-store.ts';

/** The thread that keeps the log. What goes wrong unforeseen ends this thread alone. */
const main = parentPort;
if (main === null) throw new TypeError('The chat log is kept in a worker thread.');

/** What a power cut may take at most, beside what the sync itself needs. */
const SYNC_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 60_000;
/** Of about 300 bytes each: some four megabytes of log before it moves into the database. */
const ENTRIES_A_CHECKPOINT = 5_000;

const { file } = workerData as LogWorkerOptions;
const store = new LogStore(file);
const writeAhead = openSync(`${file}-wal`, 'r+');
let unsynced = false;
let syncing = false;
let sinceCheckpoint = 0;

const post = (message: FromLogWorker) => main.postMessage(message);

/** Off this thread too: commits go on while the disk works. */
const syncTimer = setInterval(() => {
  if (!unsynced || syncing) return;
  unsynced = false;
  syncing = true;
  fdatasync(writeAhead, (error) => {
    syncing = false;
    if (error !== null) unsynced = true;
  });
}, SYNC_EVERY_MS);
const forgetTimer = setInterval(() => store.forgetSent(Date.now() - SENT_KEPT_MS), FORGET_EVERY_MS);

main.on('message', (message: ToLogWorker) => {
  switch (message.type) {
    case 'append':
      append(message);
      break;
    case 'ask':
      answer(message);
      break;
    case 'stop':
      stop();
      break;
  }
});

function append({ batch }: Extract<ToLogWorker, { type: 'append' }>): void {
  const began = performance.now();
  try {
    const kept = store.append(batch);
    post({ type: 'appended', kept, seconds: (performance.now() - began) / 1000 });
  } catch (error) {
    post({ type: 'not_appended', reason: messageOf(error) });
    return;
  }
  unsynced = true;
  sinceCheckpoint += batch.length;
  if (sinceCheckpoint < ENTRIES_A_CHECKPOINT) return;
  sinceCheckpoint = 0;
  store.checkpoint();
}

function answer({ id, question }: Extract<ToLogWorker, { type: 'ask' }>): void {
  try {
    post({ type: 'answer', id, answer: store.answer(question) });
  } catch (error) {
    post({ type: 'no_answer', id, reason: messageOf(error) });
  }
}

function stop(): void {
  clearInterval(syncTimer);
  clearInterval(forgetTimer);
  closeSync(writeAhead);
  store.checkpoint();
  store.close();
  main?.close();
}

post({ type: 'ready' });
