import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDbAccounts } from '../../platform/accounts-db.ts';
import type { Bus } from '../../platform/bus.ts';
import { createMemoryBus } from '../../platform/bus-memory.ts';
import { randomId } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { watchNotices } from '../../platform/db/notices.ts';
import { createDbIdentities } from '../../platform/identities-db.ts';
import { createLog } from '../../platform/log.ts';
import { createDbSignInCodes } from '../../platform/sign-in-codes.ts';
import type { FreshDatabase, MakeDatabase } from '../support/databases.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;

/** What tokens and sign-in links keep to, whatever database holds their secrets. */
export function identitiesContract(makeDatabase: MakeDatabase): void {
  const log = createLog('silent');
  let fresh: FreshDatabase;
  let db: Database;
  let clock: ManualClock;
  let alice: string;
  const stores = (bus: Bus | null) => ({ db, clock, newId: randomId, bus });
  /** A server process of its own, as far as identities go. */
  const openNode = async (bus: Bus | null = createMemoryBus(log)) =>
    createDbIdentities({ ...stores(bus), db: await fresh.open() });
  beforeEach(async () => {
    fresh = await makeDatabase();
    db = await fresh.open();
    clock = createManualClock();
    alice = (await createDbAccounts(stores(null)).create('Alice')).id;
  });
  afterEach(() => fresh.remove());

  describe('a token', () => {
    it('says who it stands for, on every node', async () => {
      const [one, other] = [await openNode(), await openNode()];
      const issued = await one.sessions.issue({ userId: alice, lifetimeMs: HOUR_MS });
      for (const node of [one, other, other])
        expect(await node.identities.verify(issued.token)).toEqual({
          userId: alice,
          name: 'alice',
          admin: false,
          tokenId: issued.tokenId,
          expiresAt: clock.now() + HOUR_MS,
        });
    });

    it('runs out while it is remembered', async () => {
      const { identities, sessions } = await openNode();
      const { token } = await sessions.issue({ userId: alice, lifetimeMs: 10_000 });
      await identities.verify(token);
      clock.advance(10_000);
      await expect(identities.verify(token)).rejects.toMatchObject({ code: 'token_expired' });
      await expect(identities.verify(token)).rejects.toMatchObject({ code: 'token_expired' });
    });

    it('of nobody counts for nothing', async () => {
      const { identities, sessions } = await openNode();
      const { token } = await sessions.issue({ userId: 'nobody', lifetimeMs: HOUR_MS });
      await expect(identities.verify(token)).rejects.toMatchObject({
        code: 'token_revoked',
        status: 401,
      });
    });

    it('lasts no longer than a year and a day', async () => {
      const { sessions } = await openNode();
      const { expiresAt } = await sessions.issue({ userId: alice, lifetimeMs: 1e13 });
      expect(expiresAt - clock.now()).toBe(366 * 24 * HOUR_MS);
    });

    it('is verified for ten thousand sockets at once, each as who it is', async () => {
      const { identities, sessions } = await openNode();
      const bob = (await createDbAccounts(stores(null)).create('bob')).id;
      const tokens = await Promise.all(
        Array.from({ length: 500 }, (_, i) =>
          sessions.issue({ userId: i % 2 === 0 ? alice : bob, lifetimeMs: HOUR_MS }),
        ),
      );
      const sockets = Array.from({ length: 10_000 }, (_, i) => tokens[i % 500]?.token ?? '');
      const found = await Promise.all(sockets.map((token) => identities.verify(token)));
      expect(found.filter(({ name }) => name === 'alice')).toHaveLength(5_000);
      expect(new Set(found.map(({ tokenId }) => tokenId)).size).toBe(500);
    });
  });

  describe('a revoked token', () => {
    it('counts nowhere at once on nodes of one bus, and the person’s others go on', async () => {
      const bus = createMemoryBus(log);
      const [one, other] = [await openNode(bus), await openNode(bus)];
      const issue = () => one.sessions.issue({ userId: alice, lifetimeMs: HOUR_MS });
      const [taken, kept] = [await issue(), await issue()];
      const identity = await other.identities.verify(taken.token);
      await other.identities.verify(kept.token);
      await one.sessions.revoke(identity);
      for (const node of [one, other]) {
        await expect(node.identities.verify(taken.token)).rejects.toMatchObject({
          code: 'token_revoked',
          status: 401,
        });
        expect(await node.identities.verify(kept.token)).toMatchObject({ name: 'alice' });
      }
    });

    it('counts for a minute at most where nobody heard of it', async () => {
      const [one, deaf] = [await openNode(), await openNode()];
      const { token } = await one.sessions.issue({ userId: alice, lifetimeMs: HOUR_MS });
      await one.sessions.revoke(await deaf.identities.verify(token));
      clock.advance(60_000);
      await expect(deaf.identities.verify(token)).rejects.toMatchObject({ code: 'token_revoked' });
    });

    it('counts no more where nobody heard of it, once all are asked for anew', async () => {
      const [one, deaf] = [await openNode(), await openNode()];
      const { token } = await one.sessions.issue({ userId: alice, lifetimeMs: HOUR_MS });
      await one.sessions.revoke(await deaf.identities.verify(token));
      expect(await deaf.identities.verify(token)).toMatchObject({ name: 'alice' });
      deaf.forgetVerified();
      await expect(deaf.identities.verify(token)).rejects.toMatchObject({ code: 'token_revoked' });
    });

    it('by a process without a bus is told to a running server', async () => {
      const bus = createMemoryBus(log);
      const server = await openNode(bus);
      const ctl = await openNode(null);
      const { token } = await ctl.sessions.issue({ userId: alice, lifetimeMs: HOUR_MS });
      await server.identities.verify(token);
      clock.advance(1);
      const notices = watchNotices({ db, bus, clock, log });
      await ctl.sessions.revokeAll(alice);
      const heard = new Promise((resolve) => bus.subscribe('identity:revoked', resolve));
      clock.advance(500);
      expect(await heard).toEqual({ userId: alice, tokenId: null });
      await notices.stop();
      await expect(server.identities.verify(token)).rejects.toMatchObject({
        code: 'token_revoked',
      });
      const { token: newer } = await ctl.sessions.issue({ userId: alice, lifetimeMs: HOUR_MS });
      expect(await server.identities.verify(newer)).toMatchObject({ name: 'alice' });
    });
  });

  describe('a sign-in code', () => {
    const codes = () => createDbSignInCodes({ db, clock });
    const create = () => codes().create({ userId: alice, lifetimeMs: 60_000, sessionMs: HOUR_MS });

    it('may be read any number of times and redeemed once, also by two at the same time', async () => {
      const code = await create();
      const facts = { userId: alice, sessionMs: HOUR_MS, expiresAt: clock.now() + 60_000 };
      expect(await codes().read(code)).toEqual(facts);
      expect(await codes().read(code)).toEqual(facts);
      const both = await Promise.allSettled([codes().redeem(code), codes().redeem(code)]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const used = { code: 'sign_in_code_used', status: 410 };
      await expect(codes().redeem(code)).rejects.toMatchObject(used);
      await expect(codes().read(code)).rejects.toMatchObject(used);
    });

    it('runs out', async () => {
      const code = await create();
      clock.advance(60_000);
      await expect(codes().redeem(code)).rejects.toMatchObject({
        code: 'sign_in_code_expired',
        status: 410,
      });
    });

    it('is not in the database as it is in the link', async () => {
      const code = await create();
      const rows = await db.selectFrom('sign_in_codes').selectAll().execute();
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(code);
      await expect(codes().redeem(rows[0]?.code_hash ?? '')).rejects.toMatchObject({
        code: 'sign_in_code_unknown',
        status: 404,
      });
    });

    it('is forgotten a day after it ran out', async () => {
      await create();
      clock.advance(25 * HOUR_MS);
      await create();
      expect(await db.selectFrom('sign_in_codes').selectAll().execute()).toHaveLength(1);
    });
  });
}
