import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PROJECT } from '../support/product.ts';

export interface ComposeService {
  image?: string;
  profiles?: string[];
  environment?: Record<string, string>;
  command?: string[];
  ports?: string[];
  depends_on?: string[] | Record<string, unknown>;
  networks?: string[] | Record<string, { ipv4_address?: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  mem_limit?: string;
  pids_limit?: number;
  volumes?: string[];
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

const INNERMOST = /\$\{(\w+)(?::-([^${}]*))?\}/;
/** Stands for `$$` while variables are read; no text of ours has it. */
const DOLLAR = '\u0000';

/** As Compose puts variables into a text: `${NAME}`, `${NAME:-default}`, and `$$` for a dollar. */
export function interpolated(text: string, env: Record<string, string>): string {
  let result = text.replaceAll('$$', DOLLAR);
  for (let found = INNERMOST.exec(result); found !== null; found = INNERMOST.exec(result)) {
    const [whole, name = '', preset = ''] = found;
    result = result.replace(whole, () => env[name] || preset);
  }
  if (result.includes('$')) throw new Error(`Compose would not take ${text}`);
  return result.replaceAll(DOLLAR, '$');
}

const inAll = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => inAll(one, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inAll(one, change)]));
};

/** The committed file as Compose reads it with this `.env`. */
export function readComposeFile(env: Record<string, string> = {}): ComposeFile {
  const text = readFileSync(join(PROJECT, 'docker-compose.yml'), 'utf8');
  const read: unknown = parse(text, { merge: true });
  return inAll(read, (one) => interpolated(one, env)) as ComposeFile;
}

/** Its fixed address in the network between the containers; null: only a name. */
export function addressOf({ networks }: ComposeService): string | null {
  if (networks === undefined || Array.isArray(networks)) return null;
  return networks['inside']?.ipv4_address ?? null;
}

/** Those that a profile starts, besides those that always start. */
export const servicesOf = (file: ComposeFile, profile: string): [string, ComposeService][] =>
  Object.entries(file.services).filter(([, { profiles }]) => profiles?.includes(profile));
