import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Broker, Entry, Position } from '../../chat/log/broker.ts';
import { draftOf } from '../support/chat-drafts.ts';
import { until } from '../support/until.ts';

/** Where brokers keep what they are given. */
export interface BrokerStore {
  /** A node on it. On one machine there is one at a time. */
  open(): Promise<Broker>;
  remove(): Promise<void>;
}

interface Heard {
  entries: Entry[];
  resets: Position[];
  position: Position;
  close(): void;
}

export async function listen(broker: Broker, channel: string): Promise<Heard> {
  const entries: Entry[] = [];
  const resets: Position[] = [];
  const { position, close } = await broker.subscribe(
    channel,
    (more) => entries.push(...more),
    (reset) => resets.push(reset),
  );
  return { entries, resets, position, close };
}

export const offsets = (entries: Entry[]): number[] => entries.map((entry) => entry.offset);
const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const newest = (broker: Broker, channel: string, limit = 100) =>
  broker.read(channel, { after: null, limit });

/** What every broker keeps to, whatever carries it. */
export function brokerContract(name: string, create: () => BrokerStore): void {
  describe(`broker (${name})`, () => {
    let store: BrokerStore;
    let broker: Broker;
    let channels = 0;
    /** Another one for each test: some stores outlive it. */
    let channel: string;
    beforeEach(async () => {
      store = create();
      broker = await store.open();
      channels += 1;
      channel = `channel_${channels}_${Math.random().toString(36).slice(2)}`;
    });
    afterEach(async () => {
      await broker.close();
      await store.remove();
    });

    /** One after the other. */
    const publish = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) await broker.publish(channel, draftOf());
    };

    describe('publish', () => {
      it('numbers the entries of a channel from 1, by one, apart from other channels', async () => {
        for (const offset of upTo(3)) {
          const draft = draftOf();
          expect(await broker.publish(channel, draft)).toEqual({
            offset,
            id: draft.id,
            repeated: false,
          });
        }
        expect(await broker.publish(`${channel}_b`, draftOf())).toMatchObject({ offset: 1 });
      });

      it('numbers what is published at once in the order it was given', async () => {
        const drafts = Array.from({ length: 300 }, () => draftOf());
        const published = await Promise.all(drafts.map((one) => broker.publish(channel, one)));
        expect(published.map((one) => one.offset)).toEqual(upTo(300));
        const { entries } = await newest(broker, channel, 300);
        expect(entries.map((entry) => entry.id)).toEqual(drafts.map((one) => one.id));
      });

      it('puts the offset in front of the body, and keeps the rest as it was given', async () => {
        const draft = draftOf({
          kind: 'pinned',
          author: 'u 7:"\n',
          clientId: null,
          body: '{"type":"pinned","message":null,"text":"ä 🎉 \\u0000 \\n {\\"}"}',
        });
        await broker.publish(channel, draft);
        const [entry] = (await newest(broker, channel)).entries;
        const { kind, id, author, at } = draft;
        const json = `{"offset":1,${draft.body.slice(1)}`;
        expect(entry).toEqual({ kind, id, author, at, offset: 1, json });
      });
    });

    describe('repetition', () => {
      it('answers the first one, and keeps and tells it once', async () => {
        const heard = await listen(broker, channel);
        const first = await broker.publish(channel, draftOf({ id: 'first', clientId: 'same' }));
        const second = await broker.publish(channel, draftOf({ id: 'second', clientId: 'same' }));
        expect(second).toEqual({ ...first, repeated: true });
        await broker.publish(channel, draftOf());
        await until(() => expect(offsets(heard.entries)).toEqual([1, 2]));
        expect((await newest(broker, channel)).offset).toBe(2);
      });

      it('holds for what is published at once', async () => {
        const drafts = Array.from({ length: 20 }, () => draftOf({ clientId: 'same' }));
        const published = await Promise.all(drafts.map((one) => broker.publish(channel, one)));
        expect(new Set(published.map((one) => one.id)).size).toBe(1);
        expect(published.filter((one) => !one.repeated)).toHaveLength(1);
        expect((await newest(broker, channel)).entries).toHaveLength(1);
      });

      it('is by the same author in the same channel only, and never of what has no id', async () => {
        const published = [
          await broker.publish(channel, draftOf({ clientId: 'same', author: 'a' })),
          await broker.publish(channel, draftOf({ clientId: 'same', author: 'b' })),
          await broker.publish(channel, draftOf({ clientId: null, author: 'a' })),
          await broker.publish(channel, draftOf({ clientId: null, author: 'a' })),
        ];
        expect(published.map((one) => one.offset)).toEqual([1, 2, 3, 4]);
        expect(
          await broker.publish(`${channel}_b`, draftOf({ clientId: 'same', author: 'a' })),
        ).toMatchObject({ repeated: false });
      });

      it('is found by the client id alone', async () => {
        const { id } = await broker.publish(channel, draftOf({ author: 'a', clientId: 'mine' }));
        const found = { offset: 1, id, repeated: true };
        expect(await broker.published(channel, 'a', 'mine')).toEqual(found);
        expect(await broker.published(channel, 'a', 'other')).toBeNull();
        expect(await broker.published(channel, 'b', 'mine')).toBeNull();
      });
    });

    describe('read', () => {
      it('gives the newest entries of a fresh start, and where the log stands', async () => {
        const empty = await newest(broker, channel);
        expect(empty).toMatchObject({ offset: 0, entries: [], resumed: false });
        await publish(5);
        const slice = await newest(broker, channel, 3);
        expect(slice).toMatchObject({ offset: 5, epoch: empty.epoch, resumed: false });
        expect(offsets(slice.entries)).toEqual([3, 4, 5]);
      });

      it.each(['before anybody listens', 'while somebody listens'])(
        'gives exactly the gap after a position, %s',
        async (when) => {
          const heard = when.startsWith('while') ? await listen(broker, channel) : null;
          await publish(6);
          if (heard !== null) await until(() => expect(heard.entries).toHaveLength(6));
          const { epoch } = await newest(broker, channel);
          const given = async (offset: number, limit = 10) => {
            const slice = await broker.read(channel, { after: { offset, epoch }, limit });
            expect(slice.offset).toBe(6);
            return [slice.resumed, ...offsets(slice.entries)];
          };
          expect(await given(4)).toEqual([true, 5, 6]);
          expect(await given(0, 6)).toEqual([true, 1, 2, 3, 4, 5, 6]);
          expect(await given(6)).toEqual([true]);
          expect(await given(2, 3)).toEqual([false, 4, 5, 6]);
          expect(await given(7)).toEqual([false, 1, 2, 3, 4, 5, 6]);
        },
      );

      it('begins anew for a position of another epoch', async () => {
        await publish(3);
        const after = { offset: 1, epoch: 'another' };
        const slice = await broker.read(channel, { after, limit: 10 });
        expect(slice.resumed).toBe(false);
        expect(offsets(slice.entries)).toEqual([1, 2, 3]);
      });

      it('reaches back behind what memory holds', async () => {
        const { position, entries } = await listen(broker, channel);
        await Promise.all(Array.from({ length: 2_000 }, () => broker.publish(channel, draftOf())));
        await until(() => expect(entries).toHaveLength(2_000));
        const slice = await broker.read(channel, { after: position, limit: 5_000 });
        expect(slice.resumed).toBe(true);
        expect(offsets(slice.entries)).toEqual(upTo(2_000));
      });
    });

    describe('subscribe', () => {
      it('tells every listener what comes after its position, in order', async () => {
        await publish(2);
        const early = await listen(broker, channel);
        expect(early.position.offset).toBe(2);
        await publish(1);
        await until(() => expect(early.entries).toHaveLength(1));
        const late = await listen(broker, channel);
        await publish(2);
        await until(() => expect(offsets(late.entries)).toEqual([4, 5]));
        expect(offsets(early.entries)).toEqual([3, 4, 5]);
      });

      it('tells nothing after it is closed, and nothing of other channels', async () => {
        const [left, stayed] = [await listen(broker, channel), await listen(broker, channel)];
        const other = await listen(broker, `${channel}_b`);
        left.close();
        left.close();
        await publish(1);
        await until(() => expect(stayed.entries).toHaveLength(1));
        expect([...left.entries, ...other.entries]).toEqual([]);
        stayed.close();
        const again = await listen(broker, channel);
        expect(again.position.offset).toBe(1);
        await publish(1);
        await until(() => expect(offsets(again.entries)).toEqual([2]));
      });

      it('goes on with the others when a listener throws', async () => {
        const failing = () => {
          throw new Error('a fault in a listener');
        };
        await broker.subscribe(channel, failing, () => {});
        const heard = await listen(broker, channel);
        await publish(2);
        await until(() => expect(offsets(heard.entries)).toEqual([1, 2]));
      });

      it('meets what is read without a gap or a repetition while others publish', async () => {
        let isOver = false;
        const flood = (async () => {
          while (!isOver) {
            await Promise.all(Array.from({ length: 8 }, () => broker.publish(channel, draftOf())));
          }
        })();
        const joined = await Promise.all(
          Array.from({ length: 10 }, async () => {
            const heard = await listen(broker, channel);
            const slice = await broker.read(channel, { after: heard.position, limit: 100_000 });
            expect(slice.resumed).toBe(true);
            return heard;
          }),
        );
        for (let index = 0; index < 10; index++) {
          joined.push(await listen(broker, channel));
          await broker.publish(channel, draftOf());
        }
        isOver = true;
        await flood;
        const { offset } = await newest(broker, channel, 1);
        for (const { entries, position } of joined) {
          await until(() => expect(entries.at(-1)?.offset).toBe(offset));
          expect(offsets(entries)).toEqual(upTo(offset, position.offset + 1));
        }
      });
    });

    it('goes on where it was after a restart, repetitions included', async () => {
      await publish(3);
      const before = await newest(broker, channel);
      const first = await broker.publish(channel, draftOf({ clientId: 'kept' }));
      await broker.close();
      broker = await store.open();
      const again = await broker.publish(channel, draftOf({ clientId: 'kept' }));
      expect(again).toEqual({ ...first, repeated: true });
      expect(await broker.publish(channel, draftOf())).toMatchObject({ offset: 5 });
      const after = { offset: 3, epoch: before.epoch };
      const slice = await broker.read(channel, { after, limit: 10 });
      expect(slice).toMatchObject({ resumed: true, epoch: before.epoch });
      expect(offsets(slice.entries)).toEqual([4, 5]);
    });
  });
}
