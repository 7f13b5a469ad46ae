import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { type MediaMessage, paceMedia, recordMedia, sendMedia } from './support/recorded-media.ts';

const GRACE_MS = 3_000;
let media: MediaMessage[];
let clock: ManualClock;
let one: IngestHouse;
let two: IngestHouse;
beforeAll(async () => {
  media = await recordMedia({ seconds: 3 });
});
/** Two ingest nodes that share bus and directory. */
beforeEach(async () => {
  const config = { reconnectGraceMs: GRACE_MS };
  two = await openIngest({ config });
  clock = createManualClock(Date.now());
  one = await openIngest({ config, clock, shared: two });
});
afterEach(async () => {
  await one.close();
  await two.close();
});

const publishing = (house: IngestHouse) =>
  RtmpClient.publishing({ port: house.port(), key: 'key-alice' });
const topics = (house: IngestHouse) =>
  house.facts.map(({ topic }) => topic).filter((topic) => topic !== 'stream:changed');

test('an encoder that returns at another node continues its stream, which the first leaves alone', async () => {
  const first = await publishing(one);
  sendMedia(first, media);
  const before = await two.next('stream:live');
  first.close();
  await two.next('stream:interrupted');

  const second = await publishing(two);
  sendMedia(second, media);
  const after = await two.next('stream:live');
  expect(after.streamId).toBe(before.streamId);
  expect(after.source.run).toBe(2);
  expect(after.source.firstMediaMs).toBeGreaterThan(before.source.firstMediaMs);

  // At the first node the grace is over.
  clock.advance(GRACE_MS);
  await one.ingest.stop();
  expect(await two.directory.byChannel('alice')).toMatchObject({
    streamId: before.streamId,
    state: 'live',
  });
  second.close();
  await two.next('stream:ended');
  expect(await two.directory.byChannel('alice')).toBeNull();
  expect(topics(two)).toEqual([
    'stream:live',
    'stream:interrupted',
    'stream:live',
    'stream:interrupted',
    'stream:ended',
  ]);
});

test('an encoder that takes over at another node ends the one before within seconds', async () => {
  const stop = new AbortController();
  const first = await publishing(one);
  const sending = paceMedia(first, media, { signal: stop.signal });
  const before = await two.next('stream:live');
  const second = await publishing(two);
  sendMedia(second, media);
  expect((await two.next('stream:live')).streamId).toBe(before.streamId);
  await first.closed;
  stop.abort();
  await sending.catch(() => undefined);
  await one.logged('publisher gone');
  await one.ingest.stop();
  expect(topics(two)).toEqual(['stream:live', 'stream:live']);
  expect(await two.directory.byChannel('alice')).toMatchObject({ state: 'live' });
  second.close();
});
