import { expect, test, vi } from 'vitest';
import { RtmpSession } from '../../ingest/rtmp-session.ts';

test('a connection costs no large buffer before it has sent anything', () => {
  const alloc = vi.spyOn(Buffer, 'alloc');
  const ignore = () => {};
  new RtmpSession({
    output: ignore,
    publish: ignore,
    media: ignore,
    metadata: ignore,
    stopped: ignore,
    failed: ignore,
  });
  const sizes = alloc.mock.calls.map(([size]) => size);
  alloc.mockRestore();
  expect(sizes).not.toEqual([]);
  expect(Math.max(...sizes)).toBeLessThan(4096);
});
