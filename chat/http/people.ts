import express, { type Request } from 'express';
import { requireIdentity } from '../../platform/http-identity.ts';
import { type UserCard, whisperPreferenceSchema } from '../../platform/protocol/chat/api.ts';
import { findTarget } from '../commands/moderating.ts';
import type { KeptMessage } from '../rules/house.ts';
import { may } from '../rules/permissions.ts';
import { viewActions } from './actions.ts';
import type { Route } from './api.ts';
import type { ReadParts } from './read.ts';
import { channelOf, limitWrites, readBody, visitorOf } from './visit.ts';

const RECENT_MESSAGES = 50;
const RECENT_ACTIONS = 50;
const BODY_LIMIT = '1kb';

export const createPeopleRoutes = (): Route[] => [
  ['/api/v1/channels/:channel/chat/people/:user', { get: userCard }],
  [
    '/api/v1/me/whispers',
    { get: getWhispers, put: putWhispers },
    express.json({ limit: BODY_LIMIT }),
  ],
];

async function userCard(parts: ReadParts, req: Request): Promise<UserCard> {
  const { house, presence, clock } = parts;
  const channel = await channelOf(parts, req);
  const visitor = await visitorOf(parts, channel, req);
  const isStaff = visitor !== null && may(visitor.roles, 'read_actions');
  const { user, roles } = await findTarget(house, channel, String(req.params['user']));
  const [standing, lastSeenAt, said, sanction] = await Promise.all([
    house.standings.of(channel, user.id),
    presence.lastSeen(channel.name, user.id),
    house.messages.byAuthor(channel.name, user.id, RECENT_MESSAGES),
    house.sanctions.of(channel.id, user.id),
  ]);
  const { modes } = await house.settings.of(channel.id);
  const shownUntil = clock.now() - modes.delay * 1_000;
  const messages = isStaff ? said : said.filter(({ at, deleted }) => !deleted && at <= shownUntil);
  const tellsSanction = sanction !== null && (isStaff || visitor?.id === user.id);
  return {
    ...{ id: user.id, name: user.displayName, color: user.color, roles },
    ...{ createdAt: user.createdAt, followedAt: standing?.followedAt ?? null, lastSeenAt },
    ...(tellsSanction && { silencedUntil: sanction.until }),
    messages: messages.map(viewMessage),
    ...(isStaff && {
      actions: await viewActions(
        house,
        await house.actions.about(channel.id, user.id, RECENT_ACTIONS),
      ),
    }),
  };
}

const viewMessage = ({ id, at, text, deleted }: KeptMessage) => ({
  ...{ id, at, text },
  ...(deleted && { deleted }),
});

const getWhispers = async ({ house }: ReadParts, req: Request) => ({
  from: await house.whispers.preference(requireIdentity(req).userId),
});

async function putWhispers(parts: ReadParts, req: Request) {
  const { userId } = requireIdentity(req);
  await limitWrites(parts, userId);
  const { from } = readBody(whisperPreferenceSchema, req);
  await parts.house.whispers.setPreference(userId, from);
  return { from };
}
