import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { fetchChannel } from '../events/api-client.ts';

type Answer = Promise<ChannelDetails | null>;

let early: { name: string; answer: Answer } | null = null;

/** Asks for a channel while the script of its page is still on the way: one round trip less. */
export function askEarly(name: string): void {
  const answer = fetchChannel(name);
  // Whoever takes the answer hears of its failure.
  answer.catch(() => {});
  early = { name, answer };
}

/** The answer asked for early, once; null when there is none for this channel. */
export function takeEarly(name: string): Answer | null {
  if (early?.name !== name) return null;
  const { answer } = early;
  early = null;
  return answer;
}
