import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { DEPLOY_DIR, type NginxSite, startNginxSite } from '../../bench/support/nginx-site.ts';
import { serverPorts } from '../support/free-ports.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { type Product, startProduct } from '../support/product.ts';
import { addressOf, type ComposeFile, readComposeFile, servicesOf } from './compose-file.ts';
import { type ComposedRedis, startComposedRedis } from './composed-redis.ts';
import { type InstallationPeople, openPeople } from './installation-people.ts';

/** As `openssl rand -hex 24` makes one. */
const PASSWORD = 'b0c3f4a7d1e29865b0c3f4a7d1e29865b0c3f4a7d1e29865';
const SERVICES = ['chat-a', 'chat-b', 'ingest', 'transcoder', 'web'] as const;
export type PartName = (typeof SERVICES)[number];

/** The profile `distributed` as processes on loopback, from its own files. */
export interface Installation {
  /** Where viewers come in. */
  url: string;
  port: number;
  parts: Record<PartName, Product>;
  redis: ComposedRedis;
  edge: NginxSite;
  people: InstallationPeople;
  /** Starts a part again at its address, after it ended. */
  restart(name: PartName): Promise<void>;
  /** Of a series on a part's /metrics that has no labels. */
  metric(name: PartName, series: string): Promise<number>;
  stop(): Promise<void>;
}

export async function startInstallation(
  settings: Record<string, string> = {},
): Promise<Installation> {
  const [edgePort = 0, fillPort = 0] = await serverPorts(2);
  const url = `http://127.0.0.1:${edgePort}`;
  const dotEnv = {
    ...{ POSTGRES_PASSWORD: PASSWORD, REDIS_PASSWORD: PASSWORD, PUBLIC_URL: url },
    ...settings,
  };
  const file = readComposeFile(dotEnv);
  const [redis, postgres] = await Promise.all([startComposedRedis(file), startStore()]);
  /** What stands for the addresses in the files. */
  const places = new Map([
    ['@redis:6379', `@127.0.0.1:${redis.port}`],
    ['@postgres:5432', `@127.0.0.1:${postgres.port}`],
  ]);
  const edgeAddress = addressOf(file.services['edge'] ?? {}) ?? '';
  const start = (name: PartName, ports: Record<string, string> = {}) =>
    startProduct({
      env: {
        ...environmentOf(file, name, new Map([...places, [edgeAddress, '127.0.0.1']])),
        ...ports,
      },
    });
  const started = await Promise.all(
    SERVICES.map(async (name) => [name, await start(name)] as const),
  );
  const parts = Object.fromEntries(started) as Record<PartName, Product>;
  const edge = await startEdge(file, parts, { edgePort, fillPort });
  const databaseUrl = file.services['web']?.environment?.['DATABASE_URL'] ?? '';
  const people = await openPeople(replaced(databaseUrl, places));
  return {
    ...{ url, port: edgePort, parts, redis, edge, people },
    async restart(name) {
      const { httpPort, rtmpPort } = parts[name];
      const ports = { HTTP_PORT: String(httpPort), RTMP_PORT: String(rtmpPort) };
      parts[name] = await start(name, ports);
    },
    metric: async (name, series) => readMetric(parts[name], series),
    async stop() {
      await Promise.all([edge.stop(), people.close()]);
      await Promise.all(SERVICES.map((name) => parts[name].stop()));
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}

/** Postgres with the user and the database that the image makes. */
async function startStore(): Promise<TestPostgres> {
  const postgres = await startPostgres();
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE ROLE footlight LOGIN PASSWORD '${PASSWORD}'`);
  await client.query('CREATE DATABASE footlight OWNER footlight');
  await client.end();
  return postgres;
}

/** An empty value counts as not set. A container has its own network and disk; here `startProduct` says ports and directories. */
const OF_THE_CONTAINER = new Set(['HOST', 'HTTP_PORT', 'RTMP_PORT', 'RTC_PORT', 'DATA_DIR']);

function environmentOf(
  file: ComposeFile,
  name: PartName,
  places: Map<string, string>,
): Record<string, string> {
  const told = Object.entries(file.services[name]?.environment ?? {});
  return Object.fromEntries(
    told
      .filter(([setting, value]) => value !== '' && !OF_THE_CONTAINER.has(setting))
      .map(([setting, value]) => [setting, replaced(value, places)]),
  );
}

function replaced(text: string, places: Map<string, string>): string {
  let result = text;
  for (const [there, here] of places) result = result.replaceAll(there, here);
  return result;
}

/** The edge's own files, with nothing changed but addresses. */
function startEdge(
  file: ComposeFile,
  parts: Record<PartName, Product>,
  { edgePort, fillPort }: { edgePort: number; fillPort: number },
): Promise<NginxSite> {
  const places = new Map([
    ['listen 8080', `listen 127.0.0.1:${edgePort}`],
    ['127.0.0.1:8444', `127.0.0.1:${fillPort}`],
  ]);
  for (const [name, service] of servicesOf(file, 'distributed')) {
    const part = name in parts ? parts[name as PartName] : null;
    const address = addressOf(service);
    if (part !== null && address !== null)
      places.set(`${address}:8080`, `127.0.0.1:${part.httpPort}`);
  }
  const dir = join(DEPLOY_DIR, 'installation');
  const site = Object.fromEntries(
    readdirSync(dir).map((name) => [name, replaced(readFileSync(join(dir, name), 'utf8'), places)]),
  );
  return startNginxSite({ site: () => site, ports: [edgePort, fillPort] });
}

async function readMetric({ httpUrl }: Product, series: string): Promise<number> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text();
  const value = new RegExp(`^${series} (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`there is no ${series} in its metrics`);
  return Number(value);
}
