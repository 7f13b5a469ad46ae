import { createHash } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import { AppError } from '../../platform/errors.ts';
import { type Emote, emoteNameSchema } from '../../platform/protocol/chat/api.ts';
import { recordAction } from '../commands/moderating.ts';
import { BUILT_IN_EMOTES, builtInUrl } from '../rules/built-in-emotes.ts';
import { encodeEmote, MOST_EMOTE_BYTES } from '../rules/emote-image.ts';
import { MOST_EMOTES } from '../rules/emotes.ts';
import type { Answer, Route } from './api.ts';
import type { ReadParts } from './read.ts';
import { channelOf, demandVisit, limitWrites } from './visit.ts';

const PATH = '/api/v1/channels/:channel/emotes';
const YEAR_S = 31_536_000;

export function createEmoteRoutes(): Route[] {
  const image = express.raw({ limit: MOST_EMOTE_BYTES, type: () => true });
  return [
    [PATH, { get: listEmotes, post: addEmote }, image],
    [`${PATH}/:name`, { delete: removeEmote }],
  ];
}

const builtIn = BUILT_IN_EMOTES.map(
  (name): Emote => ({ name, url: builtInUrl(name), animated: false, source: 'footlight' }),
);

const listEmotes: Answer = async (parts, req) => emotesOf(parts, (await channelOf(parts, req)).id);

async function emotesOf({ house }: ReadParts, channelId: string): Promise<{ emotes: Emote[] }> {
  const own = (await house.emotes.list(channelId)).map(
    ({ name, file, animated }): Emote => ({
      ...{ name, url: `/emotes/${file}`, animated, source: 'channel' },
    }),
  );
  return { emotes: [...own, ...builtIn] };
}

const addEmote: Answer = async (parts, req, res) => {
  const visit = await demandVisit(parts, req, 'set_emotes');
  const { house, clock } = parts;
  const { channel, person } = visit;
  await limitWrites(parts, person.id);
  const name = readName(req.query['name']);
  const { image, animated } = await encodeEmote(Buffer.isBuffer(req.body) ? req.body : null);
  const file = `${createHash('sha256').update(image).digest('base64url').slice(0, 32)}.webp`;
  const outcome = await house.emotes.add(channel.id, {
    ...{ name, file, animated, image, addedBy: person.id, addedAt: clock.now() },
  });
  if (outcome !== 'added') throw notAdded(outcome, name);
  const detail = { action: 'emote_add', name } as const;
  await recordAction(house, visit, { target: null, reason: undefined, detail });
  res.status(201);
  return emotesOf(parts, channel.id);
};

const removeEmote: Answer = async (parts, req) => {
  const visit = await demandVisit(parts, req, 'set_emotes');
  const { house } = parts;
  await limitWrites(parts, visit.person.id);
  const name = String(req.params['name']).toLowerCase();
  if (!(await house.emotes.remove(visit.channel.id, name))) {
    throw new AppError({
      code: 'emote_unknown',
      message: 'This channel has no emote of its own of this name.',
      status: 404,
    });
  }
  const detail = { action: 'emote_remove', name } as const;
  await recordAction(house, visit, { target: null, reason: undefined, detail });
  return emotesOf(parts, visit.channel.id);
};

/** @throws AppError `emote_name_invalid`, `emote_name_taken` */
function readName(raw: unknown): string {
  const read = emoteNameSchema.safeParse(String(raw ?? '').toLowerCase());
  if (!read.success) {
    throw new AppError({
      code: 'emote_name_invalid',
      message: 'Give ?name= with 2 to 32 letters of a to z, digits and underscores.',
      status: 400,
    });
  }
  if (builtIn.some(({ name }) => name === read.data)) throw notAdded('name_taken', read.data);
  return read.data;
}

const notAdded = (outcome: 'name_taken' | 'too_many', name: string): AppError =>
  outcome === 'name_taken'
    ? new AppError({
        code: 'emote_name_taken',
        message: `There is an emote :${name}: here already. Choose another name, or remove it first.`,
        status: 409,
      })
    : new AppError({
        code: 'too_many_emotes',
        message: `A channel has at most ${MOST_EMOTES} emotes of its own. Remove one first.`,
        status: 409,
      });

/** What is not one of ours is a file of the page. */
export const EMOTE_FILE = /^[\w-]{32}\.webp$/;

/** An image under its content's hash: it never changes. */
export async function serveEmote({ house }: ReadParts, req: Request, res: Response): Promise<void> {
  const image = await house.emotes.image(String(req.params['file']));
  if (image === null) {
    throw new AppError({ code: 'emote_unknown', message: 'There is no such emote.', status: 404 });
  }
  res
    .set({
      'Content-Type': 'image/webp',
      'Cache-Control': `public, max-age=${YEAR_S}, immutable`,
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Content-Security-Policy': "default-src 'none'; sandbox",
    })
    .end(image);
}
