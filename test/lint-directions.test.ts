import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT } from './support/product.ts';

const BIOME = join(PROJECT, 'node_modules/@biomejs/biome/bin/biome');
const importing = (from: string) =>
  `import { thing } from '${from}';\n\nexport const it = thing;\n`;
const READS_ENVIRONMENT = 'export const port = process.env.HTTP_PORT;\n';

/** What a file at this path may not import, and what the linter says of it. */
const REFUSED = [
  ['platform/x1.ts', '../ingest/ingest.ts', 'platform is the leaf'],
  ['platform/db/x2.ts', '../../web/server/web.ts', 'platform is the leaf'],
  ['platform/x3.ts', '../main.ts', 'composition root'],
  ['platform/x25.ts', '../ctl-stores.ts', 'composition root'],
  ['platform/x26.ts', '../backends.ts', 'composition root'],
  ['platform/protocol/x4.ts', '../config.ts', 'shared with the browser'],
  ['platform/protocol/x5.ts', 'node:fs', 'shared with the browser'],
  ['ingest/x6.ts', '../transcoder/transcoder.ts', 'Services never import each other'],
  ['transcoder/packager/x7.ts', '../../ingest/amf0.ts', 'Services never import each other'],
  ['transcoder/x8.ts', '../web/server/web.ts', 'Services never import each other'],
  ['chat/x9.ts', '../sfu/room.ts', 'Services never import each other'],
  ['web/server/x10.ts', '../../chat/hub.ts', 'Services never import each other'],
  ['web/server/x11.ts', '../client/main.tsx', 'does not run the browser'],
  ['web/client/x12.ts', '../../platform/config.ts', 'platform/protocol and nothing else'],
  ['web/client/player/x13.ts', '../../server/api.ts', 'platform/protocol and nothing else'],
  ['web/client/x14.ts', 'node:fs', 'The browser has no Node'],
  ['ingest/x15.ts', 'node-media-server', 'Only ingest/rtmp-server.ts'],
  ['services.ts', 'node-media-server/src/protocol/rtmp.js', 'Only ingest/rtmp-server.ts'],
  ['transcoder/x16.ts', 'fluent-ffmpeg', 'Only transcoder/ffmpeg-command.ts'],
  ['bench/x17.ts', 'fluent-ffmpeg', 'Only transcoder/ffmpeg-command.ts'],
] as const;
const ALLOWED = [
  ['platform/db/x18.ts', '../errors.ts'],
  ['platform/protocol/x19.ts', './api.ts'],
  ['ingest/x20.ts', '../platform/bus.ts'],
  ['transcoder/packager/x21.ts', '../../platform/media/flv-tag.ts'],
  ['web/server/x22.ts', '../../platform/protocol/api.ts'],
  ['web/client/player/x23.ts', '../../../platform/protocol/api.ts'],
  ['ingest/rtmp-server.ts', 'node-media-server/src/protocol/rtmp.js'],
  ['transcoder/ffmpeg-command.ts', 'fluent-ffmpeg'],
  ['main.ts', './ingest/ingest.ts'],
  ['test/ingest/x24.test.ts', '../../ingest/ingest.ts'],
] as const;

/** The project's rules over files of other names, which hold one import each. */
const place = mkdtempSync(join(tmpdir(), 'footlight-lint-'));
const complaints = new Map<string, string>();

beforeAll(() => {
  for (const file of ['biome.json', '.gitignore'])
    copyFileSync(join(PROJECT, file), join(place, file));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  };
  for (const [path, from] of [...REFUSED, ...ALLOWED]) write(path, importing(from));
  write('web/server/environment.ts', READS_ENVIRONMENT);
  write('platform/config.ts', READS_ENVIRONMENT);
  const { stdout } = spawnSync(process.execPath, [BIOME, 'lint', '--reporter=json', '.'], {
    cwd: place,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { message: string; category: string; location: { path: string } }[];
  };
  for (const { message, category, location } of diagnostics) {
    complaints.set(location.path, `${category}: ${message}`);
  }
});
afterAll(() => rmSync(place, { recursive: true }));

describe('the linter refuses', () => {
  it.each(REFUSED)('%s importing %s', (path, _from, reason) => {
    expect(complaints.get(path)).toContain(reason);
  });

  it('the environment anywhere but in platform/config.ts', () => {
    expect(complaints.get('web/server/environment.ts')).toContain('noProcessEnv');
    expect(complaints.get('platform/config.ts')).toBeUndefined();
  });
});

describe('the linter lets pass', () => {
  it.each(ALLOWED)('%s importing %s', (path) => {
    expect(complaints.get(path)).toBeUndefined();
  });
});
