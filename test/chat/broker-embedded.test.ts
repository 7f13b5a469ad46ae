import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Broker } from '../../chat/log/broker.ts';
import { chatFile } from '../../chat/log/chat-database.ts';
import { writerRestarts } from '../../chat/log/chat-metrics.ts';
import { LogStore } from '../../chat/log/log-store.ts';
import { type BrokerStore, listen, offsets } from '../contract/broker.contract.ts';
import { embeddedStore } from '../support/brokers.ts';
import { draftOf } from '../support/chat-drafts.ts';
import { until } from '../support/until.ts';

/** Ends when it is given a message with this id: before it keeps the batch, or just after. */
const FAILING_WORKER = new URL('./support/failing-log-worker.ts', import.meta.url);

describe('the thread that keeps the log', () => {
  let store: BrokerStore & { dataDir: string };
  let broker: Broker;
  beforeEach(async () => {
    store = embeddedStore({ workerUrl: FAILING_WORKER });
    broker = await store.open();
  });
  afterEach(async () => {
    await broker.close();
    await store.remove();
  });
  const unavailable = { code: 'chat_unavailable', status: 503, retryable: true };
  /** Until the thread is there again. */
  const publishAgain = async (draft = draftOf()) => {
    await until(() => expect(broker.readiness()).toBe('ok'));
    return broker.publish('live', draft);
  };

  it.each([
    { when: 'before it has kept them', id: 'die-before', kept: false },
    { when: 'before it has said that they are kept', id: 'die-after', kept: true },
  ])('is started again when it ends $when, and each is kept and told once', async (ending) => {
    const restarts = (await writerRestarts.get()).values[0]?.value ?? 0;
    const heard = await listen(broker, 'live');
    await broker.publish('live', draftOf());
    const fatal = draftOf({ id: ending.id });
    const others = [draftOf(), draftOf()];
    const lost = [fatal, ...others].map((draft) => broker.publish('live', draft));
    for (const one of lost) await expect(one).rejects.toMatchObject(unavailable);
    await expect(broker.publish('live', draftOf())).rejects.toMatchObject(unavailable);

    for (const draft of others) {
      expect(await publishAgain(draft)).toMatchObject({ id: draft.id, repeated: ending.kept });
    }
    await publishAgain();
    const all = ending.kept ? [1, 2, 3, 4, 5] : [1, 2, 3, 4];
    await until(() => expect(offsets(heard.entries)).toEqual(all));
    expect(heard.resets).toEqual([]);
    expect((await writerRestarts.get()).values[0]?.value).toBe(restarts + 1);
  });

  it('refuses the batch that the database does not take, and goes on with the next', async () => {
    await broker.publish('live', draftOf());
    const locked = new DatabaseSync(chatFile(store.dataDir));
    locked.exec('ALTER TABLE chat_messages RENAME TO away');
    await expect(broker.publish('live', draftOf())).rejects.toMatchObject(unavailable);
    locked.exec('ALTER TABLE away RENAME TO chat_messages');
    locked.close();
    expect(await broker.publish('live', draftOf())).toMatchObject({ offset: 2 });
  });

  it('takes no more than ten thousand that wait, and keeps those', async () => {
    const published = Array.from({ length: 10_500 }, () => broker.publish('live', draftOf()));
    const results = await Promise.allSettled(published);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(500);
    for (const { reason } of refused) expect(reason).toMatchObject(unavailable);
    expect(await publishAgain()).toMatchObject({ offset: 10_001 });
  });

  it('keeps what was published before it is closed', async () => {
    const published = Array.from({ length: 1_200 }, () => broker.publish('live', draftOf()));
    await broker.close();
    expect((await Promise.all(published)).at(-1)).toMatchObject({ offset: 1_200 });
    broker = await store.open();
    expect(await broker.publish('live', draftOf())).toMatchObject({ offset: 1_201 });
  });

  it('forgets after a day what a client sent', async () => {
    const at = Date.now();
    await broker.publish('live', draftOf({ clientId: 'old', at: at - 1 }));
    await broker.publish('live', draftOf({ clientId: 'young', at }));
    const log = new LogStore(chatFile(store.dataDir));
    expect(log.forgetSent(at)).toBe(1);
    log.close();
    expect(await broker.published('live', 'u1', 'old')).toBeNull();
    expect(await broker.published('live', 'u1', 'young')).toMatchObject({ offset: 2 });
  });
});
