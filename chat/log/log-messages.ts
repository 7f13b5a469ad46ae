import type { Draft, Entry, Published } from './broker.ts';

/** Between the embedded broker and the thread that keeps its log. */
export interface LogWorkerOptions {
  file: string;
}

export interface Asked {
  channel: string;
  draft: Draft;
}

export interface Kept extends Published {
  epoch: string;
}

/** What the thread looks up. */
export type Question =
  /** Where the channel's log stands, and its newest entries. */
  | { type: 'newest'; channel: string; limit: number }
  | { type: 'after'; channel: string; offset: number; limit: number }
  | { type: 'sent'; channel: string; author: string; clientId: string };

export interface Stretch {
  epoch: string;
  /** Of the newest entry of the log. */
  offset: number;
  entries: Entry[];
}

export type ToLogWorker =
  | { type: 'append'; batch: Asked[] }
  | { type: 'ask'; id: number; question: Question }
  | { type: 'stop' };

export type FromLogWorker =
  | { type: 'ready' }
  /** In the order asked; all of the batch or none of it is kept. */
  | { type: 'appended'; kept: Kept[]; seconds: number }
  | { type: 'not_appended'; reason: string }
  | { type: 'answer'; id: number; answer: Stretch | Published | null }
  | { type: 'no_answer'; id: number; reason: string };
