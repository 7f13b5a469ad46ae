import type { Router } from 'express';
import { createChat } from './chat/chat.ts';
import { UPGRADE_PREFIX as CHAT_PREFIX } from './chat/sockets/upgrade.ts';
import { createIngest } from './ingest/ingest.ts';
import type { ServiceName } from './platform/config.ts';
import type { Context } from './platform/context.ts';
import type { RawRoute } from './platform/http-app.ts';
import type { UpgradeRoute } from './platform/http-upgrade.ts';
import { internalAddress } from './platform/internal-address.ts';
import type { Service } from './platform/service.ts';
import { createTranscoder } from './transcoder/transcoder.ts';
import { createWeb } from './web/server/web.ts';

/** The services this process was asked to run, and how they are reached. */
export interface Services {
  /** What hears of streams comes before what makes them; stopped the other way round. */
  inStartOrder: Service[];
  rawRoutes: RawRoute[];
  upgradeRoutes: UpgradeRoute[];
  routers: Router[];
  /** By service asked for that this version does not have: its word on `/readyz`. */
  absent: Record<string, string>;
  /** By service that is missing: how to get it. */
  cures: Record<string, string>;
}

const ABSENT: Partial<Record<ServiceName, string>> = { sfu: 'missing' };
const CURES: Partial<Record<ServiceName, string>> = {
  sfu: 'WebRTC rooms are not in this version of Footlight. Everything else runs; update to a version that has them.',
};

/** Makes the services named in SERVICES; nothing runs yet. */
export function createServices(context: Context): Services {
  const asked = context.config.services;
  const services: Services = {
    inStartOrder: [],
    rawRoutes: [],
    upgradeRoutes: [],
    routers: [],
    absent: pick(ABSENT, asked),
    cures: pick(CURES, asked),
  };
  if (asked.includes('transcoder')) {
    const transcoder = createTranscoder(context);
    services.inStartOrder.push(transcoder);
    services.rawRoutes.push({
      prefix: '/live/',
      // The page of the channel `live` and its pop-out chat; no channel can be called chat.
      except: ['/live/', '/live/chat'],
      handle: (req, res) => transcoder.handleLive(req, res),
    });
  }
  if (asked.includes('chat')) {
    const chat = createChat(context);
    services.inStartOrder.push(chat);
    services.upgradeRoutes.push({
      prefix: CHAT_PREFIX,
      handle: (upgrade) => chat.handleUpgrade(upgrade),
    });
    // Its paths lie in `/api/v1`, where the web service answers everything that is left.
    services.routers.push(chat.router);
  }
  if (asked.includes('web')) {
    const web = createWeb(context);
    services.inStartOrder.push(web);
    services.routers.push(web.router);
  }
  if (asked.includes('ingest')) {
    services.inStartOrder.push(createIngest(context, { feedHost: internalAddress(context) }));
  }
  return services;
}

const pick = (
  from: Partial<Record<ServiceName, string>>,
  names: ServiceName[],
): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (from[name] ? [[name, from[name]]] : [])));
