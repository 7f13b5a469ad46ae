import { randomBytes } from 'node:crypto';
import type { Draft, Entry } from './broker.ts';

/** `body` with its `offset` in front. */
export const withOffset = (body: string, offset: number): string =>
  body === '{}' ? `{"offset":${offset}}` : `{"offset":${offset},${body.slice(1)}`;

export const toEntry = (draft: Omit<Draft, 'clientId'>, offset: number): Entry => ({
  kind: draft.kind,
  id: draft.id,
  author: draft.author,
  at: draft.at,
  offset,
  json: withOffset(draft.body, offset),
});

const TIME_DIGITS = 9;

/** Epochs sort by the time of their beginning; the rest of it nobody else makes. */
export const newEpoch = (nowMs: number): string =>
  nowMs.toString(36).padStart(TIME_DIGITS, '0') + randomBytes(6).toString('hex');
