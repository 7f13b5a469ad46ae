import { expect, test } from 'vitest';
import { type ServeOptions, serveWeb } from './serve-web.ts';

const headersOf = async (path: string, options: ServeOptions = {}) => {
  await using web = await serveWeb(options);
  const { headers } = await fetch(web.origin + path);
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(' ');
      return [name, values.join(' ')] as const;
    }),
  );
  return { headers, policy };
};

test.each(['/', '/alpha', '/gamma', '/embed/alpha', '/alpha/x'])(
  '%s runs scripts from its own files alone',
  async (path) => {
    const { policy } = await headersOf(path);
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('script-src-attr')).toBe("'none'");
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('object-src')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(policy.get('form-action')).toBe("'self'");
    expect(policy.get('worker-src')).toBe("'self' blob:");
    expect(policy.get('media-src')).toBe("'self' blob:");
    expect(policy.get('connect-src')).toBe("'self'");
  },
);

test.each(['/', '/alpha', '/gamma', '/alpha/x', '/api/v1/channels'])(
  'nobody may frame %s',
  async (path) => {
    const { headers, policy } = await headersOf(path);
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  },
);

test('everybody may frame an embed', async () => {
  const { headers, policy } = await headersOf('/embed/alpha');
  expect(policy.get('frame-ancestors')).toBe('*');
  expect(headers.get('x-frame-options')).toBeNull();
});

test('media may come from CDN_URL', async () => {
  const { policy } = await headersOf('/alpha', {
    config: { cdnUrl: 'https://cdn.example:8443/some/path' },
  });
  expect(policy.get('media-src')).toBe("'self' blob: https://cdn.example:8443");
  expect(policy.get('connect-src')).toBe("'self' https://cdn.example:8443");
  expect(policy.get('img-src')).toBe("'self' data: blob: https://cdn.example:8443");
  expect(policy.get('script-src')).toBe("'self'");
});

test.each([
  '/',
  '/alpha',
  '/embed/alpha',
  '/favicon.svg',
  '/assets/main-abc123.js',
  '/api/v1/channels',
])('%s is not guessed at and tells other sites little', async (path) => {
  const { headers } = await headersOf(path);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
  expect(headers.get('permissions-policy')).toContain('geolocation=()');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('set-cookie')).toBeNull();
});

test('a worker script carries the policy of the pages', async () => {
  const { policy } = await headersOf('/assets/main-abc123.js');
  expect(policy.get('script-src')).toBe("'self'");
  expect(policy.get('connect-src')).toBe("'self'");
});

test('HTTPS is insisted on only where there is TLS', async () => {
  const hsts = 'strict-transport-security';
  expect((await headersOf('/')).headers.get(hsts)).toBeNull();
  const tls = { certPath: '/c', keyPath: '/k' };
  expect((await headersOf('/', { config: { tls } })).headers.get(hsts)).toBe('max-age=15552000');
});
