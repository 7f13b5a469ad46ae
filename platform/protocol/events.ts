import * as z from 'zod/mini';
import { channelNameSchema } from './api.ts';

/**
 * What `/events` sends (Server-Sent Events): the type is the `event:` field, the rest is JSON in
 * `data:`. Times are milliseconds since the Unix epoch. Documented in web/server/README.md.
 */
const epochMs = z.int().check(z.nonnegative());
const count = z.int().check(z.nonnegative());

const liveFields = {
  channel: channelNameSchema,
  title: z.string(),
  streamId: z.string(),
  startedAt: epochMs,
};

/** Viewers can play: the stream began, or (`returned`) its encoder came back. */
export const streamLiveSchema = z.object({ ...liveFields, returned: z.boolean() });

/** The encoder is gone; the stream waits for it. */
export const streamInterruptedSchema = z.object({
  channel: channelNameSchema,
  streamId: z.string(),
  reason: z.enum(['stopped', 'lost']),
  graceEndsAt: epochMs,
});

/** The stream is over. */
export const streamOfflineSchema = z.object({
  channel: channelNameSchema,
  streamId: z.string(),
  endedAt: epochMs,
});

/** Open players of a channel, at most once a second. */
export const viewersSchema = z.object({ channel: channelNameSchema, viewers: count });

export const liveChannelSchema = z.object({
  ...liveFields,
  interrupted: z.boolean(),
  graceEndsAt: z.nullable(epochMs),
  viewers: count,
});

/** Where things stand: first on every connection that could not be resumed. */
export const snapshotSchema = z.object({
  live: z.array(liveChannelSchema),
  /** Open players of the channels this connection asked about, live or not. */
  viewers: z.array(viewersSchema),
});

/** Every 15 s: the connection is alive. Carries no id. */
export const beatSchema = z.object({});

export const eventSchemas = {
  snapshot: snapshotSchema,
  'stream.live': streamLiveSchema,
  'stream.interrupted': streamInterruptedSchema,
  'stream.offline': streamOfflineSchema,
  viewers: viewersSchema,
  beat: beatSchema,
} as const;

export type EventType = keyof typeof eventSchemas;
export type EventOf<T extends EventType> = { type: T; data: z.infer<(typeof eventSchemas)[T]> };
export type ServerEvent = { [T in EventType]: EventOf<T> }[EventType];
export type LiveChannel = z.infer<typeof liveChannelSchema>;
export type Snapshot = z.infer<typeof snapshotSchema>;

export const EVENT_TYPES = Object.keys(eventSchemas) as EventType[];

/** Null when `data` is not what this type carries. */
export function parseServerEvent(type: EventType, data: string): ServerEvent | null {
  try {
    const parsed = eventSchemas[type].safeParse(JSON.parse(data));
    return parsed.success ? ({ type, data: parsed.data } as ServerEvent) : null;
  } catch {
    return null;
  }
}
