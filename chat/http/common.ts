import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { AppError } from '../../platform/errors.ts';

/** Of one address: a poll a second, and what is typed, of several people. */
const REQUESTS_PER_MINUTE = 600;
const OF_THIS_MACHINE = /^(::1|(::ffff:)?127\.[\d.]+)$/;

/** As the rest of the API: what a cookie vouches for is never allowed across sites. */
export const openToEveryOrigin: RequestHandler = (req, res, next) => {
  res.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' });
  if (req.method !== 'OPTIONS') return next();
  res.set({
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE, OPTIONS',
    'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Last-Event-ID',
    'Access-Control-Max-Age': '86400',
  });
  res.status(204).end();
};

export const limitRate = rateLimit({
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
