import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import { AppError } from '../platform/errors.ts';
import { MAX_PAYLOAD_BYTES } from './chat-socket.ts';
import { createReader, type ReadParts, unavailable } from './http-read.ts';
import { answerPost } from './http-send.ts';
import { createStreamer } from './http-stream.ts';

const PATH = '/api/v1/channels/:channel/messages';
/** Of one address: a poll a second, and what is typed, of several people. */
const REQUESTS_PER_MINUTE = 600;
const OF_THIS_MACHINE = /^(::1|(::ffff:)?127\.[\d.]+)$/;

/** @param running what runs now; null while the chat starts or stops */
export function createFallbackRouter(running: () => ReadParts | null): Router {
  const router = express.Router();
  const handlers = new WeakMap<ReadParts, Handlers>();
  const serving = (): Handlers => {
    const parts = running();
    if (parts === null) throw unavailable();
    const known = handlers.get(parts) ?? createHandlers(parts);
    handlers.set(parts, known);
    return known;
  };
  router.all(PATH, openToEveryOrigin, limitRate);
  router.all(PATH, (req, res, next) => serving().identify(req, res, next));
  router.get(PATH, (req, res) =>
    req.accepts(['json', 'text/event-stream']) === 'text/event-stream'
      ? serving().stream(req, res)
      : serving().read(req, res),
  );
  router.post(PATH, express.json({ limit: MAX_PAYLOAD_BYTES, type: () => true }), (req, res) =>
    serving().post(req, res),
  );
  router.all(PATH, (req, res) => {
    res.set('Allow', 'GET, HEAD, POST, OPTIONS');
    throw new AppError({
      code: 'method_not_allowed',
      message: `${req.method} does nothing here: use GET or POST.`,
      status: 405,
    });
  });
  router.use(PATH, asRefusal);
  return router;
}

type Handle = (...args: Parameters<ReturnType<typeof createReader>>) => Promise<void>;

interface Handlers {
  identify: RequestHandler;
  read: Handle;
  stream: Handle;
  post: Handle;
}

const createHandlers = (parts: ReadParts): Handlers => ({
  identify: parts.httpIdentity.middleware,
  read: createReader(parts),
  stream: createStreamer(parts),
  post: (req, res) => answerPost(parts, req, res),
});

/** As the rest of the API: what a cookie vouches for is never allowed across sites. */
const openToEveryOrigin: RequestHandler = (req, res, next) => {
  res.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' });
  if (req.method !== 'OPTIONS') return next();
  res.set({
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, OPTIONS',
    'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Last-Event-ID',
    'Access-Control-Max-Age': '86400',
  });
  res.status(204).end();
};

const limitRate = rateLimit({
  windowMs: 60_000,
  limit: REQUESTS_PER_MINUTE,
  standardHeaders: 'draft-8',
  legacyHeaders: false,
  // It would print its advice on the console.
  validate: false,
  skip: (req) => OF_THIS_MACHINE.test(req.ip ?? ''),
  handler(_req, _res, next) {
    next(
      new AppError({
        code: 'requests_too_many',
        message: 'This address asks too often: wait as long as Retry-After says.',
        status: 429,
        retryable: true,
      }),
    );
  },
});

/** A wish is answered as one, also when it could not be read or nobody may ask. */
const asRefusal: ErrorRequestHandler = (error, req, res, next) => {
  if (req.method !== 'POST' || !(error instanceof Error)) return next(error);
  const status = 'status' in error ? Number(error.status) : 500;
  if (!(status >= 400 && status < 500)) return next(error);
  const code = error instanceof AppError ? error.code : 'message_invalid';
  res.status(status).json({ type: 'refused', code, reason: error.message });
};
