import express, { type Request, type RequestHandler, type Router } from 'express';
import { AppError } from '../../platform/errors.ts';
import { createHttpIdentity } from '../../platform/http-identity.ts';
import { limitRate } from '../../platform/http-rate.ts';
import { type ChannelList, channelListQuerySchema } from '../../platform/protocol/api.ts';
import { channelNamed } from './channel-named.ts';
import { byInterest, channelDetails, channelSummary } from './channel-view.ts';
import { only, openToEveryOrigin } from './cross-origin.ts';
import { createFollowRoutes } from './follow.ts';
import { createMeRoutes } from './me.ts';
import { openapiDocument } from './openapi.ts';
import type { Viewers } from './viewers.ts';
import type { WebContext } from './web-context.ts';

/** Longest query string read; nothing here needs more. */
const MAX_QUERY_LENGTH = 2_048;
const ANSWER_WITHIN_MS = 10_000;

/** `/api/...`: REST, described by `/api/openapi.json`. Errors are thrown as AppError. */
export function createApi(options: {
  context: WebContext;
  viewers: Viewers;
  /** Of one address. */
  requestsPerMinute: number;
}): Router {
  const { context, viewers, requestsPerMinute } = options;
  const router = express.Router();
  const document = openapiDocument();

  router.use(openToEveryOrigin, limitRate(requestsPerMinute));
  router.use(refuseLongQueries, limitTime(context));
  router.use(createHttpIdentity(context).middleware);
  router.all(
    ['/openapi.json', '/v1/channels', '/v1/channels/:channel', '/v1/sign-in-codes/:code'],
    only('GET', 'HEAD'),
  );
  router.get('/openapi.json', (_req, res) => void res.json(document));
  router.get('/v1/channels', async (req, res) => {
    res.json(await listChannels(context, viewers, req.query));
  });
  router.get('/v1/channels/:channel', async (req, res) => {
    res.json(await getChannel(context, viewers, req.params.channel));
  });
  router.use(createMeRoutes(context), createFollowRoutes(context));
  router.use((req) => {
    throw new AppError({
      code: 'route_unknown',
      message: `There is no ${req.method} ${req.baseUrl}${req.path}: see /api/openapi.json.`,
      status: 404,
    });
  });
  return router;
}

async function listChannels(
  context: WebContext,
  viewers: Viewers,
  query: unknown,
): Promise<ChannelList> {
  const page = channelListQuerySchema.safeParse(query);
  if (!page.success)
    throw new AppError({
      code: 'query_invalid',
      message: 'limit is a whole number from 1 to 500, offset one from 0: correct the query.',
      status: 400,
    });
  const { limit, offset } = page.data;
  const [channels, entries] = await Promise.all([
    context.channels.list(),
    context.directory.list(),
  ]);
  const entryOf = new Map(entries.map((entry) => [entry.channel, entry]));
  const summaries = channels.map((channel) =>
    channelSummary({
      channel,
      entry: entryOf.get(channel.name) ?? null,
      viewers: viewers.of(channel.name),
    }),
  );
  const sorted = summaries.sort(byInterest);
  return { channels: sorted.slice(offset, offset + limit), total: sorted.length };
}

async function getChannel(context: WebContext, viewers: Viewers, requested: string) {
  const channel = await channelNamed(context.channels, requested);
  const entry = await context.directory.byChannel(channel.name);
  return channelDetails({ channel, entry, viewers: viewers.of(channel.name) });
}

const refuseLongQueries: RequestHandler = (req, _res, next) => {
  if (queryLength(req) > MAX_QUERY_LENGTH)
    throw new AppError({
      code: 'query_too_long',
      message: `The query is longer than ${MAX_QUERY_LENGTH} characters: shorten it.`,
      status: 414,
    });
  next();
};

const queryLength = (req: Request): number => {
  const start = req.originalUrl.indexOf('?');
  return start === -1 ? 0 : req.originalUrl.length - start - 1;
};

const limitTime =
  (context: WebContext): RequestHandler =>
  (_req, res, next) => {
    const cancel = context.clock.after(ANSWER_WITHIN_MS, () => {
      if (!res.headersSent)
        next(
          new AppError({
            code: 'too_slow',
            message: 'The server is too busy to answer: try again in a moment.',
            status: 503,
            retryable: true,
          }),
        );
    });
    res.once('close', cancel);
    next();
  };
