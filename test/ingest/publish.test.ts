import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEncoder } from '../support/encoder.ts';
import { RtmpClient } from '../support/rtmp-client.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { type MediaMessage, recordMedia, sendMedia } from './support/recorded-media.ts';

let house: IngestHouse;
let media: MediaMessage[];
let checkKey = async () => {};

beforeAll(async () => {
  media = await recordMedia({ seconds: 2 });
  house = await openIngest();
  const { byStreamKey } = house.channels;
  house.channels.byStreamKey = async (key) => {
    await checkKey();
    return byStreamKey(key);
  };
});
afterAll(() => house.close());

const connected = async (app?: string) => {
  const client = await RtmpClient.open({ port: house.port() });
  await client.handshake();
  const answer = await client.connect(app === undefined ? {} : { app });
  return { client, answer };
};

test('an unknown key makes ffmpeg exit with an error that says what to check', async () => {
  const { code, stderr } = await startEncoder({ url: house.url('key-typo!'), seconds: 5 }).exited;
  expect(code).not.toBe(0);
  expect(stderr).toContain('Check the stream key');
});

test('an unknown key is answered with BadName, then the connection is over', async () => {
  const { client } = await connected();
  expect(await client.publish('nobody')).toMatchObject({ code: 'NetStream.Publish.BadName' });
  await client.closed;
});

test.each([null, 42, '', '?only=query'])(
  'publishing as %j is answered with BadName',
  async (key) => {
    const { client } = await connected();
    const answer = await client.publish(key);
    expect(answer?.code).toBe('NetStream.Publish.BadName');
    expect(answer?.description).toContain('no stream key');
    await client.closed;
  },
);

test('an application other than live is refused with the address to set', async () => {
  const { client, answer } = await connected('vod');
  expect(answer?.code).toBe('NetConnection.Connect.Rejected');
  expect(answer?.description).toContain('/live');
  await client.closed;
});

test('a query behind the key is not part of it', async () => {
  const { client } = await connected();
  expect((await client.publish('key-query?token=1&x'))?.code).toBe('NetStream.Publish.Start');
  client.close();
});

test('the key may stand in the path of the server instead', async () => {
  const { client } = await connected('live/key-inpath');
  expect((await client.publish(''))?.code).toBe('NetStream.Publish.Start');
  sendMedia(client, media);
  expect((await house.next('stream:live')).channel).toBe('inpath');
  client.close();
});

test('a source is logged without the address that its media can be read from', async () => {
  const client = await RtmpClient.publishing({ port: house.port(), key: 'key-logged' });
  sendMedia(client, media);
  const { source } = await house.next('stream:live');
  expect(
    await house.logged('source announced', (line) => line['sourceId'] === source.id),
  ).toMatchObject({
    run: 1,
    codec: 'h264',
    width: 160,
    height: 90,
  });
  expect(JSON.stringify(house.logs)).not.toContain(new URL(source.url).host);
  client.close();
});

test('no publish is answered before its key is checked, and nothing stays when it leaves meanwhile', async () => {
  let release = () => {};
  const asked = new Promise<void>((isAsked) => {
    checkKey = async () => {
      isAsked();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    };
  });
  const { client } = await connected();
  const answer = client.publish('key-slow');
  await asked;
  sendMedia(client, media);
  expect(client.answers).toEqual([]);
  client.close();
  expect(await answer).toBeNull();
  checkKey = async () => {};
  release();
  const isSlow = ({ channel }: Record<string, unknown>) => channel === 'slow';
  const { publisherId } = await house.logged('publisher accepted', isSlow);
  await house.logged('publisher gone', (line) => line['publisherId'] === publisherId);
  await expect.poll(() => house.directory.byChannel('slow')).toBeNull();
});

test('after ten wrong keys a minute their answer is delayed, a right key is not', async () => {
  const guess = async () => {
    const { client } = await connected();
    const beganAt = performance.now();
    const answer = await client.publish('guess');
    client.close();
    return { code: answer?.code, ms: performance.now() - beganAt };
  };
  let longestMs = 0;
  for (let tries = 0; tries < 11 && longestMs < 1500; tries++) longestMs = (await guess()).ms;
  expect(longestMs).toBeGreaterThan(1500);
  const guesses = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const { client } = await connected();
      return { client, answer: client.publish('guess') };
    }),
  );
  // Eight answers wait now, which is all that one address gets.
  const first = await Promise.race(guesses.map(({ answer }) => answer));
  expect(first?.description).toContain('Too many wrong stream keys');
  const right = await RtmpClient.publishing({ port: house.port(), key: 'key-right' });
  right.close();
  for (const { client } of guesses) client.close();
});

test('a key is in no log line', () => {
  const lines = JSON.stringify(house.logs);
  for (const key of ['key-query', 'key-inpath', 'key-slow', 'key-typo', 'guess', 'nobody']) {
    expect(lines).not.toContain(key);
  }
});
