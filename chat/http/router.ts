import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { AppError } from '../../platform/errors.ts';
import { limitRate } from '../../platform/http-rate.ts';
import { MAX_PAYLOAD_BYTES } from '../sockets/chat-socket.ts';
import { createChatApi } from './api.ts';
import { EMOTE_FILE, serveEmote } from './emotes.ts';
import { openToEveryOrigin } from './every-origin.ts';
import { createReader, type ReadParts, unavailable } from './read.ts';
import { answerPost } from './send.ts';
import { createStreamer } from './stream.ts';

/** Of one address: a poll a second, and what is typed, of several people. */
const REQUESTS_PER_MINUTE = 600;
const PATH = '/api/v1/channels/:channel/messages';

/** Everything chat answers over HTTP. @param running what runs now; null while it starts or stops */
export function createChatRouter(running: () => ReadParts | null): Router {
  const router = express.Router();
  const limit = limitRate(REQUESTS_PER_MINUTE);
  router.use(createFallbackRouter(running, limit), createChatApi(running, limit));
  router.get('/emotes/:file', async (req, res, next) => {
    if (!EMOTE_FILE.test(req.params.file)) return next();
    const parts = running();
    if (parts === null) throw unavailable();
    await serveEmote(parts, req, res);
  });
  return router;
}

/** @param running what runs now; null while the chat starts or stops */
function createFallbackRouter(running: () => ReadParts | null, limit: RequestHandler): Router {
  const router = express.Router();
  const handlers = new WeakMap<ReadParts, Handlers>();
  const serving = (): Handlers => {
    const parts = running();
    if (parts === null) throw unavailable();
    const known = handlers.get(parts) ?? createHandlers(parts);
    handlers.set(parts, known);
    return known;
  };
  router.all(PATH, openToEveryOrigin, limit);
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

/** A wish is answered as one, also when it could not be read or nobody may ask. */
const asRefusal: ErrorRequestHandler = (error, req, res, next) => {
  if (req.method !== 'POST' || !(error instanceof Error)) return next(error);
  const status = 'status' in error ? Number(error.status) : 500;
  if (!(status >= 400 && status < 500)) return next(error);
  const code = error instanceof AppError ? error.code : 'message_invalid';
  res.status(status).json({ type: 'refused', code, reason: error.message });
};
