import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { channelListSchema, channelSchema, errorSchema } from '../../../platform/protocol/api.ts';
import type { PublisherFacts, RenditionFacts } from '../../../platform/stream.ts';
import { channelNamed, entryOf, rawGet, serveWeb } from './serve-web.ts';

const publisher: PublisherFacts = {
  protocol: 'rtmp',
  codec: 'h264',
  profile: 'High',
  width: 1280,
  height: 720,
  fps: 29.97,
  bitrate: 2_500_000,
  bitrate30s: 2_400_000,
  keyframeSeconds: 2,
  hasBFrames: false,
  audio: { codec: 'aac', sampleRate: 48_000, channels: 2, bitrate: 128_000 },
  encoder: 'obs-output module',
  uptimeSeconds: 12.5,
  droppedFrames: 0,
  lateFrames: 1,
  realTimeRatio: 1,
  shedFrames: 0,
};
const rendition: RenditionFacts = {
  name: 'source',
  kind: 'video',
  copied: true,
  width: 1280,
  height: 720,
  fps: 29.97,
  codecs: 'avc1.64001f',
  bitrate: 2_400_000,
};
const advice = { code: 'keyframes_far', level: 'warning', message: 'Set 2 s.' } as const;

test('a live channel says everything that the contract names', async () => {
  await using web = await serveWeb();
  web.channels.set('alpha', { ...channelNamed('alpha', 'A title'), lastLiveAt: 5 });
  const entry = entryOf('alpha', { publisher, renditions: [rendition], ingestAdvice: [advice] });
  web.entries.set('alpha', entry);
  const response = await fetch(`${web.origin}/api/v1/channels/Alpha`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    channel: 'alpha',
    title: 'A title',
    live: true,
    state: 'live',
    interrupted: false,
    graceEndsAt: null,
    streamId: 'stream-of-alpha',
    startedAt: 1_700_000_000_000,
    lastLiveAt: 5,
    viewers: 0,
    thumbnail: '/live/alpha/stream-of-alpha/thumbnail.jpg',
    playlist: '/live/alpha/index.m3u8',
    publisher,
    renditions: [rendition],
    advice: [advice],
  });
});

test('an offline channel is not live and has no stream', async () => {
  await using web = await serveWeb();
  const response = await fetch(`${web.origin}/api/v1/channels/alpha`);
  expect(await response.json()).toMatchObject({
    live: false,
    state: 'offline',
    streamId: null,
    startedAt: null,
    publisher: null,
    renditions: [],
    playlist: null,
    thumbnail: null,
  });
});

test('a stream of which nothing is playable yet is starting, with its facts', async () => {
  await using web = await serveWeb();
  web.entries.set('alpha', entryOf('alpha', { state: 'starting', playable: false, publisher }));
  const response = await fetch(`${web.origin}/api/v1/channels/alpha`);
  expect(await response.json()).toMatchObject({ live: false, state: 'starting', publisher });
});

test('an interrupted stream stays live, and says until when it waits', async () => {
  await using web = await serveWeb();
  web.entries.set('alpha', entryOf('alpha', { state: 'interrupted', graceEndsAt: 77 }));
  const response = await fetch(`${web.origin}/api/v1/channels/alpha`);
  expect(await response.json()).toMatchObject({ live: true, interrupted: true, graceEndsAt: 77 });
});

test('neither the way to the source nor ids of the database are told', async () => {
  await using web = await serveWeb();
  const source = {
    id: 'secret-source',
    run: 1,
    url: 'http://127.0.0.1:1/secret',
    video: null,
    audio: null,
    wallBaseMs: 0,
    firstMediaMs: 0,
  };
  web.entries.set('alpha', entryOf('alpha', { source }));
  for (const path of ['channels', 'channels/alpha']) {
    const text = await (await fetch(`${web.origin}/api/v1/${path}`)).text();
    expect(text).not.toMatch(/secret|127\.0\.0\.1|id-alpha/);
  }
});

test('the list has live channels first, and of them the most watched', async () => {
  await using web = await serveWeb();
  web.channels.set('aaa', { ...channelNamed('aaa'), lastLiveAt: 1 });
  web.channels.set('zzz', { ...channelNamed('zzz'), lastLiveAt: 2 });
  web.entries.set('beta', entryOf('beta'));
  const response = await fetch(`${web.origin}/api/v1/channels`);
  const { channels } = (await response.json()) as { channels: { channel: string }[] };
  expect(channels.map((one) => one.channel)).toEqual(['beta', 'zzz', 'aaa', 'alpha']);
});

test('the list is read in pages, and says how many there are', async () => {
  await using web = await serveWeb();
  web.channels.set('gamma', channelNamed('gamma'));
  const response = await fetch(`${web.origin}/api/v1/channels?limit=1&offset=1`);
  const { channels, total } = channelListSchema.parse(await response.json());
  expect(channels.map((one) => one.channel)).toEqual(['beta']);
  expect(total).toBe(3);
});

