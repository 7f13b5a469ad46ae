import * as z from 'zod/mini';

/**
 * The answers of `/api/v1`, shared by the server, the web page and `/api/openapi.json`.
 * Written with zod/mini: the same checks at a fraction of the bytes in the browser.
 *
 * Every time is whole milliseconds since the Unix epoch, as in the chat protocol; every bitrate
 * is bits a second. Unknown fields are ignored, so a page of an older version keeps working.
 */
const describe = <T extends z.core.$ZodType>(schema: T, description: string): T => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

const epochMs = z.int().check(z.nonnegative());
const count = z.int().check(z.nonnegative());

export const channelNameSchema = z.string().check(z.regex(/^[a-z0-9_]{3,25}$/));

export const publisherSchema = describe(
  z.object({
    protocol: z.enum(['rtmp', 'rtmps', 'whip', 'room']),
    codec: z.nullable(z.enum(['h264', 'hevc', 'av1'])),
    profile: z.nullable(z.string()),
    width: z.nullable(z.number()),
    height: z.nullable(z.number()),
    fps: describe(z.nullable(z.number()), 'Measured frames a second'),
    bitrate: describe(z.number(), 'Bits a second over the last second, audio and video'),
    bitrate30s: describe(z.number(), 'Bits a second over the last 30 seconds'),
    keyframeSeconds: describe(z.nullable(z.number()), 'Longest recent distance of keyframes'),
    hasBFrames: z.nullable(z.boolean()),
    audio: z.nullable(
      z.object({
        codec: z.string(),
        sampleRate: z.number(),
        channels: z.number(),
        bitrate: z.number(),
      }),
    ),
    encoder: describe(z.nullable(z.string()), 'As the encoder names itself'),
    uptimeSeconds: z.number(),
    droppedFrames: describe(count, "Frames missing in the encoder's timestamps"),
    lateFrames: describe(count, 'Frames that came over 500 ms behind their timestamps'),
    realTimeRatio: describe(z.nullable(z.number()), 'Media seconds received in a wall second'),
    shedFrames: describe(count, 'Frames thrown away because transcoding did not keep up'),
  }),
  'What is measured of the encoder, once a second. Null: not known yet.',
);

export const renditionSchema = describe(
  z.object({
    name: describe(z.string(), 'Path segment of its playlist: `source`, `720p`, `audio`'),
    kind: z.enum(['video', 'audio']),
    copied: describe(z.boolean(), 'True: the media as the encoder sent it'),
    width: z.nullable(z.number()),
    height: z.nullable(z.number()),
    fps: z.nullable(z.number()),
    codecs: describe(z.nullable(z.string()), 'RFC 6381'),
    bitrate: z.nullable(z.number()),
  }),
  'One quality of the stream.',
);

export const adviceSchema = describe(
  z.object({
    code: z.string(),
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
  }),
  'What the broadcaster should change, in words.',
);

export const channelStateSchema = describe(
  z.enum(['offline', 'starting', 'live', 'interrupted']),
  'starting: the encoder sends, nothing is playable yet; interrupted: waiting for the encoder to return.',
);

const summaryFields = {
  channel: channelNameSchema,
  title: z.string(),
  live: describe(z.boolean(), 'Viewers can play; stays true while interrupted'),
  state: channelStateSchema,
  interrupted: z.boolean(),
  graceEndsAt: describe(z.nullable(epochMs), 'When interrupted: the end of waiting'),
  streamId: z.nullable(z.string()),
  startedAt: z.nullable(epochMs),
  lastLiveAt: describe(z.nullable(epochMs), 'End of the last stream; null: never live'),
  viewers: describe(count, 'Open players'),
  thumbnail: describe(z.nullable(z.string()), 'Path of a JPEG of the running stream'),
  playlist: describe(z.nullable(z.string()), 'Path of the multivariant playlist'),
};

export const channelSummarySchema = describe(
  z.object(summaryFields),
  'A channel as the home page lists it.',
);

export const channelSchema = describe(
  z.object({
    ...summaryFields,
    publisher: z.nullable(publisherSchema),
    renditions: z.array(renditionSchema),
    advice: z.array(adviceSchema),
  }),
  'A channel and everything public about its stream.',
);

export const channelListSchema = describe(
  z.object({
    channels: z.array(channelSummarySchema),
    total: describe(count, 'Channels there are, on this page of the list or not'),
  }),
  'Channels: live ones first, most viewers first among them.',
);

export const colorSchema = describe(
  z.string().check(z.regex(/^#[0-9a-f]{6}$/i)),
  'Colour of the name in chat',
);

export const meSchema = describe(
  z.object({
    user: describe(
      z.nullable(
        z.object({
          id: z.string(),
          name: channelNameSchema,
          color: describe(z.nullable(colorSchema), 'Null: the page chooses one'),
        }),
      ),
      'Null: nobody is signed in',
    ),
  }),
  'Whom the token or the session cookie stands for.',
);

/** What somebody may change of themselves. */
export const meChangeSchema = z.object({ color: z.nullable(colorSchema) });

export const followSchema = describe(
  z.object({
    following: describe(z.boolean(), 'False as well for those who are not signed in'),
    followers: count,
  }),
  'Whether you follow the channel, and how many do.',
);

export const signInCodeSchema = describe(
  z.object({ name: channelNameSchema, expiresAt: epochMs }),
  'Whom a sign-in link is for. Reading does not use it up.',
);

/** Which page of the list. */
export const channelListQuerySchema = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(500)), 500),
  offset: z._default(z.coerce.number().check(z.int(), z.nonnegative()), 0),
});

export const errorSchema = describe(
  z.object({
    code: describe(z.string(), 'Machine-readable, snake_case'),
    message: describe(z.string(), 'A sentence that names the cause and the cure'),
  }),
  'Every answer of 400 and above.',
);

export type Publisher = z.infer<typeof publisherSchema>;
export type Rendition = z.infer<typeof renditionSchema>;
export type ChannelState = z.infer<typeof channelStateSchema>;
export type ChannelSummary = z.infer<typeof channelSummarySchema>;
export type ChannelDetails = z.infer<typeof channelSchema>;
export type ChannelList = z.infer<typeof channelListSchema>;
export type ApiError = z.infer<typeof errorSchema>;
export type Me = z.infer<typeof meSchema>;
export type Follow = z.infer<typeof followSchema>;
export type SignInCodeFacts = z.infer<typeof signInCodeSchema>;
