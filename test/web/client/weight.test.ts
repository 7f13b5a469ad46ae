import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

const BUDGET_BYTES = 320 * 1024;
const ROOT = join(import.meta.dirname, '../../..');
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js');

let dir: string;
let weights: Map<string, number>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'footlight-weight-'));
  // A process of its own, as `npm start` builds it: here NODE_ENV is `test`, React's slow half.
  await promisify(execFile)(
    process.execPath,
    [VITE, 'build', '--config', join(ROOT, 'web/vite.config.ts'), '--outDir', dir],
    { env: { ...process.env, NODE_ENV: 'production' } },
  );
  const names = (await readdir(join(dir, 'assets'))).filter((name) => name.endsWith('.js'));
  weights = new Map(
    await Promise.all(
      names.map(async (name) => [name, brotliCompressSync(await text(name)).length] as const),
    ),
  );
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const text = (name: string) => readFile(join(dir, 'assets', name), 'utf8');
const named = (start: string) => {
  const found = [...weights.keys()].find((name) => name.startsWith(start));
  if (found === undefined) throw new RangeError(`no script ${start}`);
  return found;
};

/** A script and everything it imports at once; what comes by `import()` is left out. */
async function withImports(name: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const imports = (await text(name)).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g);
  for (const [, imported = ''] of imports) await withImports(imported, seen);
  return seen;
}

const sum = (names: Iterable<string>) =>
  [...names].reduce((total, name) => total + (weights.get(name) ?? 0), 0);

test('the watch page loads at most 320 KB of script, hls.js and the shared worker included', async () => {
  const first = await withImports(named('watch-page'), await withImports(named('index')));
  const all = await withImports(named('hls-playback'), first);
  all.add(named('shared-worker'));

  expect(sum(all)).toBeLessThanOrEqual(BUDGET_BYTES);
});

test('the watch page is there before hls.js is', async () => {
  const first = await withImports(named('watch-page'), await withImports(named('index')));

  expect([...first].filter((name) => name.startsWith('hls'))).toEqual([]);
  expect(sum(first)).toBeLessThanOrEqual(BUDGET_BYTES / 2);
});

test('the home page brings no player', async () => {
  const home = await withImports(named('home-page'), await withImports(named('index')));
  const player = await withImports(named('watch-page'));
  const controls = [...player].filter((name) => !home.has(name));

  expect(sum(home)).toBeLessThanOrEqual(100 * 1024);
  expect(sum(controls)).toBeGreaterThan(20 * 1024);
});

test('the page has no script or style of its own in its markup', async () => {
  const html = await readFile(join(dir, 'index.html'), 'utf8');

  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
});
