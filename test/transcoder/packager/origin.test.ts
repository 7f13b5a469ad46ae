import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_MEDIA_MS } from '../../../platform/stream.ts';
import type { PackagerRun } from '../../../transcoder/packager/stream-packager.ts';
import { feed, type Recording, record } from '../../support/flv-feeder.ts';
import {
  audioPlan,
  beginRun,
  type PackagerLive,
  startPackager,
  videoPlan,
} from '../../support/packager-live.ts';

let recording: Recording;
let live: PackagerLive;
let run: PackagerRun;
const plan = [videoPlan('source'), videoPlan('360p', false), audioPlan];
const at = (path: string) => `${live.live.url}/live/demo/stream1/${path}`;
const text = async (path: string, init?: RequestInit) => (await fetch(at(path), init)).text();
const status = async (path: string) => {
  const response = await fetch(at(path));
  await response.arrayBuffer();
  return response.status;
};
const lastOf = (playlist: string) => {
  const segments = [...playlist.matchAll(/^seg-(\d+)/gm)];
  const open = playlist.split(/^seg-\d+\.m4s$/m).at(-1) ?? '';
  return {
    msn: Number(segments.at(-1)?.[1]),
    openParts: [...open.matchAll(/EXT-X-PART:/g)].length,
  };
};

/** A request whose URL is sent as it stands, dots and all. */
function raw(path: string): Promise<number> {
  const { port } = new URL(live.live.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end();
  });
}

/** Waits until so many requests wait for a part. */
async function blockedCount(): Promise<number> {
  const { blockedRequests } = await import('../../../transcoder/packager/metrics.ts');
  return (await blockedRequests.get()).values[0]?.value ?? 0;
}
async function untilBlocked(count: number): Promise<void> {
  while ((await blockedCount()) !== count) await new Promise((next) => setTimeout(next, 2));
}

beforeAll(async () => {
  recording = await record({ seconds: 5 });
  live = await startPackager({ maxBlocked: 3 });
  run = beginRun(live.packager, plan);
  const cutAt = recording.tags.findIndex(({ timestampMs }) => timestampMs > 4500);
  const withheld = { ...recording, tags: recording.tags.slice(0, cutAt) };
  await feed(run, withheld, { speed: 1000, videos: ['source', '360p'] });
});

afterAll(async () => {
  await live.packager.end();
  await live.live.close();
});

/** One more part of the source rendition. */
async function publishOnePart(): Promise<void> {
  const { writeFlvTag } = await import('../../../platform/media/flv-tag.ts');
  const before = live.packager.publishedMs();
  for (const { type, timestampMs, body } of recording.tags) {
    if (type !== 'video' || timestampMs <= 4500) continue;
    const bytes = writeFlvTag({ type, timestampMs: timestampMs + FIRST_MEDIA_MS, body });
    run.push('source', bytes);
    if (live.packager.publishedMs() !== before) return;
  }
}

