import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chunked, encodeAmf, RtmpClient } from '../support/rtmp-client.ts';
import { type FeedReader, readFeed } from './support/feed-reader.ts';
import { type IngestHouse, openIngest } from './support/ingest-house.ts';
import { type MediaMessage, recordMedia, sendMedia } from './support/recorded-media.ts';

let house: IngestHouse;
let bystander: RtmpClient;
let media: MediaMessage[];

beforeAll(async () => {
  media = await recordMedia({ seconds: 2 });
  house = await openIngest({ limits: { handshakeMs: 1000, publishMs: 1000, silenceMs: 300_000 } });
  bystander = await RtmpClient.publishing({ port: house.port(), key: 'key-bystander' });
  sendMedia(bystander, media);
  await house.next('stream:live');
});

afterAll(async () => {
  bystander.close();
  await house.close();
});

/** Whatever was done: the worker runs on, nobody else noticed, and the next encoder publishes. */
afterEach(async () => {
  expect(house.logs.filter(({ msg }) => msg === 'ingest worker ended')).toEqual([]);
  expect(bystander.isClosed).toBe(false);
  const next = await RtmpClient.publishing({ port: house.port(), key: 'key-next' });
  next.close();
  await next.closed;
});

const opened = async () => {
  const client = await RtmpClient.open({ port: house.port() });
  await client.handshake();
  return client;
};
const connected = async () => {
  const client = await opened();
  expect((await client.connect())?.name).toBe('_result');
  return client;
};

describe('a connection is closed, and nothing else disturbed, when it sends', () => {
  const command = (payload: Buffer) => chunked({ type: 20, payload }, 4096);
  const deep = Buffer.concat([
    encodeAmf('connect', 1),
    ...Array.from({ length: 3000 }, () => Buffer.from([3, 0, 1, 0x61])),
  ]);
  const attacks: Record<string, Buffer> = {
    'connect with a null command object': command(encodeAmf('connect', 1, null)),
    'connect without an application': command(encodeAmf('connect', 1, { tcUrl: 'rtmp://a/live' })),
    'connect with a numeric application': command(encodeAmf('connect', 1, { app: 7 })),
    'an unknown AMF type': command(Buffer.concat([encodeAmf('connect', 1), Buffer.from([0x42])])),
    'an AMF string longer than its message': command(Buffer.from([2, 0xff, 0xff, 0x61])),
    'an AMF object without an end': command(
      encodeAmf('connect', 1, { app: 'live' }).subarray(0, -3),
    ),
    'AMF that nests without end': command(deep),
    'a strict array of four thousand million': command(
      Buffer.concat([encodeAmf('connect', 1), Buffer.from([10, 0xff, 0xff, 0xff, 0xff])]),
    ),
    'a command of a megabyte': command(Buffer.alloc(1024 * 1024, 2)),
    'SetChunkSize without a size': chunked({ type: 1, payload: Buffer.alloc(1) }, 128),
    'SetChunkSize of 0': chunked({ type: 1, payload: Buffer.alloc(4) }, 128),
    'SetChunkSize of 2^31': chunked({ type: 1, payload: Buffer.from([0x80, 0, 0, 0]) }, 128),
    'a message that begins inside another': Buffer.concat([
      chunked({ type: 20, payload: Buffer.alloc(1000) }, 128).subarray(0, 12 + 128),
      chunked({ type: 20, payload: Buffer.alloc(9000) }, 128),
    ]),
    'createStream before connect': command(encodeAmf('createStream', 1, null)),
    'publish before connect': command(encodeAmf('publish', 1, null, 'key-next', 'live')),
    'more chunk streams than any encoder uses': Buffer.concat(
      Array.from({ length: 60 }, (_, index) =>
        chunked({ type: 20, payload: Buffer.alloc(999), chunkStream: index + 3 }, 128).subarray(
          0,
          140,
        ),
      ),
    ),
  };
  for (const [name, bytes] of Object.entries(attacks)) {
    test(name, async () => {
      const client = await opened();
      client.raw(bytes);
      await client.closed;
    });
  }

  test('a second publish on one connection: the first one is over, no channel stays locked', async () => {
    const client = await RtmpClient.publishing({ port: house.port(), key: 'key-twice' });
    expect((await client.publish('key-other'))?.code).not.toBe('NetStream.Publish.Start');
    await client.closed;
    const again = await RtmpClient.publishing({ port: house.port(), key: 'key-twice' });
    again.close();
  });
});

