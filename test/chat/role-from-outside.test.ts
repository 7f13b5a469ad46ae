import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDbAccounts } from '../../platform/accounts-db.ts';
import { createDbChannels } from '../../platform/channels-db.ts';
import { randomId, systemClock } from '../../platform/clock.ts';
import { type Database, openDatabase } from '../../platform/db/database.ts';
import { createDbIdentities } from '../../platform/identities-db.ts';
import { type Product, startProduct } from '../support/product.ts';
import { ChatClient } from './support/chat-client.ts';

let product: Product;
let db: Database;
beforeAll(async () => {
  product = await startProduct();
  // As ctl does it: another process on the same database, without a bus.
  db = await openDatabase(product.dataDir);
});
afterAll(async () => {
  await db.destroy();
  await product.stop();
});

it('a role given by ctl counts in a running server within a second', async () => {
  const stores = { db, clock: systemClock, newId: randomId, bus: null };
  const accounts = createDbAccounts(stores);
  const channel = await createDbChannels(stores).byName('live');
  if (channel === null) throw new TypeError('the first channel is there');
  const { sessions } = await createDbIdentities(stores);
  const enter = async (name: string) => {
    const { id } = await accounts.create(name);
    const { token } = await sessions.issue({ userId: id, lifetimeMs: 60_000 });
    const client = new ChatClient(`ws://127.0.0.1:${product.httpPort}/chat/live`);
    await client.opened;
    client.send({ type: 'hello', token });
    await client.next('welcome');
    return { client, id };
  };
  const { client: ann, id } = await enter('ann');
  const { client: bob } = await enter('bob');
  const clear = () => ann.ask({ type: 'clear' });
  expect(await clear()).toMatchObject({ code: 'not_allowed' });

  const began = performance.now();
  await accounts.setRole(channel, id, 'moderator');
  await ann.next('you', ({ roles }) => roles.includes('moderator'));
  const tookMs = performance.now() - began;
  expect(await clear()).toMatchObject({ type: 'done' });
  await bob.next('cleared');
  await accounts.setRole(channel, id, null);
  await ann.next('you', ({ roles }) => !roles.includes('moderator'));
  expect(await clear()).toMatchObject({ code: 'not_allowed' });
  for (const client of [ann, bob]) client.end();
  // A second, and what a busy machine adds to it.
  expect(tookMs).toBeLessThan(2_000);
});
