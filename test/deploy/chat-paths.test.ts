import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from '../support/product.ts';

const pathsIn = (folder: string): string[] =>
  readdirSync(join(PROJECT, folder))
    .filter((file) => file.endsWith('.ts') && !file.startsWith('openapi'))
    .flatMap((file) => [
      ...readFileSync(join(PROJECT, folder, file), 'utf8').matchAll(/'(?:\/api)?(\/v1\/[^']+)'/g),
    ])
    .map(([, path]) => `/api${path}`.replaceAll(/:\w+/g, 'name'));

it('what chat answers below /api goes to its nodes, and nothing of web does', () => {
  const settings = readFileSync(join(PROJECT, 'deploy/chat-paths.conf'), 'utf8');
  const location = new RegExp(/^location ~ (\S+) \{$/m.exec(settings)?.[1] ?? 'none');
  const [chat, web] = [pathsIn('chat/http'), pathsIn('web/server')];
  expect(chat).toContain('/api/v1/channels/name/messages');
  expect(chat.filter((path) => !location.test(path))).toEqual([]);
  expect(web).toContain('/api/v1/channels/name/follow');
  expect(web.filter((path) => location.test(path))).toEqual([]);
});
