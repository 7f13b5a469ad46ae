import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltPage, buildPage } from '../support/build-page.ts';

const BUDGET_BYTES = 320_000;
/** What the server compresses with. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

let built: BuiltPage;
let weights: Map<string, number>;

beforeAll(async () => {
  built = await buildPage();
  const names = (await readdir(join(built.dir, 'assets'))).filter((name) => name.endsWith('.js'));
  weights = new Map(
    await Promise.all(
      names.map(
        async (name) => [name, brotliCompressSync(await text(name), QUALITY).length] as const,
      ),
    ),
  );
});

afterAll(() => built?.[Symbol.asyncDispose]());

const text = (name: string) => readFile(join(built.dir, 'assets', name), 'utf8');
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
  await withImports(named('media-chrome'), first);
  const all = await withImports(named('hls-playback'), first);
  all.add(named('shared-worker'));

  expect(sum(all)).toBeLessThanOrEqual(BUDGET_BYTES);
});

test('the watch page is there before hls.js and the controls are', async () => {
  const first = await withImports(named('watch-page'), await withImports(named('index')));

  expect([...first].filter((name) => /^(hls|media-chrome)/.test(name))).toEqual([]);
  expect(sum(first)).toBeLessThanOrEqual(BUDGET_BYTES / 2);
});

test('the home page brings no player', async () => {
  const home = await withImports(named('home-page'), await withImports(named('index')));
  const player = await withImports(named('media-chrome'));
  const controls = [...player].filter((name) => !home.has(name));

  expect(sum(home)).toBeLessThanOrEqual(100_000);
  expect(sum(controls)).toBeGreaterThan(20_000);
});

test('the page has no script or style of its own in its markup', async () => {
  const html = await readFile(join(built.dir, 'index.html'), 'utf8');

  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
});
