import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Accounts } from '../../../platform/accounts.ts';
import { createDbAccounts } from '../../../platform/accounts-db.ts';
import type { Bus } from '../../../platform/bus.ts';
import { createMemoryBus } from '../../../platform/bus-memory.ts';
import type { Channel } from '../../../platform/channels.ts';
import { type Clock, randomId, systemClock } from '../../../platform/clock.ts';
import { type Config, loadConfig } from '../../../platform/config.ts';
import { type Database, openDatabase } from '../../../platform/db/database.ts';
import { createHttpApp } from '../../../platform/http-app.ts';
import { createDbIdentities } from '../../../platform/identities-db.ts';
import type { Identities, Sessions } from '../../../platform/identity.ts';
import { createLog } from '../../../platform/log.ts';
import { createDbSignInCodes, type SignInCodes } from '../../../platform/sign-in-codes.ts';
import type { StreamEntry } from '../../../platform/stream.ts';
import { createWeb, type WebOptions } from '../../../web/server/web.ts';

export interface ServedWeb extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  origin: string;
  bus: Bus;
  /** The channels there are: `alpha` and `beta` unless a test adds more. */
  channels: Map<string, Channel>;
  /** The streams there are, by channel. */
  entries: Map<string, StreamEntry>;
  people: People;
  /** Cuts every connection, as a restarted proxy does. */
  cutConnections(): void;
}

/** Real ones, in a database of their own that has the channels `alpha` and `beta`. */
export interface People {
  accounts: Accounts;
  identities: Identities;
  sessions: Sessions;
  signInCodes: SignInCodes;
}

export interface ServeOptions extends WebOptions {
  clock?: Clock;
  config?: Partial<Config>;
  /** Streams that run before the server starts. */
  entries?: StreamEntry[];
}

export const INDEX_HTML =
  '<!doctype html><html><head><title>Footlight</title></head><body><div id="root"></div></body></html>';
export const SCRIPT = `export const text = '${'footlight '.repeat(200)}';\n`;

/** The web server over real HTTP, reading channels and streams that the test writes. */
export async function serveWeb(options: ServeOptions = {}): Promise<ServedWeb> {
  const { clock = systemClock, config = {}, entries: running = [], ...webOptions } = options;
  const directory = mkdtempSync(join(tmpdir(), 'footlight-web-'));
  const settings = { ...loadConfig({ DATA_DIR: directory }), ...config };
  const log = createLog('silent');
  const bus = createMemoryBus(log);
  const channels = new Map(['alpha', 'beta'].map((name) => [name, channelNamed(name)]));
  const entries = new Map(running.map((entry) => [entry.channel, entry]));
  const db = await openDatabase(directory);
  const people = await openPeople({ db, clock, bus, channels: [...channels.values()] });
  const web = createWeb(
    {
      ...people,
      config: settings,
      log,
      bus,
      clock,
      newId: randomId,
      channels: {
        byName: async (name) => channels.get(name) ?? null,
        list: async () => [...channels.values()],
      },
      directory: {
        byChannel: async (name) => entries.get(name) ?? null,
        list: async () => [...entries.values()],
      },
    },
    { pageDirectory: builtPage(directory), ...webOptions },
  );
  await web.start();
  const http = createHttpApp({
    config: { ...settings, host: '127.0.0.1', httpPort: 0, tls: null },
    log,
    health: { words: async () => ({}), cures: () => ({}), isStarted: () => true },
    rawRoutes: [],
    routers: [web.router],
  });
  await http.listen();
  return {
    origin: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`,
    bus,
    channels,
    entries,
    people,
    cutConnections: () => http.server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      await web.stop();
      await http.close();
      await bus.close();
      await db.destroy();
      rmSync(directory, { recursive: true });
    },
  };
}

async function openPeople(options: {
  db: Database;
  clock: Clock;
  bus: Bus;
  channels: Channel[];
}): Promise<People> {
  const stores = { ...options, newId: randomId };
  const rows = options.channels.map(({ id, name }) => ({
    id,
    name,
    title: '',
    created_at: 1,
    last_live_at: null,
    stream_key: name,
    stream_key_hash: name,
  }));
  await options.db.insertInto('channels').values(rows).execute();
  return {
    accounts: createDbAccounts(stores),
    ...(await createDbIdentities(stores)),
    signInCodes: createDbSignInCodes(stores),
  };
}

export const channelNamed = (name: string, title = ''): Channel => ({
  id: `id-${name}`,
  name,
  title,
  createdAt: 1,
  lastLiveAt: null,
});

export const entryOf = (channel: string, fields: Partial<StreamEntry> = {}): StreamEntry => ({
  channel,
  streamId: `stream-of-${channel}`,
  startedAt: 1_700_000_000_000,
  state: 'live',
  graceEndsAt: null,
  source: null,
  playable: true,
  publisher: null,
  renditions: [],
  ingestAdvice: [],
  transcodeAdvice: [],
  ...fields,
});

/** The path exactly as given, which fetch would tidy up first, and no headers but those given. */
export const rawGet = (url: string, path: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(url);
      get({ hostname, port, path, headers, agent: false }, async (response) => {
        const body = Buffer.concat(await response.toArray());
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      }).on('error', reject);
    },
  );

function builtPage(directory: string): string {
  const page = join(directory, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), INDEX_HTML);
  writeFileSync(join(page, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(page, 'assets', 'main-abc123.js'), SCRIPT);
  writeFileSync(join(directory, 'secret.txt'), 'secret');
  return page;
}
