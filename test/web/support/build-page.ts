import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../../..');
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js');

export interface BuiltPage extends AsyncDisposable {
  dir: string;
}

/**
 * The page as `npm start` builds it, in a directory of its own. In a process of its own as well:
 * here NODE_ENV is `test`, which would give React's slow half.
 */
export async function buildPage(): Promise<BuiltPage> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-page-'));
  await promisify(execFile)(
    process.execPath,
    [VITE, 'build', '--config', join(ROOT, 'web/vite.config.ts'), '--outDir', dir],
    { env: { ...process.env, NODE_ENV: 'production' } },
  );
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}
