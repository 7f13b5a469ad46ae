import { readdirSync, rmSync } from 'node:fs';
import { place } from './place.js';

const DIRECTORY = place('.cache', 'compiled');
/** A start writes about 500; what older sources were compiled to is never removed by Node. */
const MOST_FILES = 3_000;

/** Where Node keeps what it compiled, emptied when too much of it has grown old. */
export function compiledDirectory() {
  try {
    if (readdirSync(DIRECTORY, { recursive: true }).length > MOST_FILES) {
      rmSync(DIRECTORY, { recursive: true, force: true });
    }
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return DIRECTORY;
}