test.each([
  'limit=0',
  'limit=501',
  'limit=1.5',
  'limit=',
  'limit=1&limit=2',
  'offset=-1',
  'offset=x',
])('no page of the list is %s', async (query) => {
  await using web = await serveWeb();
  const response = await fetch(`${web.origin}/api/v1/channels?${query}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'query_invalid' });
});

describe('requests of one address', () => {
  const ask = (origin: string, from: string, path = '/api/v1/channels') =>
    fetch(`${origin}${path}`, { headers: { 'X-Forwarded-For': from } });

  test('beyond the limit are refused and told when to come back', async () => {
    await using web = await serveWeb({
      config: { trustProxy: 'loopback' },
      requestsPerMinute: 2,
    });
    for (const _ of [1, 2]) expect((await ask(web.origin, '192.0.2.1')).status).toBe(200);
    const refused = await ask(web.origin, '192.0.2.1');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'requests_too_many' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect((await ask(web.origin, '192.0.2.2')).status).toBe(200);
    expect((await ask(web.origin, '192.0.2.1', '/alpha')).status).toBe(200);
  });

  test('are not counted by what an address claims that no setting trusts', async () => {
    await using web = await serveWeb({ requestsPerMinute: 1 });
    for (const _ of [1, 2, 3]) expect((await ask(web.origin, '192.0.2.1')).status).toBe(200);
  });
});

test.each(['gamma', 'a', 'a%2F..%2Fb', '%00%00%00', 'x'.repeat(300)])(
  'no channel is named %j',
  async (name) => {
    await using web = await serveWeb();
    const response = await fetch(`${web.origin}/api/v1/channels/${name}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'channel_unknown' });
  },
);

test.each(['/api', '/api/', '/api/v1', '/api/v2/channels', '/api/v1/channels/alpha/nothing'])(
  'an unknown route answers in JSON: %s',
  async (path) => {
    await using web = await serveWeb();
    const response = await fetch(`${web.origin}${path}`);
    expect(response.status).toBe(404);
    expect(errorSchema.parse(await response.json()).code).toBe('route_unknown');
  },
);

test('methods other than GET are refused', async () => {
  await using web = await serveWeb();
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const response = await fetch(`${web.origin}/api/v1/channels`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  }
});

test('a query of more than 2048 characters is refused', async () => {
  await using web = await serveWeb();
  const at = await fetch(`${web.origin}/api/v1/channels?${'x'.repeat(2_048)}`);
  expect(at.status).toBe(200);
  const over = await fetch(`${web.origin}/api/v1/channels?${'x'.repeat(2_049)}`);
  expect(over.status).toBe(414);
});

test('every origin may read, and write with a token, without cookies', async () => {
  await using web = await serveWeb();
  const url = `${web.origin}/api/v1/channels`;
  const response = await fetch(url, { headers: { origin: 'https://elsewhere.example' } });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  const preflight = await fetch(url, { method: 'OPTIONS' });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-methods')).toContain('GET');
  expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
});

test('an unchanged answer is not sent again', async () => {
  await using web = await serveWeb();
  const first = await rawGet(web.origin, '/api/v1/channels');
  const etag = String(first.headers['etag']);
  const again = await rawGet(web.origin, '/api/v1/channels', { 'if-none-match': etag });
  expect(again.status).toBe(304);
});

test('the OpenAPI document describes the answers as they are', async () => {
  await using web = await serveWeb();
  web.entries.set('alpha', entryOf('alpha', { publisher, renditions: [rendition] }));
  const response = await fetch(`${web.origin}/api/openapi.json`);
  const document = (await response.json()) as {
    paths: Record<string, unknown>;
    components: { schemas: Record<string, z.core.JSONSchema.JSONSchema> };
  };
  const check = async (path: string, name: string) => {
    const answer: unknown = await (await fetch(`${web.origin}${path}`)).json();
    const schema = z.fromJSONSchema(document.components.schemas[name] ?? { not: {} });
    expect(schema.safeParse(answer).error).toBeUndefined();
    expect(schema.safeParse({}).success).toBe(false);
  };
  expect(Object.keys(document.paths).sort()).toEqual([
    '/api/v1/channels',
    '/api/v1/channels/{channel}',
    '/api/v1/channels/{channel}/chat/actions',
    '/api/v1/channels/{channel}/chat/filters',
    '/api/v1/channels/{channel}/chat/people/{user}',
    '/api/v1/channels/{channel}/chat/terms',
    '/api/v1/channels/{channel}/chat/terms/{term}',
    '/api/v1/channels/{channel}/emotes',
    '/api/v1/channels/{channel}/emotes/{name}',
    '/api/v1/channels/{channel}/follow',
    '/api/v1/channels/{channel}/messages',
    '/api/v1/me',
    '/api/v1/me/whispers',
    '/api/v1/sign-in-codes/{code}',
  ]);
  await check('/api/v1/channels', 'ChannelList');
  await check('/api/v1/channels/alpha', 'Channel');
  await check('/api/v1/channels/beta', 'Channel');
  await check('/api/v1/channels/gamma', 'Error');
  await check('/api/v1/channels/alpha/follow', 'Follow');
  await check('/api/v1/me', 'Me');
  await check('/api/v1/sign-in-codes/none', 'Error');
});

test('answers carry no field that the schemas do not name', async () => {
  await using web = await serveWeb();
  web.entries.set('alpha', entryOf('alpha', { publisher, renditions: [rendition] }));
  const one: unknown = await (await fetch(`${web.origin}/api/v1/channels/alpha`)).json();
  expect(channelSchema.parse(one)).toEqual(one);
  const all: unknown = await (await fetch(`${web.origin}/api/v1/channels`)).json();
  expect(channelListSchema.parse(all)).toEqual(all);
});
