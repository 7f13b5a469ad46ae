import { expect, test } from 'vitest';
import { loggablePath } from '../../platform/loggable-path.ts';

test.each([
  ['/signin/a-code', '/signin/...'],
  ['/api/v1/sign-in-codes/a-code', '/api/v1/sign-in-codes/...'],
  ['/SignIn/a-code', '/SignIn/...'],
  ['/signin', '/signin'],
  ['/live/index.m3u8', '/live/index.m3u8'],
  ['/api/v1/channels/signin', '/api/v1/channels/signin'],
])('%s is logged as %s', (path, logged) => {
  expect(loggablePath(path)).toBe(logged);
});
