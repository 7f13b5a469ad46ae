import { createHash } from 'node:crypto';

/** The same for the same parts: what is done again under it is done once. */
export const stableId = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 24);
