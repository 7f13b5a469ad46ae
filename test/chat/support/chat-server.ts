import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chat, type ChatOptions, createChatOver, type OpenParts } from '../../../chat/chat.ts';
import { openParts } from '../../../chat/open-parts.ts';
import type { User } from '../../../platform/accounts.ts';
import { createDbAccounts } from '../../../platform/accounts-db.ts';
import { createMemoryBus } from '../../../platform/bus-memory.ts';
import { createRedisBus } from '../../../platform/bus-redis.ts';
import type { Channel } from '../../../platform/channels.ts';
import { createDbChannels } from '../../../platform/channels-db.ts';
import { randomId, systemClock } from '../../../platform/clock.ts';
import { type Config, loadConfig } from '../../../platform/config.ts';
import type { Context } from '../../../platform/context.ts';
import { openDatabase } from '../../../platform/db/database.ts';
import { createMemoryDirectory } from '../../../platform/directory-memory.ts';
import { createHttpApp } from '../../../platform/http-app.ts';
import { createDbIdentities } from '../../../platform/identities-db.ts';
import { createLog } from '../../../platform/log.ts';
import { openRedis } from '../../../platform/redis.ts';
import { createDbSignInCodes } from '../../../platform/sign-in-codes.ts';
import { ChatClient } from './chat-client.ts';

const HOUR_MS = 3_600_000;

export interface ChatServer {
  port: number;
  url: string;
  channel: Channel;
  context: Context;
  chat: Chat;
  /** Puts lines into the log past all rules. */
  publish(text: string): Promise<void>;
  /** Makes somebody, and a token for them. */
  person(
    name: string,
    role?: 'broadcaster' | 'moderator' | 'vip',
  ): Promise<User & { token: string }>;
  /** Opens a socket without a word. */
  connect(path?: string, headers?: Record<string, string>): ChatClient;
  /** Says hello and waits for the welcome. */
  enter(hello?: object): Promise<ChatClient>;
  stop(): Promise<void>;
}

export interface ChatServerOptions extends ChatOptions {
  /** With `redisUrl` and `databaseUrl` it is one node of many. */
  config?: Partial<Config>;
  /** One that stays afterwards. */
  dataDir?: string;
}

/** The real chat on real stores, behind the product's own HTTP server on a free port. */
export async function startChat(options: ChatServerOptions = {}): Promise<ChatServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'footlight-chat-')));
  const log = createLog('silent');
  const { databaseUrl = null, redisUrl = null } = options.config ?? {};
  const db = await openDatabase(dataDir, databaseUrl);
  const tools = { clock: systemClock, newId: randomId, log };
  const redis = redisUrl === null ? null : await openRedis({ ...tools, url: redisUrl });
  const bus = redis === null ? createMemoryBus(log) : await createRedisBus({ ...tools, redis });
  const stores = { db, bus, clock: systemClock, newId: randomId };
  const config = {
    ...loadConfig({ DATA_DIR: dataDir, HOST: '127.0.0.1' }),
    httpPort: 0,
    chatMaxPerAddress: 10_000,
    ...options.config,
  };
  const { identities, sessions } = await createDbIdentities(stores);
  const channels = createDbChannels(stores);
  const context: Context = {
    ...{ config, log, channels, identities, sessions, ...stores },
    redis,
    directory: createMemoryDirectory(stores),
    accounts: createDbAccounts(stores),
    signInCodes: createDbSignInCodes(stores),
  };
  const channel = (await channels.byName('stage')) ?? (await channels.create('stage')).channel;
  let parts: OpenParts | null = null;
  const chat = createChatOver(async () => {
    parts = await openParts(context);
    return parts;
  }, options);
  const author = { id: 'somebody', name: 'Somebody', roles: ['member'] };
  const publish = async (text: string) => {
    const id = randomId();
    const at = Date.now();
    const body = JSON.stringify({ id, at, author, text });
    await parts?.broker.publish('stage', {
      ...{ kind: 'message', id, author: author.id, clientId: null, at, body },
    });
  };
  const health = { words: async () => ({}), cures: () => ({}), isStarted: () => true };
  const http = createHttpApp({
    ...{ config, log, health },
    rawRoutes: [],
    upgradeRoutes: [{ prefix: '/chat/', handle: (upgrade) => chat.handleUpgrade(upgrade) }],
    routers: [chat.router],
  });
  await http.listen();
  await chat.start();
  const { port } = http.server.address() as AddressInfo;
  const clients = new Set<ChatClient>();
  const connect: ChatServer['connect'] = (path = '/chat/stage', headers = {}) => {
    const client = new ChatClient(`ws://127.0.0.1:${port}${path}`, headers);
    clients.add(client);
    return client;
  };
  return {
    ...{ port, url: `http://127.0.0.1:${port}`, channel, context, chat, connect, publish },
    async person(name, role) {
      const user = await context.accounts.create(name);
      if (role !== undefined) await context.accounts.setRole(channel, user.id, role);
      const { token } = await sessions.issue({ userId: user.id, lifetimeMs: HOUR_MS });
      return { ...user, token };
    },
    async enter(hello = {}) {
      const client = connect();
      await client.opened;
      client.send({ type: 'hello', ...hello });
      await client.next('welcome');
      return client;
    },
    async stop() {
      for (const client of clients) client.end();
      await chat.stop();
      await http.close();
      await bus.close();
      await redis?.close();
      await db.destroy();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
