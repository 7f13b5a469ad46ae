import { AppError } from '../../platform/errors.ts';
import type { ServerMessageOf } from '../../platform/protocol/chat/server-messages.ts';
import { Refusal } from '../rules/refusal.ts';

const RETRY_AFTER_MS = 2_000;

export interface Refused {
  answer: ServerMessageOf<'refused'>;
  /** For the POST fallback. */
  status: number;
  /** Nobody foresaw it: to be logged. */
  isFault: boolean;
}

/** What the author of a wish is told when it was not granted. */
export function refusedBy(error: unknown, id: string | undefined): Refused {
  const base = { type: 'refused' as const, ...(id !== undefined && { id }) };
  if (error instanceof Refusal) {
    const wait = error.retryAfterMs !== null && { retryAfterMs: error.retryAfterMs };
    const answer = { ...base, code: error.code, reason: error.message, ...wait };
    return { answer, status: error.status, isFault: false };
  }
  if (error instanceof AppError) {
    const wait = error.retryable && { retryAfterMs: RETRY_AFTER_MS };
    const answer = { ...base, code: error.code, reason: error.message, ...wait };
    return { answer, status: error.status, isFault: false };
  }
  const reason = 'Something went wrong here, and it was not done: try again in a moment.';
  const answer = { ...base, code: 'internal', reason, retryAfterMs: RETRY_AFTER_MS };
  return { answer, status: 500, isFault: true };
}
