const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;

/** Half of the backoff is random, so that a restarted server is not met by all at once. */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return delay / 2 + (random() * delay) / 2;
}
