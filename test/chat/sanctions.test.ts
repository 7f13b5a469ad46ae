import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

const post = (server: ChatServer, token: string, text: string) =>
  fetch(`${server.url}/api/v1/channels/stage/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: `${Math.random()}`, text }),
  });

/** Of somebody whose sockets are refused: the code of the closing. */
async function closedWith(server: ChatServer, token: string): Promise<number> {
  const client = server.connect();
  await client.opened;
  client.send({ type: 'hello', token });
  return (await client.closed).code;
}

describe('on one machine', () => {
  let server: ChatServer;
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'footlight-chat-'));
    server = await startChat({ dataDir });
  });
  afterEach(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const moderator = async () =>
    server.enter({ token: (await server.person('mod_mia', 'moderator')).token });

  it('a ban closes every tab, and holds on return, by POST and after a restart', async () => {
    const mod = await moderator();
    const { token } = await server.person('ann');
    const tabs = [await server.enter({ token }), await server.enter({ token })];
    await tabs[0]?.say('bad');
    await mod.ask({ type: 'ban', user: 'Ann', reason: 'spam' });
    for (const tab of tabs) expect((await tab.closed).code).toBe(4503);
    expect(tabs[0]?.heard.at(-1)).toMatchObject({ type: 'refused', code: 'banned' });
    expect(await closedWith(server, token)).toBe(4503);
    const refused = await post(server, token, 'still here');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'banned', reason: /Reason: spam/ });
    expect((await server.enter()).welcome.history).toEqual([]);

    await server.stop();
    server = await startChat({ dataDir });
    expect(await closedWith(server, token)).toBe(4503);
    expect((await post(server, token, 'still here')).status).toBe(403);
  });

  it('a timeout silences all tabs and POST, ends by itself, and reading goes on', async () => {
    const mod = await moderator();
    const { token } = await server.person('ann');
    const [ann, tab] = [await server.enter({ token }), await server.enter({ token })];
    const { message } = await ann.say('bad');
    await mod.ask({ type: 'timeout', user: 'ann', seconds: 3, reason: 'calm down' });
    for (const one of [ann, tab]) {
      await one.next('cleared', ({ user }) => user === ann.welcome.you.id);
      const refused = await one.ask({ type: 'send', text: 'why' });
      expect(refused).toMatchObject({ code: 'timed_out', reason: /calm down/ });
    }
    expect((await post(server, token, 'why')).status).toBe(403);
    const back = await server.enter({ token });
    expect(back.welcome.you.silencedUntil).toBeGreaterThan(Date.now());
    expect(back.welcome.history.map(({ id }) => id)).not.toContain(message);
    const early = await back.ask({ type: 'send', text: 'sorry' });
    if (early.type !== 'refused') throw new Error('A timeout that is not over let it pass.');
    expect(early.retryAfterMs).toBeLessThanOrEqual(3_000);
    // A timer may fire up to a millisecond early.
    await delay(Number(early.retryAfterMs) + 1);
    expect(await back.ask({ type: 'send', text: 'sorry' })).toMatchObject({ type: 'ack' });
    expect((await server.enter({ token })).welcome.you.silencedUntil).toBeUndefined();
  });

  it('unban lets somebody in again at once', async () => {
    const mod = await moderator();
    const { token } = await server.person('ann');
    await mod.ask({ type: 'ban', user: 'ann' });
    expect(await closedWith(server, token)).toBe(4503);
    await mod.ask({ type: 'unban', user: 'ann' });
    const ann = await server.enter({ token });
    expect(await ann.ask({ type: 'send', text: 'thanks' })).toMatchObject({ type: 'ack' });
  });

  it('a room that is not there is told so', async () => {
    const { token } = await server.person('ann');
    const client = server.connect('/chat/room:nowhere');
    await client.opened;
    client.send({ type: 'hello', token });
    expect((await client.closed).code).toBe(4504);
  });
});

describe('on two nodes, with one Redis and one Postgres', () => {
  let redis: TestRedis;
  let postgres: TestPostgres;
  let nodes: [ChatServer, ChatServer];
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    const databaseUrl = await postgres.createDatabase();
    const config = { redisUrl: redis.url, databaseUrl, chatMaxPerAddress: 12 };
    nodes = [await startChat({ config }), await startChat({ config })];
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await Promise.all([redis.stop(), postgres.stop()]);
  });

  it('what a moderator does on one holds on the other', async () => {
    const [here, there] = nodes;
    const mod = await here.enter({ token: (await here.person('mod_mia', 'moderator')).token });
    const { token, id } = await here.person('ann');
    const ann = await there.enter({ token });
    await ann.say('hello');
    await mod.ask({ type: 'mode', slow: 30 });
    await ann.next('mode', ({ modes }) => modes.slow === 30);
    await ann.say('slowly');
    // Counted on both.
    expect(await (await post(here, token, 'again')).json()).toMatchObject({ code: 'slow_mode' });
    await mod.ask({ type: 'timeout', user: 'ann', seconds: 60 });
    await ann.next('you', ({ silencedUntil }) => silencedUntil !== undefined);
    expect(await ann.ask({ type: 'send', text: 'x' })).toMatchObject({ code: 'timed_out' });
    await mod.ask({ type: 'ban', user: id });
    expect((await ann.closed).code).toBe(4503);
    for (const node of nodes) {
      expect(await closedWith(node, token)).toBe(4503);
      expect((await post(node, token, 'x')).status).toBe(403);
    }
    await mod.ask({ type: 'unban', user: id });
    await mod.ask({ type: 'mode', slow: 0 });
    const back = await there.enter({ token });
    expect(await back.ask({ type: 'send', text: 'back' })).toMatchObject({ type: 'ack' });
    for (const client of [mod, back]) client.end();
  });

  it('a node that missed the word on the bus reads it from the log', async () => {
    const [here, there] = nodes;
    const mod = await here.enter({ token: (await here.person('mod_max', 'moderator')).token });
    const { token, id } = await here.person('bob');
    const bob = await there.enter({ token });
    await bob.say('known here');
    // As when the bus is away: the change is in the database and in the log alone.
    const { db } = here.context;
    const sanction = { kind: 'ban' as const, until: null, reason: null, action_id: 'none' };
    await db
      .insertInto('chat_sanctions')
      .values({ channel_id: here.channel.id, user_id: id, ...sanction })
      .execute();
    expect(await bob.ask({ type: 'send', text: 'still' })).toMatchObject({ type: 'ack' });
    await db.deleteFrom('chat_sanctions').where('user_id', '=', id).execute();
    const silent = { ...here.context.bus, publish: () => undefined };
    const { createDbAccounts } = await import('../../platform/accounts-db.ts');
    await createDbAccounts({ ...here.context, bus: silent }).setRole(here.channel, id, 'vip');
    await mod.ask({ type: 'timeout', user: 'bob', seconds: 60 });
    await bob.next('you', ({ roles }) => roles.includes('vip'));
    for (const client of [mod, bob]) client.end();
  });

  it('an address has its places once, not once a node, and a dead node gives them back', async () => {
    const [here, there] = nodes;
    const held = [];
    for (let n = 0; n < 6; n++) held.push(await here.enter(), await there.enter());
    const [more, andMore] = [here.connect(), there.connect()];
    expect((await more.closed).code).toBe(4004);
    expect((await andMore.closed).code).toBe(4004);
    held[0]?.end();
    await until(async () => {
      const client = there.connect();
      await client.opened;
      client.send({ type: 'hello' });
      await Promise.race([client.next('welcome').catch(() => undefined), client.closed]);
      const answer = client.ask({ type: 'report', message: 'none' });
      answer.catch(() => undefined);
      expect(await Promise.race([answer, client.closed])).toMatchObject({ type: 'refused' });
      expect(client.isOpen).toBe(true);
      client.end();
    });
    for (const client of held) client.end();
  });
});
