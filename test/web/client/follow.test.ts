import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import { applyEvent } from '../../../web/client/channels/channel-facts.ts';
import { type Followed, follow } from '../../../web/client/channels/follow.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { liveChannel, offlineChannel } from '../support/fixture-channels.ts';

const LIVE = liveChannel('kitchen', { streamId: 'one', startedAt: 5 });
const OFFLINE = offlineChannel('kitchen');
const wentLive: ServerEvent = {
  type: 'stream.live',
  data: { channel: 'kitchen', title: '', streamId: 'one', startedAt: 5, returned: false },
};
const wentOffline: ServerEvent = {
  type: 'stream.offline',
  data: { channel: 'kitchen', streamId: 'one', endedAt: 9 },
};

interface Question {
  answer(channel: ChannelDetails): Promise<void>;
  fail(): Promise<void>;
}

let clock: ManualClock;
let questions: Question[];
let shown: Followed<ChannelDetails>[];
let hear: (event: ServerEvent) => void;
let luck: number;
let leave: () => void;

/** Until what waits for an answer has gone on. */
const settled = () => new Promise<void>((done) => setImmediate(done));
const isLive = () => {
  const last = shown.at(-1);
  return last?.kind === 'known' ? last.facts.live : null;
};

beforeEach(() => {
  clock = createManualClock();
  questions = [];
  shown = [];
  luck = 0.5;
  leave = follow<ChannelDetails>({
    ask: () =>
      new Promise((resolve, reject) => {
        questions.push({
          answer(channel) {
            resolve(channel);
            return settled();
          },
          fail() {
            reject(new Error('The server cannot be reached.'));
            return settled();
          },
        });
      }),
    subscribe(listener) {
      hear = listener;
      return () => {};
    },
    apply: applyEvent,
    needsAsking: (event) => event.type === 'stream.live',
    show: (followed) => shown.push(followed),
    after: clock.after,
    random: () => luck,
  });
});

describe('answers and events', () => {
  test('an answer from before an event does not take the event back', async () => {
    await questions[0]?.answer(OFFLINE);
    hear(wentLive);
    clock.advance(750);
    hear(wentOffline);
    await questions[1]?.answer(LIVE);

    expect(isLive()).toBe(false);
  });

  test('what is heard before the first answer is applied to it', async () => {
    hear(wentLive);
    await questions[0]?.answer(OFFLINE);

    expect(isLive()).toBe(true);
  });

  test('one question is open at a time, and what was heard meanwhile is asked afterwards', async () => {
    await questions[0]?.answer(OFFLINE);
    hear(wentLive);
    clock.advance(750);
    hear(wentLive);
    clock.advance(2_000);
    expect(questions).toHaveLength(2);

    await questions[1]?.answer(LIVE);
    clock.advance(1_500);
    expect(questions).toHaveLength(3);
    await questions[2]?.answer(LIVE);
    clock.advance(60_000);
    expect(questions).toHaveLength(3);
  });

  test('nothing is shown or asked after the end', async () => {
    await questions[0]?.answer(OFFLINE);
    hear(wentLive);
    clock.advance(750);
    const before = shown.length;
    leave();
    await questions[1]?.answer(LIVE);
    clock.advance(60_000);

    expect(shown).toHaveLength(before);
    expect(questions).toHaveLength(2);
  });
});

describe('the moment of asking', () => {
  test('the event shows at once, and the question waits for its share of 1.5 s', async () => {
    await questions[0]?.answer(OFFLINE);
    luck = 0.99;
    hear(wentLive);
    expect(isLive()).toBe(true);
    clock.advance(1_400);
    expect(questions).toHaveLength(1);
    clock.advance(100);
    expect(questions).toHaveLength(2);
  });

  test('a failure is said, and asked again with growing waits', async () => {
    luck = 0;
    await questions[0]?.fail();
    expect(shown).toEqual([{ kind: 'failed', reason: 'The server cannot be reached.' }]);
    clock.advance(500);
    await questions[1]?.fail();
    clock.advance(500);
    expect(questions).toHaveLength(2);
    clock.advance(500);
    expect(questions).toHaveLength(3);
  });

  test('an event after a failure is asked about at once', async () => {
    await questions[0]?.fail();
    hear(wentLive);
    clock.advance(0);
    expect(questions).toHaveLength(2);
  });
});
