import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { AppError } from '../../platform/errors.ts';
import { createActionRoutes } from './actions.ts';
import { createEmoteRoutes } from './emotes.ts';
import { openToEveryOrigin } from './every-origin.ts';
import { createFilterRoutes } from './filters.ts';
import { createPeopleRoutes } from './people.ts';
import { type ReadParts, unavailable } from './read.ts';

type Method = 'get' | 'put' | 'post' | 'delete';
/** What is answered as JSON; nothing: 204. */
export type Answer = (parts: ReadParts, req: Request, res: Response) => Promise<unknown>;
/** A path, and what it does by method. */
export type Route = [path: string, methods: Partial<Record<Method, Answer>>, body?: RequestHandler];

/** Chat's REST beside the messages themselves. @param running null while the chat starts or stops */
export function createChatApi(running: () => ReadParts | null, limit: RequestHandler): Router {
  const router = express.Router();
  const serving = (): ReadParts => {
    const parts = running();
    if (parts === null) throw unavailable();
    return parts;
  };
  const routes = [
    ...createPeopleRoutes(),
    ...createActionRoutes(),
    ...createFilterRoutes(),
    ...createEmoteRoutes(),
  ];
  for (const [path, methods, body] of routes) {
    router.all(path, openToEveryOrigin, limit);
    router.all(path, (req, res, next) => serving().httpIdentity.middleware(req, res, next));
    for (const [method, answer] of Object.entries(methods) as [Method, Answer][]) {
      const handlers: RequestHandler[] = [
        ...(body !== undefined && method !== 'get' ? [body] : []),
        async (req, res) => {
          const value = await answer(serving(), req, res);
          if (value === undefined) res.status(204).end();
          else res.json(value);
        },
      ];
      router[method](path, ...handlers);
    }
    router.all(path, refuseMethod(Object.keys(methods).map((method) => method.toUpperCase())));
  }
  return router;
}

const refuseMethod =
  (allowed: string[]): RequestHandler =>
  (req, res) => {
    res.set('Allow', [...allowed, 'OPTIONS'].join(', '));
    throw new AppError({
      code: 'method_not_allowed',
      message: `${req.method} does nothing here: use ${allowed.join(' or ')}.`,
      status: 405,
    });
  };
