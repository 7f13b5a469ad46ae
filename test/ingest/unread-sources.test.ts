import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FeedServer } from '../../ingest/feed-server.ts';
import { type UnreadFeed, UnreadFeeds } from '../../ingest/unread-feeds.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { readFeed } from './support/feed-reader.ts';

const clock = createManualClock();
const feeds = new FeedServer(clock);
beforeAll(() => feeds.listen());
afterAll(() => feeds.close());

let opened = 0;
/** A source of three frames, the second one a keyframe. */
function publish({ announced = true } = {}) {
  opened += 1;
  const feed = feeds.open(`unread${opened}`);
  if (announced) feed.setConfigs([{ type: 9, bytes: null }]);
  for (const mediaMs of [0, 40, 80]) {
    const bytes = Buffer.from([9, 0, 0, 2, 0, 0, mediaMs, 0, 0, 0, 0, 0x27, 1, 0, 0, 0, 13]);
    feed.push({ bytes, mediaMs, entry: mediaMs < 80, video: true });
  }
  return { feed, url: feeds.urlOf(feed) };
}
const statusOf = async (url: string) => (await fetch(url)).status;

describe('a source that ended before its reader came', () => {
  test('is handed over whole from its newest keyframe on, once', async () => {
    const { feed, url } = publish();
    feed.end();
    const reader = await readFeed(url);
    await reader.ended;
    expect(reader.response.complete).toBe(true);
    expect(reader.tags.map(({ timestampMs }) => timestampMs)).toEqual([40, 80]);
    expect(await statusOf(url)).toBe(404);
  });

  test('is gone after 15 seconds', async () => {
    const { feed, url } = publish();
    feed.end();
    clock.advance(14_999);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    clock.advance(1);
    expect(await statusOf(url)).toBe(404);
  });

  test('is not kept when it was never announced, or read before', async () => {
    const unknown = publish({ announced: false });
    unknown.feed.end();
    expect(await statusOf(unknown.url)).toBe(404);
    const read = publish();
    const reader = await readFeed(read.url);
    read.feed.end();
    await reader.ended;
    expect(await statusOf(read.url)).toBe(404);
  });
});

test('unread sources hold 64 MiB at most: the oldest go first', () => {
  const unread = new UnreadFeeds(clock);
  const forgotten: number[] = [];
  const feed = (id: number): UnreadFeed => ({
    bytes: 16 * 1024 * 1024,
    forget: () => forgotten.push(id),
  });
  for (const id of [1, 2, 3, 4, 5, 6]) unread.keep(feed(id));
  expect(forgotten).toEqual([1, 2]);
  unread.clear();
  expect(forgotten).toEqual([1, 2, 3, 4, 5, 6]);
});