describe('an encoder with manners of its own is served:', () => {
  test('connect without tcUrl', async () => {
    const client = await opened();
    client.command('connect', 1, { app: 'live' });
    expect((await client.answer())?.name).toBe('_result');
    client.close();
  });

  test('metadata that cannot be read is ignored', async () => {
    const client = await RtmpClient.publishing({ port: house.port(), key: 'key-mute' });
    client.send({ type: 18, payload: Buffer.from([2, 0, 200, 1]), streamId: 1 });
    sendMedia(client, media);
    expect((await house.next('stream:live')).channel).toBe('mute');
    client.close();
  });

  test('an aborted message is forgotten', async () => {
    const client = await opened();
    const half = chunked({ type: 20, payload: Buffer.alloc(1000), chunkStream: 9 }, 128);
    client.raw(half.subarray(0, 12 + 128));
    client.send({ type: 2, payload: Buffer.from([0, 0, 0, 9]), chunkStream: 2 });
    client.raw(chunked({ type: 20, payload: encodeAmf('hello', 1), chunkStream: 9 }, 128));
    expect((await client.connect())?.name).toBe('_result');
    client.close();
  });
});

describe('no media reaches a stream from', () => {
  /** Frames that an encoder could send, told apart by their last bytes. */
  const marked = (mark: string) =>
    media.map((message) => {
      const payload = Buffer.from(message.payload);
      if (payload[1] === 1) payload.write(mark, payload.length - mark.length);
      return { ...message, payload };
    });
  const INTRUDER = 'INTRUDER';
  const OWN = 'ITS OWN.';
  const marksIn = (feed: FeedReader) =>
    new Set(feed.frames().map(({ body }) => body.toString('latin1', body.length - OWN.length)));

  /** Everything that reaches a stream while `attack` runs, and what its own encoder sends after it. */
  async function marksReaching(channel: string, encoder: RtmpClient, attack: () => Promise<void>) {
    const url = (await house.directory.byChannel(channel))?.source?.url ?? '';
    const feed = await readFeed(url);
    await attack();
    sendMedia(encoder, marked(OWN), 2000);
    await feed.until(() => marksIn(feed).has(OWN));
    feed.close();
    return marksIn(feed);
  }

  test('a player: play is refused with a reason', async () => {
    const marks = await marksReaching('bystander', bystander, async () => {
      const client = await connected();
      client.command('createStream', 2, null);
      await client.answer();
      client.send({ type: 20, streamId: 1, payload: encodeAmf('play', 3, null, 'key-bystander') });
      sendMedia(client, marked(INTRUDER));
      expect(await client.answer()).toMatchObject({ code: 'NetStream.Play.Failed' });
      sendMedia(client, marked(INTRUDER));
      await client.closed;
    });
    expect(marks).not.toContain(INTRUDER);
  });

  test('a connection that never publishes', async () => {
    const marks = await marksReaching('bystander', bystander, async () => {
      const client = await connected();
      sendMedia(client, marked(INTRUDER));
      await client.closed;
    });
    expect(marks).not.toContain(INTRUDER);
  });

  test('a connection that sends it before it may, its own stream neither', async () => {
    const marks = await marksReaching('bystander', bystander, async () => {
      const client = await connected();
      sendMedia(client, marked(INTRUDER));
      expect((await client.publish('key-early'))?.code).toBe('NetStream.Publish.Start');
      sendMedia(client, media);
      while ((await house.next('stream:live')).channel !== 'early');
      const own = await marksReaching('early', client, async () => {});
      expect(own).not.toContain(INTRUDER);
      client.close();
    });
    expect(marks).not.toContain(INTRUDER);
  });

  test.each(['FCUnpublish', 'deleteStream'])('a publisher behind its own %s', async (name) => {
    const client = await RtmpClient.publishing({ port: house.port(), key: 'key-stopped' });
    sendMedia(client, media);
    const { source, streamId } = await house.next('stream:live');
    const feed = await readFeed(source.url);
    client.command(name, 6, null, 1);
    sendMedia(client, media, 2000);
    await feed.ended;
    await client.closed;
    const announced = house.logs.filter(
      (line) => line['msg'] === 'source announced' && line['streamId'] === streamId,
    );
    expect(announced).toHaveLength(source.run);
  });

  test('a refused publisher that ignores the end: it is reset', async () => {
    const socket = createConnection({ port: house.port(), host: '127.0.0.1', allowHalfOpen: true });
    const client = new RtmpClient(socket);
    await client.handshake();
    await client.connect();
    expect((await client.publish('wrong'))?.code).toBe('NetStream.Publish.BadName');
    const flood = setInterval(() => sendMedia(client, media), 50);
    await client.closed;
    clearInterval(flood);
  });
});

