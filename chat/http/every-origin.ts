import type { RequestHandler } from 'express';

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
