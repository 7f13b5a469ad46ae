import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from './errors.ts';

const PROGRAMS = ['ffmpeg', 'ffprobe'];

/**
 * Looks along PATH, so that a server which could show no stream does not begin to.
 *
 * @throws AppError `ffmpeg_missing`
 */
export function requirePrograms(path: string): void {
  const missing = PROGRAMS.filter((name) => !isOnPath(name, path));
  if (missing.length === 0) return;
  throw new AppError({
    code: 'ffmpeg_missing',
    message: `${missing.join(' and ')} cannot be found on PATH, and no stream plays without. Install it (on Debian: \`apt-get install ffmpeg\`), or start with \`npm start\`, which does.`,
  });
}

const isOnPath = (name: string, path: string): boolean =>
  path.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return directory !== '';
    } catch {
      return false;
    }
  });
