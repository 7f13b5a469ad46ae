import type { Router } from 'express';
import type { Context } from '../platform/context.ts';
import type { Upgrade } from '../platform/http-upgrade.ts';
import type { Service } from '../platform/service.ts';
import type { ChatParts } from './chat-parts.ts';
import { FallbackPlaces } from './http/places.ts';
import type { ReadParts } from './http/read.ts';
import { createChatRouter } from './http/router.ts';
import { openParts } from './open-parts.ts';
import type { House } from './rules/house.ts';
import { AddressPlaces, type SharedPlaces } from './sockets/address-places.ts';
import { Hub, type HubTimes } from './sockets/hub.ts';
import { createUpgradeHandler, refuseUpgrade } from './sockets/upgrade.ts';

export interface Chat extends Service {
  /** REST, and the fallbacks where WebSocket is blocked; goes before the rest of `/api`. */
  router: Router;
  handleUpgrade(upgrade: Upgrade): void;
}

export interface OpenParts extends ChatParts {
  house: House;
  /** Null: this node is the only one. */
  sharedPlaces: SharedPlaces | null;
  close(): Promise<void>;
}

interface Running {
  parts: OpenParts;
  hub: Hub;
  fallbacks: ReadParts;
  accept(upgrade: Upgrade): void;
}

export interface ChatOptions {
  times?: Partial<HubTimes>;
  mostSockets?: number;
}

/** Sockets and fallbacks of every channel's chat. */
export const createChat = (context: Context): Chat => createChatOver(() => openParts(context));

/** @param open makes what the sockets stand on, when the service starts */
export function createChatOver(open: () => Promise<OpenParts>, options: ChatOptions = {}): Chat {
  let running: Running | null = null;

  return {
    name: 'chat',
    router: createChatRouter(() => running?.fallbacks ?? null),
    handleUpgrade(upgrade) {
      if (running === null) refuseUpgrade(upgrade.socket);
      else running.accept(upgrade);
    },
    async start() {
      const parts = await open();
      const hub = new Hub(parts, options.times);
      hub.start();
      const addresses = new AddressPlaces(parts.config.chatMaxPerAddress, parts.sharedPlaces);
      const withPlaces = { ...parts, places: addresses };
      const accept = createUpgradeHandler(withPlaces, hub, options.mostSockets);
      const places = new FallbackPlaces(addresses);
      const { rooms, presence: presenceTeller } = hub;
      running = { parts, hub, accept, fallbacks: { ...parts, rooms, presenceTeller, places } };
    },
    async stop() {
      if (running === null) return;
      const { parts, hub, fallbacks } = running;
      running = null;
      fallbacks.places.stop();
      await hub.stop();
      await parts.close();
    },
    readiness: () => running?.parts.broker.readiness() ?? 'starting',
  };
}
