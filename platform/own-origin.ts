import type { IncomingMessage } from 'node:http';
import type { Config } from './config.ts';

type Site = Pick<Config, 'publicUrl'>;

/** Whether the `Origin` is this site: PUBLIC_URL's, or of the host that was asked. None: false. */
export function isOwnOrigin(req: IncomingMessage, { publicUrl }: Site): boolean {
  const { origin, host } = req.headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const asked = new URL(origin);
  if (publicUrl !== null && asked.origin === new URL(publicUrl).origin) return true;
  return host !== undefined && asked.host === host.toLowerCase();
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
