import { join } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import type { Service } from '../../platform/service.ts';
import { createApi } from './api.ts';
import { type Assets, readAssets } from './assets.ts';
import { getOnly, openToEveryOrigin } from './cross-origin.ts';
import { createEventFeed } from './event-feed.ts';
import { createEventsRoute, DEFAULT_EVENT_LIMITS, type EventLimits } from './events.ts';
import { createPageAnswer } from './page-answer.ts';
import { createPages } from './pages.ts';
import { createSecurityHeaders } from './security-headers.ts';
import { createSignIn } from './sign-in.ts';
import { createViewers } from './viewers.ts';
import type { WebContext } from './web-context.ts';
import { type RouteClass, requestSeconds } from './web-metrics.ts';

/** A page asks twice when it opens; behind one address there may be an office of them. */
const DEFAULT_REQUESTS_PER_MINUTE = 300;
/** Longer than a browser takes to reconnect, so that a count does not flicker. */
const DEFAULT_VIEWER_LINGER_MS = 4_000;

export interface WebOptions {
  /** Where the built page lies; default: web/dist. */
  pageDirectory?: string;
  limits?: Partial<EventLimits>;
  viewerLingerMs?: number;
  /** Requests to `/api` that one address may send. */
  requestsPerMinute?: number;
}

/** The pages, `/api` and `/events`. The router goes last: it answers every path that is left. */
export function createWeb(
  context: WebContext,
  options: WebOptions = {},
): Service & { router: Router } {
  const log = context.log.child({ service: 'web' });
  const assets = readAssets(options.pageDirectory ?? join(import.meta.dirname, '../dist'));
  const viewers = createViewers({
    clock: context.clock,
    lingerMs: options.viewerLingerMs ?? DEFAULT_VIEWER_LINGER_MS,
  });
  const feed = createEventFeed({ ...context, log }, viewers);
  const headers = createSecurityHeaders(context.config);
  const events = createEventsRoute({
    context,
    feed,
    viewers,
    limits: { ...DEFAULT_EVENT_LIMITS, ...options.limits },
  });
  const requestsPerMinute = options.requestsPerMinute ?? DEFAULT_REQUESTS_PER_MINUTE;
  const api = createApi({ context, viewers, requestsPerMinute });
  const page = createPageAnswer(assets);

  const router = express.Router();
  router.all('/events', headers.api, openToEveryOrigin, getOnly, events);
  router.use('/api', timed('api'), headers.api, api);
  router.use(createSignIn({ context, headers: headers.page, page, requestsPerMinute }));
  // Below here nothing takes anything but GET.
  router.use(answerOtherMethods(headers.api));
  router.use('/assets', timed('asset'), headers.asset, serveOr404(assets));
  router.use(timed('page'), serveOrNext(assets, headers.asset));
  router.use(createPages({ context, assets, headers, page }));

  return {
    name: 'web',
    router,
    async start() {
      await feed.start();
      if (assets.indexHtml === null) log.warn('the web page has not been built');
    },
    async stop() {
      feed.stop();
      viewers.close();
    },
    readiness: () => (assets.indexHtml === null ? 'page not built' : 'ok'),
  };
}

const timed =
  (route: RouteClass): RequestHandler =>
  (_req, res, next) => {
    const stop = requestSeconds.startTimer({ route });
    res.once('close', () => void stop());
    next();
  };

const answerOtherMethods =
  (headers: RequestHandler): RequestHandler =>
  (req, res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    headers(req, res, () => getOnly(req, res, next));
  };

/** `/assets` holds nothing but files that the build named: what is missing is no page. */
const serveOr404 =
  (assets: Assets): RequestHandler =>
  async (req, res) => {
    const path = req.baseUrl + req.path;
    if (await assets.serve(path, req, res)) return;
    res.status(404).set('Cache-Control', 'no-store').type('txt').send('There is no such file.\n');
  };

const serveOrNext =
  (assets: Assets, headers: RequestHandler): RequestHandler =>
  async (req, res, next) => {
    if (!assets.has(req.path)) return next();
    headers(req, res, () => void assets.serve(req.path, req, res));
  };
