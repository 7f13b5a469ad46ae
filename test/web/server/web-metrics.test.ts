import { expect, test } from 'vitest';
import { readEvents } from './event-reader.ts';
import { serveWeb } from './serve-web.ts';

test('totals are there from the start and name no channel', async () => {
  await using web = await serveWeb();
  const read = async () => (await fetch(`${web.origin}/metrics`)).text();
  const before = await read();
  expect(before).toMatch(/^footlight_viewers 0$/m);
  expect(before).toMatch(/^footlight_event_connections 0$/m);
  expect(before).toMatch(/^footlight_event_connections_dropped_total 0$/m);
  expect(before).toMatch(/^footlight_http_request_seconds_count\{route="api"\} 0$/m);

  using events = await readEvents(`${web.origin}/events?watching=alpha&watching=beta`);
  await events.next();
  await fetch(`${web.origin}/api/v1/channels/alpha`);
  await fetch(`${web.origin}/alpha`);
  await fetch(`${web.origin}/assets/main-abc123.js`);
  const after = await read();
  expect(after).toMatch(/^footlight_viewers 2$/m);
  expect(after).toMatch(/^footlight_event_connections 1$/m);
  for (const route of ['api', 'page', 'asset'])
    expect(after).toContain(`footlight_http_request_seconds_count{route="${route}"} 1`);
  expect(after).not.toContain('alpha');
});
