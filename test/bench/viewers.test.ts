import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerDelays } from '../../bench/support/part-delays.ts';
import { monotonicMs } from '../../bench/support/statistics.ts';
import { watchAs } from '../../bench/support/viewer-load.ts';

const PLAYLIST = '/live/show/s/720p/index.m3u8';
const HINT = '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n';
const LATE_MS = 40;

/** A stream of one endless segment; each answer to a blocked request is held back LATE_MS. */
const published: { playlistPath: string; part: string; atMs: number }[] = [];
const waiting: (() => void)[] = [];
let server: Server;
let ticking: NodeJS.Timeout;

function playlist(): string {
  const parts = published.map((_, i) => `#EXT-X-PART:DURATION=0.1,URI="part-${i}.m4s"\n`);
  return HINT + parts.join('');
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const send = (body: string) =>
      response.writeHead(200, { 'content-length': String(body.length) }).end(body);
    if (!request.url?.startsWith(PLAYLIST)) send('media');
    else if (request.url === PLAYLIST) send(playlist());
    else waiting.push(() => send(playlist()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ticking = setInterval(() => {
    const part = `0.${published.length}`;
    published.push({ playlistPath: PLAYLIST, part, atMs: monotonicMs() });
    const answers = waiting.splice(0);
    setTimeout(() => {
      for (const answer of answers) answer();
    }, LATE_MS);
  }, 100);
});
afterAll(() => {
  clearInterval(ticking);
  server.closeAllConnections();
  server.close();
});

describe('a load of blocked viewers', () => {
  it('measures each answer from the moment at which its part existed', async () => {
    const report = await watchAs({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      playlistPaths: [PLAYLIST],
      viewers: 20,
      fetchesParts: true,
      joinMs: 100,
      settleMs: 300,
      measureMs: 1000,
    });
    const origin = { parts: published, requests: {} };
    const playlists = answerDelays(report, origin, 'playlist');
    const parts = answerDelays(report, origin, 'part');
    expect(report).toMatchObject({ refused: 0, lost: 0 });
    expect(playlists.count).toBeGreaterThan(20);
    expect(Math.min(...playlists.medians)).toBeGreaterThan(LATE_MS - 2);
    expect(Math.min(...parts.medians)).toBeGreaterThan(Math.min(...playlists.medians));
  });
});
