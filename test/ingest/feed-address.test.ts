import { afterAll, expect, test } from 'vitest';
import { FeedServer } from '../../ingest/feed-server.ts';
import { systemClock } from '../../platform/clock.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { readFeed } from './support/feed-reader.ts';
import { openIngest } from './support/ingest-house.ts';
import { recordMedia, sendMedia } from './support/recorded-media.ts';

/** Another address of this machine, as the one of a container on its network. */
const ADDRESS = '127.0.0.3';
const feeds = new FeedServer(systemClock, ADDRESS);
afterAll(() => feeds.close());

test('sources are read at the address that is given, and nowhere else', async () => {
  await feeds.listen();
  const feed = feeds.open('unguessable');
  feed.setConfigs([{ type: 9, bytes: null }]);
  const url = feeds.urlOf(feed);
  expect(new URL(url).hostname).toBe(ADDRESS);
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
  await expect(fetch(url.replace(ADDRESS, '127.0.0.1'))).rejects.toThrow();
  expect((await fetch(url.replace('unguessable', 'guessed'))).status).toBe(404);
  expect((await fetch(new URL('/', url))).status).toBe(404);
});

test('ingest announces its sources there, each under an id that nobody guesses', async () => {
  const house = await openIngest({ feedHost: ADDRESS });
  const client = await RtmpClient.publishing({ port: house.port(), key: 'key-alice' });
  sendMedia(client, await recordMedia({ seconds: 2 }));
  const { source } = await house.next('stream:live');
  expect(source.url).toMatch(/^http:\/\/127\.0\.0\.3:\d+\/source\/[\w-]{16,}$/);
  const feed = await readFeed(source.url);
  await feed.until(() => feed.frames().length > 5);
  client.close();
  await house.close();
});
