import type { RequestHandler } from 'express';
import { AppError } from '../../platform/errors.ts';

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Open to read, and to write with a token. Credentials are never allowed, so a page of another
 * site gets nothing that a browser's session cookie is worth.
 */
export const openToEveryOrigin: RequestHandler = (req, res, next) => {
  res.set('Access-Control-Allow-Origin', '*');
  if (req.method !== 'OPTIONS') {
    res.set('Cache-Control', 'no-cache');
    return next();
  }
  res.set({
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Last-Event-ID',
    'Access-Control-Max-Age': '86400',
  });
  res.status(204).end();
};

/** Refuses every other method. */
export const only =
  (...methods: Method[]): RequestHandler =>
  (req, res, next) => {
    if (methods.some((method) => method === req.method)) return next();
    res.set('Allow', [...methods, 'OPTIONS'].join(', '));
    throw new AppError({
      code: 'method_not_allowed',
      message: `${req.method} does nothing here: use ${methods.filter((one) => one !== 'HEAD').join(' or ')}.`,
      status: 405,
    });
  };

export const getOnly: RequestHandler = only('GET', 'HEAD');

/** What an answer says of one person is kept by nobody on the way. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
