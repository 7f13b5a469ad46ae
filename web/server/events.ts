import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../platform/errors.ts';
import { channelNameSchema } from '../../platform/protocol/api.ts';
import { type EventConnection, openEventConnection } from './event-connection.ts';
import type { EventFeed } from './event-feed.ts';
import { createEventPlaces } from './event-places.ts';
import type { Viewers } from './viewers.ts';
import type { WebContext } from './web-context.ts';

/** Bounds of what anyone may hold open. */
export interface EventLimits {
  connections: number;
  connectionsPerAddress: number;
  /** Values of `watching` and of `channel` in one request. */
  names: number;
  /**
   * An answer lasts about this long, then the browser reconnects and resumes: a player whose
   * machine vanished without a word is counted no longer than that.
   */
  lifetimeMs: number;
}

export const DEFAULT_EVENT_LIMITS: EventLimits = {
  connections: 20_000,
  connectionsPerAddress: 1_000,
  names: 32,
  lifetimeMs: 5 * 60_000,
};

interface EventsQuery {
  watching: string[];
  channels: string[];
  lastEventId: string | null;
}

/** `GET /events`: see web/server/README.md. */
export function createEventsRoute(options: {
  context: WebContext;
  feed: EventFeed;
  viewers: Viewers;
  limits: EventLimits;
}): RequestHandler {
  const { context, feed, viewers, limits } = options;
  const places = createEventPlaces({ limits, clock: context.clock, log: context.log });

  const existing = async (names: string[]): Promise<Set<string>> => {
    const unique = [...new Set(names)];
    const found = await Promise.all(unique.map((name) => context.channels.byName(name)));
    return new Set(found.flatMap((channel) => (channel === null ? [] : [channel.name])));
  };
  const hold = async (query: EventsQuery, res: Response, release: () => void): Promise<void> => {
    const known = await existing(query.watching).catch((error: unknown) => {
      release();
      throw error;
    });
    if (res.destroyed) return release();
    const players = query.watching.filter((name) => known.has(name)).map(viewers.open);
    const filter = query.channels.length === 0 ? null : new Set(query.channels);
    let connection: EventConnection | null = null;
    // Spread over a third of the time, so that those who came together do not return together.
    const lifetime = limits.lifetimeMs * (1 + (Math.random() - 0.5) / 3);
    const cancel = context.clock.after(lifetime, () => connection?.end());
    const onClosed = () => {
      cancel();
      release();
      for (const leave of players) leave();
      if (connection !== null) feed.leave(connection);
    };
    connection = openEventConnection({ res, filter, onClosed });
    const asked = [...new Set([...query.watching, ...query.channels])];
    feed.join(connection, { lastEventId: query.lastEventId, asked });
  };

  return async (req, res) => {
    const query = readQuery(req, limits.names);
    if (req.method === 'HEAD') return void res.type('text/event-stream').end();
    await hold(query, res, places.take(req.ip ?? ''));
  };
}

function readQuery(req: Request, maxNames: number): EventsQuery {
  const query = new URL(req.originalUrl, 'http://any').searchParams;
  const names = (field: string): string[] => {
    const values = query.getAll(field).map((value) => value.toLowerCase());
    if (
      values.length > maxNames ||
      !values.every((value) => channelNameSchema.safeParse(value).success)
    )
      throw new AppError({
        code: 'events_query_invalid',
        message: `\`${field}\` takes up to ${maxNames} channel names; repeat it for each.`,
        status: 400,
      });
    return values;
  };
  return {
    watching: names('watching'),
    channels: names('channel'),
    lastEventId: req.get('last-event-id') ?? query.get('lastEventId'),
  };
}
