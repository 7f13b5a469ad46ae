import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf } from './errors.ts';

/** A line that begins with the setting's name, and reads on with what is wrong and the cure. */
export const faultLine = (name: string, problem: string): string => `${name} ${problem}`;

type Given = Readonly<Record<string, string>>;

/** Both files or none, and readable. */
export function tlsFaults(given: Given): string[] {
  const faults: string[] = [];
  for (const [name, other] of [
    ['TLS_CERT', 'TLS_KEY'],
    ['TLS_KEY', 'TLS_CERT'],
  ] as const) {
    const file = given[name];
    if (file === undefined) continue;
    if (given[other] === undefined) {
      faults.push(
        faultLine(name, `is set without ${other}. HTTPS and RTMPS need both: set ${other} too.`),
      );
    }
    try {
      readFileSync(file);
    } catch (error) {
      faults.push(
        faultLine(
          name,
          `names a file that cannot be read (${messageOf(error)}). Give the path of a PEM file that this user may read.`,
        ),
      );
    }
  }
  return faults;
}

/** Parts of the product on several machines meet in Redis and Postgres, or not at all. */
export function storeFaults(given: Given, serviceNames: readonly string[]): string[] {
  const chosen = new Set(given['SERVICES']?.split(',').map((name) => name.trim()));
  const partial = chosen.size > 0 && !chosen.has('all') && chosen.size < serviceNames.length;
  if (!partial || (given['REDIS_URL'] !== undefined && given['DATABASE_URL'] !== undefined))
    return [];
  return [
    faultLine(
      'SERVICES',
      'names a part of the services, and parts only meet through REDIS_URL and DATABASE_URL. Set both, or leave SERVICES out to run all.',
    ),
  ];
}

/** Makes the directory, and says why it cannot be used. */
export function dataDirFaults(value: string): string[] {
  const directory = resolve(value);
  try {
    makeDirectory(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    return [
      faultLine(
        'DATA_DIR',
        `cannot be written (${messageOf(error)}). Run \`mkdir -p ${directory}\` and make this user its owner, or set DATA_DIR to a directory that this user owns.`,
      ),
    ];
  }
}

/** Node's own recursive mkdir never returns where a file system answers ENOENT to it, as /proc does. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  if (dirname(directory) !== directory) makeDirectory(dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  }
}
