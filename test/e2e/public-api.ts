import { setTimeout as delay } from 'node:timers/promises';
import { type ChannelDetails, channelSchema } from '../../platform/protocol/api.ts';
import type { Product } from '../support/product.ts';

const WITHIN_MS = 20_000;

/** What the public API says of the product's first channel. */
export async function channelOf(product: Product): Promise<ChannelDetails> {
  const answer = await fetch(`${product.httpUrl}/api/v1/channels/${product.channel}`);
  return channelSchema.parse(await answer.json());
}

/** Resolves with the first answer that the check accepts; throws after 20 s, with the log. */
export async function untilChannel(
  product: Product,
  accepts: (channel: ChannelDetails) => boolean,
): Promise<ChannelDetails> {
  const until = Date.now() + WITHIN_MS;
  for (;;) {
    const answer = await channelOf(product);
    if (accepts(answer)) return answer;
    if (Date.now() > until)
      throw new Error(`the channel stayed ${JSON.stringify(answer)}\n${product.logs()}`);
    await delay(50);
  }
}
