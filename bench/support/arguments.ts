import { parseArgs } from 'node:util';

/**
 * Reads `--name N` options that are all numbers.
 * Throws on an unknown option or a value that is no number.
 */
export function numbersFrom<T extends Record<string, number>>(args: string[], defaults: T): T {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: 'string' as const }]),
  );
  const { values } = parseArgs({ args, options });
  const read = Object.entries(defaults).map(([name, fallback]) => {
    const given = values[name];
    const value = given === undefined ? fallback : Number(given);
    if (!Number.isFinite(value) || value <= 0) {
      throw new TypeError(`--${name} takes a number above 0, not "${String(given)}".`);
    }
    return [name, value];
  });
  return Object.fromEntries(read);
}
