import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { nodePath } from './pinned-node.js';
import { place, root } from './place.js';
import { run, say } from './step.js';

const SOURCES = ['web/client', 'platform/protocol'];
const FILES = ['package-lock.json', 'tsconfig.json', 'web/vite.config.ts', 'web/precompress.ts'];
const STAMP = place('.cache', 'web-page.stamp');
const VITE = ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts'];

/** Every file that the build reads, in a constant order. */
function sourceFiles() {
  const found = SOURCES.flatMap((directory) =>
    readdirSync(place(directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
  );
  return [...found, ...FILES.map((file) => place(file)).filter((file) => existsSync(file))].sort();
}

function sourcesHash() {
  const hash = createHash('sha256');
  for (const file of sourceFiles()) hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest('hex');
}

export const webPage = () => ({
  isThere() {
    if (!existsSync(place('web/dist/index.html')) || !existsSync(STAMP)) return false;
    return readFileSync(STAMP, 'utf8') === sourcesHash();
  },
  async install() {
    say('building the web page (vite build)');
    const hash = sourcesHash();
    await run(nodePath, VITE, {
      env: { NODE_ENV: 'production' },
      cure: `${nodePath} ${VITE.join(' ')}`,
    });
    mkdirSync(place('.cache'), { recursive: true });
    writeFileSync(STAMP, hash);
  },
});
