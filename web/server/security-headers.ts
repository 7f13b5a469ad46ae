import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../../platform/config.ts';

type Directives = Record<string, string[]>;

const PERMISSIONS_POLICY =
  'camera=(self), microphone=(self), display-capture=(self), fullscreen=*, autoplay=*, ' +
  'picture-in-picture=*, geolocation=(), payment=(), usb=(), serial=()';

export interface SecurityHeaders {
  /** Pages of our own: nobody may frame them. */
  page: RequestHandler;
  /** `/embed/...`: anybody may frame it. */
  embed: RequestHandler;
  /** Scripts, styles and images; a worker takes its policy from its own script. */
  asset: RequestHandler;
  /** JSON and event streams, readable from every origin, without cookies. */
  api: RequestHandler;
}

export function createSecurityHeaders(config: Config): SecurityHeaders {
  const https = config.tls !== null || (config.publicUrl?.startsWith('https:') ?? false);
  const pageDirectives = directivesOf(config);
  const build = (directives: Directives, options: { framed: boolean; crossOrigin: boolean }) => {
    const headers = helmet({
      contentSecurityPolicy: { useDefaults: false, directives },
      frameguard: options.framed ? false : { action: 'deny' },
      strictTransportSecurity: https
        ? { maxAge: 180 * 24 * 3600, includeSubDomains: false }
        : false,
      referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
      crossOriginResourcePolicy: { policy: options.crossOrigin ? 'cross-origin' : 'same-origin' },
      // Ignored by browsers, with a warning, where the page did not come over TLS.
      crossOriginOpenerPolicy: https && !options.framed ? { policy: 'same-origin' } : false,
      originAgentCluster: false,
    });
    const handler: RequestHandler = (req, res, next) => {
      res.set('Permissions-Policy', PERMISSIONS_POLICY);
      headers(req, res, next);
    };
    return handler;
  };
  const nothing = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };
  return {
    page: build(pageDirectives, { framed: false, crossOrigin: false }),
    embed: build(
      { ...pageDirectives, frameAncestors: ['*'] },
      { framed: true, crossOrigin: false },
    ),
    asset: build(pageDirectives, { framed: true, crossOrigin: true }),
    api: build(nothing, { framed: false, crossOrigin: true }),
  };
}

/**
 * Scripts come from files of our own alone. Styles may be inline, because the player's controls
 * are web components that carry their `<style>` within; `style` attributes in markup may not.
 */
function directivesOf(config: Config): Directives {
  const media = config.cdnUrl === null ? [] : [new URL(config.cdnUrl).origin];
  return {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    scriptSrcAttr: ["'none'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    styleSrcElem: ["'self'", "'unsafe-inline'"],
    styleSrcAttr: ["'none'"],
    imgSrc: ["'self'", 'data:', 'blob:', ...media],
    mediaSrc: ["'self'", 'blob:', ...media],
    connectSrc: ["'self'", ...media],
    fontSrc: ["'self'"],
    workerSrc: ["'self'", 'blob:'],
    manifestSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  };
}
