import type { Duplex } from 'node:stream';
import type { Upgrade } from '../../platform/http-upgrade.ts';
import { isOwnOrigin } from '../../platform/own-origin.ts';
import type { CLOSE } from '../../platform/protocol/chat/close-codes.ts';
import type { ChatParts } from '../chat-parts.ts';
import type { AddressPlaces } from './address-places.ts';
import { createSocketServer } from './chat-socket.ts';
import { Connection } from './connection.ts';
import type { Hub } from './hub.ts';
import { upgradesRefused } from './socket-metrics.ts';

export const UPGRADE_PREFIX = '/chat/';
/** A process with 64 KB of kernel memory a socket holds no more, whatever the file limit says. */
export const MOST_SOCKETS = 100_000;

/**
 * Lets a WebSocket in at `/chat/:channel`. What is wrong is said by a close code, since a browser
 * tells its page nothing of an upgrade that was refused.
 */
export function createUpgradeHandler(
  parts: ChatParts & { places: AddressPlaces },
  hub: Hub,
  mostSockets = MOST_SOCKETS,
): (upgrade: Upgrade) => void {
  const { config, httpIdentity, newId, places } = parts;
  const server = createSocketServer();

  return (asked) => {
    const { req, socket: raw, head, address } = asked;
    if (hub.size >= mostSockets) return refuseUpgrade(raw);
    const socket = server.upgrade({ req, socket: raw, head });
    if (socket === null) return;
    const channelName = channelOf(req.url ?? '');
    const isForeign = req.headers.origin !== undefined && !isOwnOrigin(req, config);
    const hasPlace = places.take(address, () => connection.close('tooMany'));
    const hasCookie = req.headers.cookie !== undefined && !isForeign;
    const cookieIdentity = hasCookie ? httpIdentity.ofUpgrade(req).catch(() => null) : null;
    const connection = new Connection(hub, {
      socket,
      raw,
      address,
      places: hasPlace ? places : null,
      channelName: channelName ?? '',
      visit: newId(),
      cookieIdentity,
    });
    server.attach(socket, connection);
    hub.accept(connection);
    const fault = faultOf({ isForeign, hasPlace, channelName });
    if (fault !== null) connection.close(fault);
  };
}

function faultOf(found: {
  isForeign: boolean;
  hasPlace: boolean;
  channelName: string | null;
}): keyof typeof CLOSE | null {
  if (found.isForeign) return 'badOrigin';
  if (!found.hasPlace) return 'tooMany';
  return found.channelName === null ? 'noChannel' : null;
}

/** `/chat/NAME`, or `/chat/room:NAME` of a room. */
function channelOf(url: string): string | null {
  const path = url.split('?', 1)[0] ?? '';
  const name = /^\/chat\/((?:room(?::|%3a))?[a-z0-9_]{1,64})\/?$/i.exec(path)?.[1];
  return name === undefined ? null : decodeURIComponent(name);
}

/** This node stops or is full: told before there is a socket, since that costs the least. */
export function refuseUpgrade(raw: Duplex): void {
  upgradesRefused.inc();
  raw.on('error', () => raw.destroy());
  raw.end(
    'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n',
    () => raw.destroy(),
  );
}
