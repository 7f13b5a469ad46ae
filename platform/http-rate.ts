import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { AppError } from './errors.ts';
import { requireIdentity } from './http-identity.ts';

const WINDOW_MS = 60_000;
const OF_THIS_MACHINE = /^(::1|(::ffff:)?127\.[\d.]+)$/;

/**
 * Refuses an address (of IPv6 a /56) that asks more often, with `Retry-After`. What comes from
 * this machine is not counted: behind a proxy here that TRUST_PROXY does not name, that is
 * everybody.
 */
export const limitRate = (requestsPerMinute: number): RequestHandler =>
  rateLimit({
    windowMs: WINDOW_MS,
    limit: requestsPerMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // It would print its advice on the console.
    validate: false,
    skip: (req) => OF_THIS_MACHINE.test(req.ip ?? ''),
    handler(_req, _res, next) {
      next(
        new AppError({
          code: 'requests_too_many',
          message: `This address has sent more than ${requestsPerMinute} requests in a minute: wait as long as Retry-After says.`,
          status: 429,
          retryable: true,
        }),
      );
    },
  });

/** Clicks of one person; a script that follows and unfollows in a loop is told to stop. */
const WRITES_PER_MINUTE = 30;

/** Refuses somebody who changes more than that, wherever they do it from. */
export const limitWrites = (): RequestHandler =>
  rateLimit({
    windowMs: WINDOW_MS,
    limit: WRITES_PER_MINUTE,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
    keyGenerator: (req) => requireIdentity(req).userId,
    handler(_req, _res, next) {
      next(
        new AppError({
          code: 'requests_too_many',
          message: `You have changed this more than ${WRITES_PER_MINUTE} times in a minute: wait as long as Retry-After says.`,
          status: 429,
          retryable: true,
        }),
      );
    },
  });
