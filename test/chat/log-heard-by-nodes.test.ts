import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OpenParts } from '../../chat/chat.ts';
import { openParts } from '../../chat/open-parts.ts';
import type { Wish } from '../../chat/rules/rules.ts';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import { until } from '../support/until.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

/** Two nodes on one database. No word of the one's bus comes to the other; the log does. */
let server: ChatServer;
let here: OpenParts;
let there: OpenParts;
const folders: string[] = [];
/** What has come of the log so far, by kind. */
let kinds: string[];
let isLogHeard: boolean;

async function openNode(): Promise<OpenParts> {
  const dataDir = await mkdtemp(join(tmpdir(), 'footlight-chat-'));
  folders.push(dataDir);
  const { context } = server;
  const config = { ...context.config, dataDir };
  return openParts({ ...context, config, bus: createMemoryBus(context.log) });
}

beforeEach(async () => {
  server = await startChat();
  here = await openNode();
  there = await openNode();
  kinds = [];
  isLogHeard = true;
  await here.broker.subscribe(
    'stage',
    (entries) => {
      for (const entry of entries) {
        if (isLogHeard) there.rules.observe(server.channel, entry);
        kinds.push(entry.kind);
      }
    },
    () => undefined,
  );
});
afterEach(async () => {
  await here.close();
  await there.close();
  await server.stop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function identityOf(name: string, role?: 'moderator') {
  const { token } = await server.person(name, role);
  return server.context.identities.verify(token);
}

/** Done at the first node, and its entry of this kind told by the log. */
async function moderate(wish: Wish, kind: string): Promise<void> {
  const { channel } = server;
  const { person } = await here.rules.admit(channel, await moderator, 'visit');
  await here.rules.execute({ channel, person, address: '127.0.0.1', wish });
  await until(() => expect(kinds).toContain(kind));
}

let moderator: ReturnType<typeof identityOf>;
beforeEach(() => {
  moderator = identityOf('mod_mia', 'moderator');
});

it('a sanction counts at another node as soon as the log tells of it', async () => {
  const { channel } = server;
  const ann = await identityOf('ann');
  const { person } = await there.rules.admit(channel, ann, 'visit');
  const say = (text: string) =>
    there.rules.execute({
      ...{ channel, person, address: '127.0.0.1' },
      wish: { type: 'send', id: text, text },
    });
  expect(await say('before')).toMatchObject({ type: 'ack' });
  await moderate({ type: 'ban', user: 'ann' }, 'sanction');
  await expect(say('after')).rejects.toMatchObject({ code: 'banned' });
  await expect(there.rules.admit(channel, ann, 'visit')).rejects.toMatchObject({ code: 'banned' });
});

it('modes and what is pinned are read anew as soon as the log tells of them', async () => {
  const { channel } = server;
  const { person } = await there.rules.admit(channel, null, 'visit');
  expect(await there.rules.opening(channel, person)).toMatchObject({ modes: { slow: 0 } });
  await moderate({ type: 'mode', slow: 30 }, 'mode');
  expect(await there.rules.opening(channel, person)).toMatchObject({ modes: { slow: 30 } });

  const { person: author } = await here.rules.admit(channel, await moderator, 'visit');
  const said = await here.rules.execute({
    ...{ channel, person: author, address: '127.0.0.1' },
    wish: { type: 'send', id: 'one', text: 'read this' },
  });
  const message = said?.type === 'ack' ? said.message : '';
  await moderate({ type: 'pin', message }, 'pinned');
  const { pinned } = await there.rules.opening(channel, person);
  expect(pinned).toMatchObject({ id: message, text: 'read this' });
});

it('what neither the bus nor the log told is still trusted', async () => {
  const { channel } = server;
  const ann = await identityOf('ann');
  await there.rules.admit(channel, ann, 'visit');
  isLogHeard = false;
  await moderate({ type: 'ban', user: 'ann' }, 'sanction');
  const { person } = await there.rules.admit(channel, ann, 'visit');
  expect(person.name).toBe('ann');
});
