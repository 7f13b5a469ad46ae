import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Presence, PresenceChange } from '../../chat/presence/presence.ts';
import type { PersonHere } from '../../platform/protocol/chat/server-messages.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

export interface PresenceStore {
  /** A node's presence; several share what they know where the store does. */
  open(clock: ManualClock): Promise<Presence>;
}

const person = (id: string, role: PersonHere['roles'][number] = 'member'): PersonHere => ({
  id,
  name: id,
  roles: [role],
});
const ann = person('ann');

/** What every presence keeps to, whatever carries it between nodes. */
export function presenceContract(name: string, store: () => PresenceStore): void {
  describe(`presence (${name})`, () => {
    let clock: ManualClock;
    let presence: Presence;
    beforeEach(async () => {
      clock = createManualClock();
      presence = await store().open(clock);
    });
    afterEach(() => presence.close());

    const heard: PresenceChange[] = [];
    const listen = () => {
      heard.length = 0;
      return presence.subscribe('live', (change) => heard.push(change));
    };
    /** What waits for the clock is let go on, step by step. */
    const snapshot = async () => {
      const asked = presence.snapshot('live');
      let isDone = false;
      void asked.finally(() => {
        isDone = true;
      });
      await expect
        .poll(() => {
          clock.advance(10);
          return isDone;
        })
        .toBe(true);
      return asked;
    };
    /** Lives on for so long, as connections that answer their pings. */
    const pass = (seconds: number, leases: string[]) => {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1_000);
        presence.renew('live', leases);
      }
    };

    it('counts everybody once however many sockets, guests too', async () => {
      presence.enter('live', '1', ann);
      presence.enter('live', '2', ann);
      presence.enter('live', '3', person('g1', 'guest'));
      presence.enter('live', '4', person('g2', 'guest'));
      presence.enter('other', '5', person('eve'));
      expect(await snapshot()).toEqual({ count: 3, people: [ann] });
    });

    it('lets a person leave with the last lease', async () => {
      presence.enter('live', '1', ann);
      presence.enter('live', '2', ann);
      presence.leave('live', '1', { linger: false });
      expect((await snapshot()).count).toBe(1);
      presence.leave('live', '2', { linger: false });
      expect(await snapshot()).toEqual({ count: 0, people: [] });
    });

    it('keeps leases that are renewed, and ends those that are not after 15 s', async () => {
      presence.enter('live', '1', ann);
      presence.enter('live', '2', person('ben'));
      pass(14, ['1']);
      expect((await snapshot()).count).toBe(2);
      pass(4, ['1']);
      expect(await snapshot()).toEqual({ count: 1, people: [ann] });
    });

    it('shows no leave and join of a two-second tunnel', async () => {
      listen();
      presence.enter('live', '1', ann);
      clock.advance(1_000);
      expect(heard).toEqual([{ count: 1, joined: [ann], left: [] }]);
      presence.leave('live', '1', { linger: true });
      pass(2, []);
      presence.enter('live', '2', ann);
      pass(20, ['2']);
      expect(heard).toHaveLength(1);
    });

    it('tells changes at most twice a second, and together', () => {
      listen();
      for (let n = 0; n < 30; n++) {
        presence.enter('live', `lease ${n}`, person(`p${n}`));
        clock.advance(100);
      }
      expect(heard.length).toBeLessThanOrEqual(6);
      clock.advance(500);
      expect(heard.flatMap(({ joined }) => joined)).toHaveLength(30);
      expect(heard.at(-1)?.count).toBe(30);
    });

    it('tells who left, and nothing more after the listener ended', () => {
      const end = listen();
      presence.enter('live', '1', ann);
      clock.advance(500);
      presence.leave('live', '1', { linger: false });
      clock.advance(500);
      expect(heard.at(-1)).toEqual({ count: 0, joined: [], left: ['ann'] });
      end();
      presence.enter('live', '1', ann);
      clock.advance(1_000);
      expect(heard).toHaveLength(2);
    });

    it('tells a person anew whose roles changed', () => {
      listen();
      presence.enter('live', '1', ann);
      clock.advance(500);
      presence.enter('live', '1', person('ann', 'moderator'));
      clock.advance(500);
      expect(heard.at(-1)).toEqual({ count: 1, joined: [person('ann', 'moderator')], left: [] });
    });

    it('shows 200 at most, moderators first', async () => {
      for (let n = 0; n < 300; n++) presence.enter('live', `${n}`, person(`p${n}`));
      presence.enter('live', 'mod', person('zoe', 'moderator'));
      const { count, people } = await snapshot();
      expect(count).toBe(301);
      expect(people).toHaveLength(200);
      expect(people[0]?.id).toBe('zoe');
    });

    it('remembers when somebody was last here', async () => {
      expect(await presence.lastSeen('live', 'ann')).toBeNull();
      presence.enter('live', '1', ann);
      clock.advance(500);
      expect(await presence.lastSeen('live', 'ann')).toBe(clock.now());
      presence.leave('live', '1', { linger: false });
      clock.advance(500);
      const left = clock.now();
      clock.advance(60_000);
      await expect.poll(() => presence.lastSeen('live', 'ann')).toBe(left);
    });
  });
}

/** What holds between nodes that share a store. */
export function sharedPresenceContract(name: string, store: () => PresenceStore): void {
  describe(`presence of several nodes (${name})`, () => {
    let clock: ManualClock;
    let one: Presence;
    let two: Presence;
    beforeEach(async () => {
      clock = createManualClock();
      one = await store().open(clock);
      two = await store().open(clock);
      for (const node of [one, two]) node.subscribe('live', () => undefined);
    });
    afterEach(() => Promise.all([one.close(), two.close()]));

    const countAt = (node: Presence, renewed: [Presence, string][] = []) =>
      expect.poll(async () => {
        clock.advance(250);
        for (const [holder, lease] of renewed) holder.renew('live', [lease]);
        const asked = node.snapshot('live');
        clock.advance(250);
        return Promise.race([asked, new Promise<null>((done) => setTimeout(done, 20, null))]).then(
          (here) => here?.count,
        );
      });

    it('counts those of all nodes, and a person at two of them once', async () => {
      one.enter('live', '1', ann);
      two.enter('live', '2', ann);
      two.enter('live', '3', person('guest', 'guest'));
      const renewed: [Presence, string][] = [
        [one, '1'],
        [two, '2'],
        [two, '3'],
      ];
      for (const node of [one, two]) await countAt(node, renewed).toBe(2);
      one.leave('live', '1', { linger: false });
      const rest = renewed.slice(1);
      for (const node of [one, two]) await countAt(node, rest).toBe(2);
      two.leave('live', '2', { linger: false });
      for (const node of [one, two]) await countAt(node, rest.slice(1)).toBe(1);
    });

    it('tells a node that comes later who is here', async () => {
      one.enter('live', '1', ann);
      await countAt(one, [[one, '1']]).toBe(1);
      const three = await store().open(clock);
      three.subscribe('live', () => undefined);
      await countAt(three, [[one, '1']]).toBe(1);
      await three.close();
    });
  });
}
