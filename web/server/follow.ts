import express, { type Router } from 'express';
import type { Channel } from '../../platform/channels.ts';
import { identityOf, requireIdentity } from '../../platform/http-identity.ts';
import { limitWrites } from '../../platform/http-rate.ts';
import type { Follow } from '../../platform/protocol/api.ts';
import { channelNamed } from './channel-named.ts';
import { noStore, only } from './cross-origin.ts';
import type { WebContext } from './web-context.ts';

const PATH = '/v1/channels/:channel/follow';

/** Following a channel: asked, begun and ended. */
export function createFollowRoutes(context: WebContext): Router {
  const { accounts, channels } = context;
  const router = express.Router();
  const limited = limitWrites();

  const answer = async (channel: Channel, userId: string | undefined): Promise<Follow> => {
    const [standing, followers] = await Promise.all([
      userId === undefined ? null : accounts.rolesIn(channel.id, userId),
      accounts.countFollowers(channel.id),
    ]);
    return { following: (standing?.followedAt ?? null) !== null, followers };
  };

  router.all(PATH, noStore, only('GET', 'HEAD', 'PUT', 'DELETE'));
  router.get(PATH, async (req, res) => {
    const channel = await channelNamed(channels, req.params.channel);
    res.json(await answer(channel, identityOf(req)?.userId));
  });
  router.put(PATH, limited);
  router.delete(PATH, limited);
  router.put(PATH, async (req, res) => {
    const { userId } = requireIdentity(req);
    const channel = await channelNamed(channels, req.params.channel);
    await accounts.follow(channel, userId);
    res.json(await answer(channel, userId));
  });
  router.delete(PATH, async (req, res) => {
    const { userId } = requireIdentity(req);
    const channel = await channelNamed(channels, req.params.channel);
    await accounts.unfollow(channel, userId);
    res.json(await answer(channel, userId));
  });
  return router;
}
