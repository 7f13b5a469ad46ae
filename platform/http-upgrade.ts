import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from './log.ts';

/** Takes over the connections that ask for a WebSocket below `prefix`. */
export interface UpgradeRoute {
  /** With slashes at both ends: `/chat/`. */
  prefix: string;
  handle(upgrade: Upgrade): void;
}

export interface Upgrade {
  req: IncomingMessage;
  socket: Duplex;
  /** What came behind the request already. */
  head: Buffer;
  /** Of the client, as TRUST_PROXY lets us believe it. */
  address: string;
}

/** Whether an address at that place of the chain is a proxy of ours; as express compiles it. */
export type TrustsProxy = (address: string, index: number) => boolean;

const NOTHING_HERE =
  'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n\r\nNo WebSocket is answered on this path.\r\n';

/** Hands each upgrade to its route; one that nobody takes is answered with 404 and ended. */
export function routeUpgrades(
  server: Server,
  options: { routes: UpgradeRoute[]; trustsProxy: TrustsProxy; log: Log },
): void {
  const { routes, trustsProxy, log } = options;
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = req.url ?? '/';
    const route = routes.find(({ prefix }) => path.startsWith(prefix));
    if (route === undefined) {
      socket.on('error', () => socket.destroy());
      socket.end(NOTHING_HERE, () => socket.destroy());
      return;
    }
    try {
      route.handle({ req, socket, head, address: addressOf(req, trustsProxy) });
    } catch (error) {
      log.error({ err: error }, 'an upgrade route failed');
      socket.destroy();
    }
  });
}

/** The nearest address of the way here that is no proxy of ours. */
export function addressOf(req: IncomingMessage, trustsProxy: TrustsProxy): string {
  const nearest = req.socket.remoteAddress ?? '';
  const forwarded = String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const way = [nearest, ...forwarded.reverse()];
  const untrusted = way.findIndex((address, index) => !trustsProxy(address, index));
  return way[untrusted === -1 ? way.length - 1 : untrusted] ?? nearest;
}
