import { alone } from './lock.js';

/**
 * Installs what is missing, in order. Where all is there this only looks.
 *
 * @param {{ isThere(): boolean, install(): Promise<void> }[]} needs
 */
export async function ensure(needs) {
  if (needs.every((need) => need.isThere())) return;
  await alone(async () => {
    for (const need of needs) {
      if (!need.isThere()) await need.install();
    }
  });
}
