import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RETENTION_MS } from './segment-store.ts';

const foldersIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
};

/**
 * Removes streams (`channel/streamId`) that an earlier server left and that were last written
 * longer ago than the retention, and channels that are empty then.
 */
export async function sweepLeftovers(
  directory: string,
  options: { now: number; isOurs(path: string): boolean },
): Promise<void> {
  for (const channel of await foldersIn(directory)) {
    for (const streamId of await foldersIn(join(directory, channel))) {
      const path = join(channel, streamId);
      if (options.isOurs(path)) continue;
      const writtenAt = await newestWrite(join(directory, path));
      if (writtenAt + RETENTION_MS > options.now) continue;
      await rm(join(directory, path), { recursive: true, force: true }).catch(() => {});
    }
    // Fails, as it should, while a stream is left in it.
    await rmdir(join(directory, channel)).catch(() => {});
  }
}

/** A folder's own time changes with every file renamed into it. */
async function newestWrite(stream: string): Promise<number> {
  const folders = [stream, ...(await foldersIn(stream)).map((name) => join(stream, name))];
  const times = await Promise.all(
    folders.map((folder) =>
      stat(folder).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}