describe('the addresses of a channel', () => {
  it('give the multivariant playlist with measured facts', async () => {
    const response = await fetch(live.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    const playlist = await response.text();
    expect(playlist).toMatch(
      /CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2",RESOLUTION=320x180,FRAME-RATE=30\.000,AUDIO="audio"\nstream1\/source\/index\.m3u8/,
    );
    expect(Number(/AVERAGE-BANDWIDTH=(\d+)/.exec(playlist)?.[1])).toBeGreaterThan(50_000);
  });

  it('are case-insensitive, and unknown ones are 404 with a reason', async () => {
    expect((await fetch(live.url.replace('demo', 'DEMO'))).status).toBe(200);
    const unknown = await fetch(`${live.live.url}/live/nobody/index.m3u8`);
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toBe('This channel is not live.\n');
    expect(unknown.headers.get('cache-control')).toBe('public, max-age=1');
    expect(unknown.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('never leave their folder', async () => {
    const paths = [
      '../../../etc/passwd',
      'source/../../x',
      'source/%2e%2e/index.m3u8',
      'source/seg-1.m4s/..',
      'source//seg-1.m4s',
      'audio/seg-99.m4s',
      'x/index.m3u8',
      '__proto__/index.m3u8',
      'source/constructor',
    ];
    for (const path of paths) expect(await raw(`/live/demo/stream1/${path}`)).toBe(404);
    expect(await raw('/live/../index.m3u8')).toBe(404);
    expect(await raw('/live/__proto__/index.m3u8')).toBe(404);
  });

  it('answer OPTIONS for any origin, and no other method', async () => {
    const options = await fetch(live.url, { method: 'OPTIONS' });
    expect(options.status).toBe(204);
    expect(options.headers.get('access-control-allow-methods')).toContain('GET');
    expect((await fetch(live.url, { method: 'POST' })).status).toBe(405);
  });
});

describe('every answer', () => {
  it('forbids sniffing', async () => {
    const paths = ['index.m3u8', 'source/index.m3u8', 'source/seg-1.m4s', 'source/seg-99.m4s'];
    for (const path of paths) {
      const { headers } = await fetch(at(path));
      expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
    }
  });
});

describe('playlists', () => {
  it('are compressed for those who can, with their own tag, and vary by it', async () => {
    const zipped = await fetch(at('source/index.m3u8'), { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(zipped.headers.get('vary')).toBe('accept-encoding');
    const { port } = new URL(live.live.url);
    const bytes = await new Promise<Buffer>((resolve) => {
      request(
        {
          port,
          path: '/live/demo/stream1/source/index.m3u8',
          headers: { 'accept-encoding': 'gzip' },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
        },
      ).end();
    });
    const plain = await text('source/index.m3u8', { headers: { 'accept-encoding': 'identity' } });
    expect(gunzipSync(bytes).toString()).toBe(plain);
  });

  it('answer 304 to their own tag', async () => {
    const first = await fetch(at('audio/index.m3u8'));
    await first.text();
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(at('audio/index.m3u8'), { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
  });

  it('refuse directives that make no sense with 400 and a reason', async () => {
    const { msn } = lastOf(await text('source/index.m3u8'));
    for (const query of [
      '_HLS_part=1',
      '_HLS_msn=abc',
      '_HLS_msn=-1',
      `_HLS_msn=${msn + 3}`,
      `_HLS_msn=${msn + 1}&_HLS_part=90`,
      '_HLS_skip=maybe',
    ]) {
      const response = await fetch(at(`source/index.m3u8?${query}`));
      expect([query, response.status]).toEqual([query, 400]);
      expect((await response.text()).length).toBeGreaterThan(10);
    }
  });

  it('wait for the part that was asked for, and go to all who wait in the same rendering', async () => {
    const { msn, openParts } = lastOf(await text('source/index.m3u8'));
    const query = `source/index.m3u8?_HLS_msn=${msn + 1}&_HLS_part=${openParts}`;
    const asked = [fetch(at(query)), fetch(at(query))];
    await untilBlocked(2);
    await publishOnePart();
    const answers = await Promise.all(asked);
    const etags = answers.map((answer) => answer.headers.get('etag'));
    expect(etags[0]).toBe(etags[1]);
    expect(answers[0]?.headers.get('cache-control')).toBe('public, max-age=4');
    const playlists = await Promise.all(answers.map((answer) => answer.text()));
    expect(lastOf(playlists[0] ?? '').openParts).toBe(openParts + 1);
    expect(await blockedCount()).toBe(0);
  });

  it('forget those who hang up, and refuse more than may wait', async () => {
    const { msn } = lastOf(await text('360p/index.m3u8'));
    const query = `360p/index.m3u8?_HLS_msn=${msn + 1}`;
    const gone = new AbortController();
    const waiting = [1, 2, 3].map(() =>
      fetch(at(query), { signal: gone.signal }).catch(() => null),
    );
    await untilBlocked(3);
    const refused = await fetch(at(query));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    gone.abort();
    await Promise.all(waiting);
    await untilBlocked(0);
  });
});

describe('media', () => {
  it('is immutable, taggable and can be had in ranges', async () => {
    const whole = await fetch(at('source/seg-1.m4s'));
    expect(whole.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const bytes = Buffer.from(await whole.arrayBuffer());
    const etag = whole.headers.get('etag') ?? '';
    const cached = await fetch(at('source/seg-1.m4s'), { headers: { 'if-none-match': etag } });
    expect(cached.status).toBe(304);
    const range = await fetch(at('source/seg-1.m4s'), { headers: { range: 'bytes=100-20000' } });
    expect(range.status).toBe(206);
    expect(range.headers.get('content-range')).toBe(`bytes 100-20000/${bytes.length}`);
    expect(Buffer.from(await range.arrayBuffer()).equals(bytes.subarray(100, 20_001))).toBe(true);
    const beyond = await fetch(at('source/seg-1.m4s'), {
      headers: { range: `bytes=${bytes.length}-` },
    });
    expect(beyond.status).toBe(416);
    const head = await fetch(at('source/seg-1.m4s'), { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  it('of the preload hint is waited for', async () => {
    const hint =
      /PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(await text('source/index.m3u8'))?.[1] ?? '';
    const asked = fetch(at(`source/${hint}`));
    await untilBlocked(1);
    await publishOnePart();
    const answer = await asked;
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
    const early = await fetch(at('source/part-9999.m4s'));
    expect([early.status, early.headers.get('cache-control')]).toEqual([404, 'no-store']);
  });

  it('of a thumbnail is a picture', async () => {
    expect(await status('thumbnail.jpg')).toBe(404);
    live.packager.setThumbnail(Buffer.from([0xff, 0xd8, 0xff]));
    const picture = await fetch(at('thumbnail.jpg'));
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    await picture.arrayBuffer();
  });

  it('of the newest keyframe is an init segment and a part that begins with it', () => {
    const bytes = live.packager.newestKeyframe();
    expect(bytes?.subarray(4, 8).toString()).toBe('ftyp');
    expect(bytes?.includes('moof')).toBe(true);
  });
});

describe('a rendition that is shed', () => {
  it('answers 410, also to those who wait', async () => {
    const { msn } = lastOf(await text('360p/index.m3u8'));
    const waiting = fetch(at(`360p/index.m3u8?_HLS_msn=${msn + 2}`));
    await untilBlocked(1);
    run = beginRun(live.packager, [videoPlan('source'), audioPlan], FIRST_MEDIA_MS + 6000);
    expect((await waiting).status).toBe(410);
    expect(await status('360p/index.m3u8')).toBe(410);
    expect(await text('index.m3u8')).not.toContain('360p');
  });
});

describe('the end of a stream', () => {
  it('closes the playlists at once, and the channel is offline', async () => {
    const { msn } = lastOf(await text('source/index.m3u8'));
    const waiting = fetch(at(`source/index.m3u8?_HLS_msn=${msn + 1}&_HLS_part=0`));
    await untilBlocked(1);
    await live.packager.end();
    expect(await (await waiting).text()).toContain('#EXT-X-ENDLIST');
    const final = await text('source/index.m3u8?_HLS_msn=9999');
    expect(final).toContain('#EXT-X-ENDLIST');
    expect(final).not.toMatch(/PRELOAD-HINT|RENDITION-REPORT|EXT-X-SKIP/);
    const channel = await fetch(live.url);
    expect(channel.status).toBe(404);
    expect(await channel.text()).toBe('The stream of this channel has ended.\n');
    expect(await status('source/seg-1.m4s')).toBe(200);
  });
});
