import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEncoder } from '../support/encoder.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { readFeed } from './support/feed-reader.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { type MediaMessage, paceMedia, recordMedia, sendMedia } from './support/recorded-media.ts';

let media: MediaMessage[];
beforeAll(async () => {
  media = await recordMedia({ seconds: 3 });
});

const publishing = (house: IngestHouse, channel: string) =>
  RtmpClient.publishing({ port: house.port(), key: `key-${channel}` });

describe('while the grace lasts', () => {
  let house: IngestHouse;
  beforeAll(async () => {
    house = await openIngest({ config: { reconnectGraceMs: 60_000 } });
  });
  afterAll(() => house.close());

  test('a lost encoder that returns continues its stream: same id, next run, a growing timeline', async () => {
    const first = await publishing(house, 'alice');
    sendMedia(first, media);
    const before = await house.next('stream:live');
    first.close();
    const interrupted = await house.next('stream:interrupted');
    expect(interrupted).toMatchObject({ streamId: before.streamId, reason: 'lost' });
    expect(await house.directory.byChannel('alice')).toMatchObject({
      state: 'interrupted',
      graceEndsAt: interrupted.graceEndsAt,
    });

    const second = await publishing(house, 'alice');
    sendMedia(second, media);
    const after = await house.next('stream:live');
    expect(after.streamId).toBe(before.streamId);
    expect(after.startedAt).toBe(before.startedAt);
    expect(after.source.run).toBe(2);
    // Three seconds of media came at once: the second run begins behind them.
    expect(after.source.firstMediaMs).toBeGreaterThan(before.source.firstMediaMs + 2900);
    second.close();
    await house.next('stream:interrupted');
  });

  test('an encoder that stops in good order is told from one that was lost', async () => {
    const encoder = startEncoder({ url: house.url('key-bob') });
    await house.next('stream:live');
    await encoder.stop();
    expect(await house.next('stream:interrupted')).toMatchObject({
      channel: 'bob',
      reason: 'stopped',
    });
  });

  test('an encoder that returns and leaves without media does not lengthen the grace', async () => {
    const first = await publishing(house, 'carol');
    sendMedia(first, media);
    await house.next('stream:live');
    first.close();
    const { graceEndsAt } = await house.next('stream:interrupted');
    const second = await publishing(house, 'carol');
    second.close();
    expect((await house.next('stream:interrupted')).graceEndsAt).toBe(graceEndsAt);
  });

  test('an encoder refused in the middle leaves the reason with its stream', async () => {
    const client = await publishing(house, 'erin');
    sendMedia(client, media);
    await house.next('stream:live');
    client.send({ type: 9, payload: Buffer.alloc(20, 0x12), streamId: 1, chunkStream: 6 });
    await client.closed;
    await house.next('stream:interrupted');
    const { ingestAdvice } = (await house.directory.byChannel('erin')) ?? {};
    expect(ingestAdvice).toMatchObject([{ code: 'video_codec_unsupported', level: 'error' }]);
  });

  test('a reset key closes the encoder on the old one', async () => {
    const client = await publishing(house, 'dave');
    sendMedia(client, media);
    await house.next('stream:live');
    await house.channels.resetKey('dave');
    house.bus.publish('channel:key-reset', { channel: 'dave' });
    const answer = await client.answer();
    expect(answer?.code).toBe('NetStream.Publish.BadName');
    expect(answer?.description).toContain('was reset');
    await client.closed;
  });

  test('an encoder that publishes with the new key before the reset is told of stays', async () => {
    const older = await publishing(house, 'frank');
    const key = await house.channels.resetKey('frank');
    const newer = await RtmpClient.publishing({ port: house.port(), key });
    await older.closed;
    house.bus.publish('channel:key-reset', { channel: 'frank' });
    sendMedia(newer, media);
    while ((await house.next('stream:live')).channel !== 'frank');
    const measured = async () => (await house.directory.byChannel('frank'))?.publisher?.codec;
    while ((await measured()) !== 'h264') await house.next('stream:changed');
    expect(newer.answers).toEqual([]);
    expect(newer.isClosed).toBe(false);
    newer.close();
  });

  test('an encoder whose old key was being checked during the reset is refused', async () => {
    const asked = Promise.withResolvers<void>();
    const check = Promise.withResolvers<void>();
    const { byStreamKey } = house.channels;
    house.channels.byStreamKey = async (key) => {
      const channel = await byStreamKey(key);
      asked.resolve();
      await check.promise;
      return channel;
    };
    const client = await RtmpClient.open({ port: house.port() });
    await client.handshake();
    await client.connect();
    const answer = client.publish('key-grace');
    await asked.promise;
    house.channels.byStreamKey = byStreamKey;
    await house.channels.resetKey('grace');
    house.bus.publish('channel:key-reset', { channel: 'grace' });
    check.resolve();
    expect((await answer)?.description).toContain('was reset');
    await client.closed;
    await expect.poll(() => house.directory.byChannel('grace')).toBeNull();
  });
});

