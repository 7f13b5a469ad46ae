import { Refusal } from './refusal.ts';
import type { Sanction } from './sanctions.ts';

const why = ({ reason }: Sanction): string => (reason === null ? '' : ` Reason: ${reason}.`);

export const banned = (sanction: Sanction): Refusal =>
  new Refusal({
    code: 'banned',
    message: `You are banned in this channel.${why(sanction)}`,
  });

export const timedOut = (sanction: Sanction, leftMs: number): Refusal =>
  new Refusal({
    code: 'timed_out',
    message: `You are timed out for another ${Math.ceil(leftMs / 1000)} seconds.${why(sanction)}`,
    retryAfterMs: leftMs,
  });
