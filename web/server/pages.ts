import express, { type Request, type Response, type Router } from 'express';
import type { Channel } from '../../platform/channels.ts';
import { channelNameSchema } from '../../platform/protocol/api.ts';
import type { StreamEntry } from '../../platform/stream.ts';
import type { Assets } from './assets.ts';
import { thumbnailPath } from './channel-view.ts';
import type { PageAnswer } from './page-answer.ts';
import type { PageMeta, PagePreloads } from './page-html.ts';
import type { SecurityHeaders } from './security-headers.ts';
import type { WebContext } from './web-context.ts';

const HOME: PageMeta = {
  title: 'Footlight',
  description: 'Live streams, half a second behind the encoder.',
  url: null,
  image: null,
  kind: 'website',
};
const NOT_FOUND: PageMeta = { ...HOME, title: 'Not found · Footlight' };
const PLAYER = 'player/engine/hls-playback.ts';
const MODULES = {
  watch: ['watch/watch-page.tsx', PLAYER],
  embed: ['embed/embed-page.tsx', PLAYER],
  chat: ['chat/panel/chat-page.tsx'],
} as const;
/** The pages that a channel has. */
type Kind = keyof typeof MODULES;
const PATHS: Record<Kind, (channel: string) => string> = {
  watch: (channel) => `/${channel}`,
  embed: (channel) => `/embed/${channel}`,
  chat: (channel) => `/${channel}/chat`,
};
/** A host as browsers send it; anything else is not repeated in a page. */
const HOST = /^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i;

/** The HTML of every page; what is on it is drawn by the script, from the API. */
export function createPages(options: {
  context: WebContext;
  assets: Assets;
  headers: SecurityHeaders;
  page: PageAnswer;
}): Router {
  const { context, headers, page: html } = options;
  const router = express.Router();
  const channelPage = (kind: Kind) => async (req: Request<{ channel: string }>, res: Response) => {
    const name = req.params.channel.toLowerCase();
    const valid = channelNameSchema.safeParse(name).success;
    const channel = valid ? await context.channels.byName(name) : null;
    if (channel === null) return html(res, 404, NOT_FOUND);
    const path = PATHS[kind](name);
    if (req.path !== path) {
      const query = req.originalUrl.slice(req.originalUrl.split('?', 1)[0]?.length);
      return res.redirect(308, path + query);
    }
    const entry = await context.directory.byChannel(channel.name);
    const meta = channelMeta(channel, entry, originOf(req, context));
    html(res, 200, meta, preloadsOf(options.assets, kind, entry));
  };

  router.get('/', headers.page, (req, res) => {
    const origin = originOf(req, context);
    html(res, 200, { ...HOME, url: origin === null ? null : `${origin}/` });
  });
  router.get('/embed/:channel', headers.embed, channelPage('embed'));
  router.get('/:channel', headers.page, channelPage('watch'));
  router.get('/:channel/chat', headers.page, channelPage('chat'));
  router.get('/{*path}', headers.page, (_req, res) => html(res, 404, NOT_FOUND));
  return router;
}

/** With hls.js and the playlist on their way at once, the first frame is there the sooner. */
const preloadsOf = (assets: Assets, kind: Kind, entry: StreamEntry | null): PagePreloads => ({
  ...assets.filesOf(MODULES[kind]),
  playlist:
    kind !== 'chat' && entry?.playable === true ? `/live/${entry.channel}/index.m3u8` : null,
});

function channelMeta(channel: Channel, entry: StreamEntry | null, origin: string | null): PageMeta {
  const live = entry?.playable === true;
  const title = channel.title === '' ? channel.name : `${channel.title} · ${channel.name}`;
  const thumbnail = live && origin !== null ? thumbnailPath(channel.name, entry.streamId) : null;
  return {
    title: `${title} · Footlight`,
    description: live ? `${channel.name} is live now.` : `${channel.name} on Footlight.`,
    url: origin === null ? null : `${origin}/${channel.name}`,
    image: thumbnail === null ? null : origin + thumbnail,
    kind: live ? 'video.other' : 'website',
  };
}

function originOf(req: Request, context: WebContext): string | null {
  if (context.config.publicUrl !== null) return context.config.publicUrl;
  const host = req.host ?? '';
  return HOST.test(host) ? `${req.protocol}://${host}` : null;
}
