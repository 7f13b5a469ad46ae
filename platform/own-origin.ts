import type { IncomingMessage } from 'node:http';
import type { Config } from './config.ts';

type Site = Pick<Config, 'publicUrl'>;

/**
 * Whether the `Origin` is this site: PUBLIC_URL's, or of the host that was asked, of us or of a
 * proxy in front. No page of another site can make a browser send `X-Forwarded-Host`, so it needs
 * no trusted proxy here. No Origin: false.
 */
export function isOwnOrigin(req: IncomingMessage, { publicUrl }: Site): boolean {
  const { origin, host, 'x-forwarded-host': forwarded } = req.headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const asked = new URL(origin);
  if (publicUrl !== null && asked.origin === new URL(publicUrl).origin) return true;
  return [host, forwarded].some((one) => one !== undefined && isHostOf(asked, String(one)));
}

/** A URL leaves the usual port out; a proxy may not. */
function isHostOf(asked: URL, header: string): boolean {
  const host = header.trim().toLowerCase();
  return asked.host === host || asked.host === host.replace(/:(80|443)$/, '');
}

/**
 * Whether a page of this site sent this request. Browsers say so in `Sec-Fetch-Site`, and over
 * plain HTTP, where they leave that out, in `Origin`. What is no browser says neither.
 */
export function isFromOwnPage(req: IncomingMessage, site: Site): boolean {
  const said = req.headers['sec-fetch-site'];
  return said === undefined ? isOwnOrigin(req, site) : said === 'same-origin';
}

/** Whether a browser says that a page of another site sent this. */
export const isFromOtherPage = (req: IncomingMessage, site: Site): boolean =>
  (req.headers['sec-fetch-site'] !== undefined || req.headers.origin !== undefined) &&
  !isFromOwnPage(req, site);
