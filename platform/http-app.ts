import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import express, { type ErrorRequestHandler, type Router } from 'express';
import type { Config } from './config.ts';
import { AppError, messageOf } from './errors.ts';
import { createHealthRouter, type Health } from './health.ts';
import { listen } from './http-listen.ts';
import { routeUpgrades, type TrustsProxy, type UpgradeRoute } from './http-upgrade.ts';
import type { Log } from './log.ts';
import { loggablePath } from './loggable-path.ts';

/** Answers every path below `prefix` ahead of express: for what thousands ask for each second. */
export interface RawRoute {
  /** With slashes at both ends: `/live/`. */
  prefix: string;
  /** Paths below it that express answers all the same. */
  except?: readonly string[];
  /** Sets every header itself: one set before makes Node merge the prepared list of each answer. */
  handle(req: IncomingMessage, res: ServerResponse): void | Promise<void>;
}

export interface HttpApp {
  readonly server: Server;
  /** @throws AppError `port_taken` and its like, naming the setting and the cure. */
  listen(): Promise<void>;
  /** Ends every connection, the endless ones too. */
  close(): Promise<void>;
}

/**
 * Headers have to arrive within 10 s, a request within 30 s; an answer may last for ever (event
 * streams, blocked playlists). Idle connections outlive the 60 s that proxies keep theirs.
 */
const SERVER_OPTIONS: ServerOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 75_000,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
};

/**
 * One server for everything on HTTP_PORT.
 *
 * @param options.routers in order; the last one answers what is left
 * @throws AppError `tls_invalid`
 */
export function createHttpApp(options: {
  config: Config;
  log: Log;
  health: Health;
  rawRoutes: RawRoute[];
  upgradeRoutes?: UpgradeRoute[];
  routers: Router[];
}): HttpApp {
  const { config, rawRoutes } = options;
  const log = options.log.child({ service: 'http' });
  const app = createExpressApp({ ...options, log });

  const server = createNodeServer(config, (req, res) => {
    const route = rawRoutes.find((one) => isBelow(one, req.url ?? '/'));
    if (route === undefined) {
      res.setHeader('X-Content-Type-Options', 'nosniff');
      app(req, res);
      return;
    }
    answerRaw(route, req, res).catch((error: unknown) => {
      log.error({ err: error }, 'a raw route failed');
      res.destroy();
    });
  });
  server.maxRequestsPerSocket = 0;
  const trustsProxy: TrustsProxy = app.get('trust proxy fn');
  routeUpgrades(server, { routes: options.upgradeRoutes ?? [], trustsProxy, log });
  return {
    server,
    async listen() {
      await listen(server, config);
      server.on('error', (error) => log.error({ err: error }, 'http server failed'));
    },
    close: () => close(server),
  };
}

const isBelow = ({ prefix, except = [] }: RawRoute, url: string): boolean =>
  url.startsWith(prefix) && !except.includes(url.split('?', 1)[0] ?? url);

async function answerRaw(route: RawRoute, req: IncomingMessage, res: ServerResponse) {
  await route.handle(req, res);
}

function createExpressApp(options: {
  config: Config;
  log: Log;
  health: Health;
  routers: Router[];
}) {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', proxiesTrusted(options.config.trustProxy));
  app.use(createHealthRouter(options.health));
  for (const router of options.routers) app.use(router);
  app.use(errorAnswer(options.log));
  return app;
}

/** Express wants numbers and booleans as such; everything else as text. */
function proxiesTrusted(value: string | null): boolean | number | string {
  if (value === null) return false;
  if (value === 'true') return true;
  return /^\d+$/.test(value) ? Number(value) : value;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

function createNodeServer(config: Config, handler: Handler): Server {
  if (config.tls === null) return createServer(SERVER_OPTIONS, handler);
  try {
    const cert = readFileSync(config.tls.certPath);
    const key = readFileSync(config.tls.keyPath);
    return createTlsServer({ ...SERVER_OPTIONS, cert, key }, handler);
  } catch (error) {
    throw new AppError({
      code: 'tls_invalid',
      message: `TLS_CERT and TLS_KEY cannot be used (${messageOf(error)}). Give a PEM certificate chain and the PEM key that belongs to it.`,
      cause: error,
    });
  }
}

/** What the parsers of express throw: `status` 4xx and a message fit to be shown. */
const isRequestFault = (error: unknown): error is Error & { status: number } =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500;

function errorAnswer(log: Log): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (res.headersSent) return next(error);
    res.set('Cache-Control', 'no-store');
    if (error instanceof AppError) {
      if (error.status >= 500)
        log.error({ err: error, path: loggablePath(req.path) }, 'request failed');
      res.status(error.status).json({ code: error.code, message: error.message });
    } else if (isRequestFault(error)) {
      res.status(error.status).json({ code: 'request_invalid', message: error.message });
    } else {
      log.error({ err: error, path: loggablePath(req.path) }, 'request failed');
      const message = 'Something went wrong here. Try again; the server log has the cause.';
      res.status(500).json({ code: 'internal', message });
    }
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
