import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Path of something in the project. */
export const place = (...parts) => join(root, ...parts);