describe('a first packet that is no RTMP handshake', () => {
  const ask = (bytes: Uint8Array | string) => {
    const socket = createConnection({ port: house.port(), host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write(bytes);
    return text(socket).catch(() => '');
  };

  test('of a browser is answered with where to go', async () => {
    expect(await ask('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('This is the RTMP port');
  });

  test('of TLS is cut and logged with the cure when there is no certificate', async () => {
    const tls = Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]);
    // Beside many others of the same second a line may be left out of the log.
    const reason = async () => {
      expect(await ask(tls)).toBe('');
      return house.logs.find(({ code }) => code === 'tls_off')?.['reason'];
    };
    await expect.poll(reason, { interval: 200, timeout: 5000 }).toContain('TLS_CERT');
  });

  test('of nobody is cut', async () => {
    expect(await ask(Buffer.alloc(5000, 0x99))).toBe('');
  });
});

test('a handshake that stops half-way is cut at its deadline', async () => {
  const client = await RtmpClient.open({ port: house.port() });
  client.raw(Buffer.concat([Buffer.from([3]), Buffer.alloc(700)]));
  await client.closed;
});

test('a connection that never publishes is cut at its deadline', async () => {
  const client = await connected();
  await client.closed;
});

test.each([
  ['begin a handshake', Buffer.concat([Buffer.from([3]), Buffer.alloc(700)])],
  ['finish a handshake', Buffer.concat([Buffer.from([3]), Buffer.alloc(3072)])],
])('beside five hundred connections that %s and stop an encoder publishes', async (_, bytes) => {
  const sockets = Array.from({ length: 500 }, () => {
    const socket = createConnection({ port: house.port(), host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write(bytes);
    return socket;
  });
  const crowded = (line: Record<string, unknown>) => line['code'] === 'crowded';
  await house.logged('connection cut', crowded);
  const encoder = await RtmpClient.publishing({ port: house.port(), key: 'key-crowded' });
  for (const socket of sockets) socket.destroy();
  encoder.close();
});

test('a thousand connections that never speak are cut, and encoders publish beside them', async () => {
  const sockets = Array.from({ length: 1000 }, () => {
    const socket = createConnection({ port: house.port(), host: '127.0.0.1' });
    socket.on('error', () => {});
    return socket;
  });
  const ends = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  const encoder = await RtmpClient.publishing({ port: house.port(), key: 'key-beside' });
  sendMedia(encoder, media);
  await Promise.all(ends);
  expect(encoder.isClosed).toBe(false);
  encoder.close();
});
