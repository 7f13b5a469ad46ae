import { chown, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, processTree, untilListening } from './process.ts';

export const DEPLOY_DIR = join(import.meta.dirname, '../../deploy');
/** Debian's `nobody`: the edge needs no rights at all. */
const UNPRIVILEGED_ID = 65_534;

export interface NginxSite {
  pid: number;
  workerPids(): number[];
  /** What nginx wrote to its error log. */
  errors(): string;
  stop(): Promise<void>;
}

export interface NginxSiteOptions {
  /** Text of the files in site/, given the folder in which `prepare` may have left others. */
  site(dir: string): Record<string, string>;
  /** All listen when this resolves. */
  ports: number[];
  prepare?(dir: string): Promise<void>;
}

/** Starts the settings of deploy/ as they are committed, unprivileged, with a site/ of its own. */
export async function startNginxSite(options: NginxSiteOptions): Promise<NginxSite> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-edge-'));
  await mkdir(join(dir, 'run'));
  await Promise.all([writeConfiguration(dir, options.site(dir)), options.prepare?.(dir)]);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await giveTo(UNPRIVILEGED_ID, dir);
  const nginx = await launch(
    'nginx',
    ['-p', join(dir, 'run/'), '-c', join(dir, 'conf/nginx.conf')],
    isRoot ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {},
  );
  const stop = async () => {
    await nginx.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await Promise.all(options.ports.map((port) => untilListening(port)));
  } catch (error) {
    await stop();
    throw new Error(`The edge did not start: ${nginx.errors()}`, { cause: error });
  }
  return {
    pid: nginx.pid,
    workerPids: () => processTree(nginx.pid).filter((pid) => pid !== nginx.pid),
    errors: nginx.errors,
    stop,
  };
}

async function writeConfiguration(dir: string, site: Record<string, string>): Promise<void> {
  await mkdir(join(dir, 'conf/site'), { recursive: true });
  for (const file of await readdir(DEPLOY_DIR)) {
    if (file.endsWith('.conf')) await copyFile(join(DEPLOY_DIR, file), join(dir, 'conf', file));
  }
  for (const [file, text] of Object.entries(site)) {
    await writeFile(join(dir, 'conf/site', file), text);
  }
}

async function giveTo(owner: number, dir: string): Promise<void> {
  await chown(dir, owner, owner);
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    await chown(join(entry.parentPath, entry.name), owner, owner);
  }
}
