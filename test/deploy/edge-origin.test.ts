import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NginxEdge, startNginxEdge } from '../../bench/support/nginx-edge.ts';
import { type PackagerOrigin, startPackagerOrigin } from '../../bench/support/packager-origin.ts';
import { watchAs } from '../../bench/support/viewer-load.ts';

const VIEWERS = 200;

let origin: PackagerOrigin;
let edge: NginxEdge;

beforeAll(async () => {
  origin = await startPackagerOrigin({ seconds: 2, nodeArgs: [] });
  edge = await startNginxEdge(origin.port);
});
afterAll(async () => {
  await edge?.stop();
  await origin?.stop();
});

describe('a live stream behind the edge', () => {
  it('costs the origin one request for each part and playlist, whatever the audience', async () => {
    const watched = await watchAs({
      host: '127.0.0.1',
      port: edge.httpPort,
      playlistPaths: Object.values(origin.playlistPaths),
      viewers: VIEWERS,
      fetchesParts: true,
      joinMs: 300,
      settleMs: 0,
      measureMs: 2500,
    });
    const { requests } = await origin.report();
    const repeated = Object.entries(requests).filter(
      ([url, count]) => count > 1 && !url.endsWith('.m3u8'),
    );
    expect(watched).toMatchObject({ refused: 0, lost: 0 });
    expect(watched.answers).toBeGreaterThan(VIEWERS * 2);
    expect(Object.keys(requests).some((url) => url.includes('_HLS_part'))).toBe(true);
    expect(repeated).toEqual([]);
  });
});