describe('when the grace is over', () => {
  let house: IngestHouse;
  beforeAll(async () => {
    house = await openIngest({ config: { reconnectGraceMs: 300 } });
  });
  afterAll(() => house.close());

  test('the stream ends, the channel knows when it was last live, and the next one is a new stream', async () => {
    const first = await publishing(house, 'alice');
    sendMedia(first, media);
    const live = await house.next('stream:live');
    first.close();
    const ended = await house.next('stream:ended');
    expect(ended.streamId).toBe(live.streamId);
    expect(await house.directory.byChannel('alice')).toBeNull();
    const second = await publishing(house, 'alice');
    sendMedia(second, media);
    const next = await house.next('stream:live');
    expect(next.streamId).not.toBe(live.streamId);
    expect(next.source.run).toBe(1);
    expect(house.lastLive.get('alice')).toBe(ended.endedAt);
    second.close();
    await house.next('stream:ended');
  });

  test('a new stream begins at once while the old one is still ending', async () => {
    const { endStream } = house.directory;
    let finishEnding = () => {};
    const ending = new Promise<void>((resolve) => {
      house.directory.endStream = async (streamId, run) => {
        resolve();
        await new Promise<void>((finish) => {
          finishEnding = finish;
        });
        return endStream(streamId, run);
      };
    });
    const first = await publishing(house, 'bob');
    sendMedia(first, media);
    const old = await house.next('stream:live');
    first.close();
    await ending;
    const second = publishing(house, 'bob');
    house.directory.endStream = endStream;
    finishEnding();
    sendMedia(await second, media);
    expect((await house.next('stream:live')).streamId).not.toBe(old.streamId);
    (await second).close();
    await house.next('stream:ended');
    await house.next('stream:ended');
  });

  test('a publisher that never showed anything leaves no stream behind', async () => {
    const client = await publishing(house, 'carol');
    client.close();
    await client.closed;
    await house.logged('publisher gone');
    expect(house.facts.filter(({ fact }) => fact.channel === 'carol')).toEqual([]);
  });
});

describe('two encoders with one key', () => {
  let house: IngestHouse;
  beforeAll(async () => {
    house = await openIngest({ config: { reconnectGraceMs: 20_000 } });
  });
  afterAll(() => house.close());

  /** As OBS: sends what it has, and comes back two seconds after it was cut. */
  function stubborn(channel: string) {
    const stop = new AbortController();
    const attempts: (string | null)[] = [];
    const run = async () => {
      while (!stop.signal.aborted) {
        const client = await RtmpClient.open({ port: house.port() });
        await client.handshake();
        await client.connect();
        const answer = await client.publish(`key-${channel}`);
        attempts.push(answer?.code ?? null);
        if (answer?.code === 'NetStream.Publish.Start') {
          for (let shiftMs = 0; !client.isClosed && !stop.signal.aborted; shiftMs += 3000) {
            await paceMedia(client, media, { shiftMs, signal: stop.signal });
          }
          attempts.push((await Promise.race([client.answer(), stopped]))?.code ?? null);
        }
        client.close();
        if (!stop.signal.aborted) await Promise.race([sleep(2000), stopped]);
      }
    };
    const stopped = new Promise<null>((resolve) => {
      stop.signal.addEventListener('abort', () => resolve(null));
    });
    const done = run();
    return { attempts, stop: () => stop.abort(), done };
  }
  const sleep = (ms: number) => new Promise<null>((resolve) => setTimeout(resolve, ms, null));

  test('the newer stays though both reconnect, and the older may come when it stops', async () => {
    const older = stubborn('alice');
    await house.next('stream:live');
    const newer = stubborn('alice');
    expect((await house.next('stream:live')).source.run).toBe(2);
    while (older.attempts.length < 4) await sleep(100);
    expect(older.attempts.slice(0, 4)).toEqual([
      'NetStream.Publish.Start',
      ...Array(3).fill('NetStream.Publish.BadName'),
    ]);
    expect(newer.attempts).toEqual(['NetStream.Publish.Start']);
    newer.stop();
    await newer.done;
    expect((await house.next('stream:live')).source.run).toBe(3);
    older.stop();
    await older.done;
  });

  test('media time goes on behind what the older one sent ahead of time', async () => {
    const older = await publishing(house, 'carol');
    sendMedia(older, media);
    const before = (await house.next('stream:live')).source;
    const newer = await publishing(house, 'carol');
    sendMedia(newer, media);
    const after = (await house.next('stream:live')).source;
    expect(after.firstMediaMs).toBeGreaterThan(before.firstMediaMs + 2900);
    await older.closed;
    newer.close();
  });

  test('an older one that ignores the end and sends on is reset, and none of it is shown', async () => {
    const socket = createConnection({ port: house.port(), host: '127.0.0.1', allowHalfOpen: true });
    const older = new RtmpClient(socket);
    await older.handshake();
    await older.connect();
    await older.publish('key-dave');
    sendMedia(older, media);
    const { source } = await house.next('stream:live');
    const feed = await readFeed(source.url);
    const newer = await publishing(house, 'dave');
    const flood = setInterval(() => sendMedia(older, media), 50);
    expect((await older.answer())?.code).toBe('NetStream.Publish.BadName');
    await feed.ended;
    await older.closed;
    clearInterval(flood);
    expect(newer.isClosed).toBe(false);
    expect(
      house.facts.filter(({ fact }) => fact.channel === 'dave' && 'source' in fact),
    ).toHaveLength(1);
    newer.close();
  });

  test('of ffmpeg the older exits with an error when the newer one takes over', async () => {
    const older = startEncoder({ url: house.url('key-bob') });
    const { streamId } = await house.next('stream:live');
    const newer = startEncoder({ url: house.url('key-bob') });
    expect((await house.next('stream:live')).streamId).toBe(streamId);
    expect((await older.exited).code).not.toBe(0);
    await newer.stop();
  });
});
