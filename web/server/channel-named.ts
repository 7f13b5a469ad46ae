import type { Channel, Channels } from '../../platform/channels.ts';
import { AppError } from '../../platform/errors.ts';
import { channelNameSchema } from '../../platform/protocol/api.ts';

/** @throws AppError `channel_unknown` (404) */
export async function channelNamed(
  channels: Pick<Channels, 'byName'>,
  requested: string,
): Promise<Channel> {
  const name = requested.toLowerCase();
  const valid = channelNameSchema.safeParse(name).success;
  const channel = valid ? await channels.byName(name) : null;
  if (channel !== null) return channel;
  throw new AppError({
    code: 'channel_unknown',
    message: 'No channel has this name: check the spelling.',
    status: 404,
  });
}
