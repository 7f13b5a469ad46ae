import { beforeEach, describe, expect, it } from 'vitest';
import type { Directory, LeaseAnswer } from '../../platform/directory.ts';
import type { Source } from '../../platform/stream.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const source: Source = {
  id: 'source-1',
  run: 1,
  url: 'http://127.0.0.1:1/source-1',
  video: null,
  audio: null,
  wallBaseMs: 0,
  firstMediaMs: 10_000,
};

/** What every directory keeps to, whatever it is stored in. */
export function directoryContract(
  name: string,
  create: (clock: ManualClock) => Directory | Promise<Directory>,
): void {
  describe(`directory (${name})`, () => {
    let clock: ManualClock;
    let directory: Directory;
    beforeEach(async () => {
      clock = createManualClock();
      directory = await create(clock);
    });

    const take = (publisherId: string, identity = publisherId): Promise<LeaseAnswer> =>
      directory.takeLease({ channel: 'live', publisherId, identity });
    const granted = async (answer: Promise<LeaseAnswer>) => {
      const given = await answer;
      if (!given.granted) throw new Error('the lease was refused');
      return given;
    };
    /** Both sides of a second: the holder sends, the clock moves on. */
    const sendFor = async (seconds: number, holder: string) => {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1_000);
        expect(await directory.renewLease('live', holder)).toBe(true);
      }
    };

    describe('lease', () => {
      it('opens a stream for the first publisher, run 1, nobody evicted', async () => {
        const answer = await granted(take('a'));
        expect(answer).toMatchObject({ run: 1, evicted: null, startedAt: clock.now() });
        expect(await directory.byChannel('live')).toMatchObject({
          streamId: answer.streamId,
          state: 'starting',
          source: null,
        });
      });

      it('lets a newer publisher take over at once, on the same stream', async () => {
        const first = await granted(take('a'));
        const second = await granted(take('b'));
        expect(second).toMatchObject({ streamId: first.streamId, run: 2, evicted: 'a' });
        expect(await directory.renewLease('live', 'a')).toBe(false);
        expect(await directory.releaseLease('live', 'a')).toBe(false);
        expect(await directory.renewLease('live', 'b')).toBe(true);
      });

      it.each([
        ['from two places', 'encoder-a', 'encoder-b'],
        ['from one place, alike', 'encoder', 'encoder'],
      ])(
        'refuses the displaced encoder every 2 s while its successor sends, %s',
        async (_, a, b) => {
          await granted(take('a', a));
          await sendFor(3, 'a');
          await granted(take('b', b));
          for (let attempt = 0; attempt < 30; attempt++) {
            await sendFor(2, 'b');
            expect(await take(`a${attempt}`, a)).toEqual({ granted: false, reason: 'taken_over' });
          }
          expect(await directory.renewLease('live', 'b')).toBe(true);
        },
      );

      it('refuses it with growing pauses between its attempts too', async () => {
        await granted(take('a'));
        await granted(take('b'));
        for (let pause = 2; pause < 300; pause = Math.ceil(pause * 1.5)) {
          await sendFor(pause, 'b');
          expect(await take(`a-again-${pause}`, 'a')).toMatchObject({ granted: false });
        }
      });

      it('lets a third encoder take over from the second', async () => {
        await granted(take('a'));
        await granted(take('b'));
        expect(await granted(take('c'))).toMatchObject({ run: 3, evicted: 'b' });
        await sendFor(2, 'c');
        expect(await take('b2', 'b')).toMatchObject({ granted: false });
        expect(await take('a2', 'a')).toMatchObject({ granted: false });
      });

      it('lets the displaced one publish again after a long silence: a person chose to', async () => {
        await granted(take('a'));
        await granted(take('b'));
        await sendFor(20, 'b');
        expect(await granted(take('a2', 'a'))).toMatchObject({ evicted: 'b' });
      });

      it('lets anyone publish when the successor stopped', async () => {
        const first = await granted(take('a'));
        await granted(take('b'));
        await sendFor(1, 'b');
        expect(await directory.releaseLease('live', 'b')).toBe(true);
        const again = await granted(take('a2', 'a'));
        expect(again).toMatchObject({ streamId: first.streamId, run: 3, evicted: null });
      });

      it('lets anyone publish when the successor sends nothing for 4 s', async () => {
        await granted(take('a'));
        await granted(take('b'));
        clock.advance(3_900);
        expect(await take('a2', 'a')).toMatchObject({ granted: false });
        clock.advance(200);
        expect(await granted(take('a3', 'a'))).toMatchObject({ evicted: 'b' });
      });

      it('does not take an encoder that returns over a broken connection for a displaced one', async () => {
        await granted(take('a', 'encoder'));
        for (let drop = 0; drop < 3; drop++) {
          clock.advance(4_000);
          await granted(take(`a${drop}`, 'encoder'));
          await sendFor(2, `a${drop}`);
        }
      });

      it('keeps channels apart', async () => {
        const one = await granted(take('a'));
        const two = await granted(
          directory.takeLease({ channel: 'other', publisherId: 'b', identity: 'b' }),
        );
        expect(two.evicted).toBeNull();
        expect(two.streamId).not.toBe(one.streamId);
        expect(await directory.renewLease('other', 'a')).toBe(false);
      });
    });

    describe('stream', () => {
      it('is interrupted when its source goes, and live again with the next', async () => {
        const { streamId } = await granted(take('a'));
        await directory.setSource(streamId, source);
        await directory.setPlayable(streamId);
        expect(await directory.byChannel('live')).toMatchObject({ state: 'live', playable: true });
        await directory.releaseLease('live', 'a');
        await directory.setInterrupted(streamId, 5_000);
        expect(await directory.byChannel('live')).toMatchObject({
          state: 'interrupted',
          graceEndsAt: 5_000,
        });
        await granted(take('a2', 'a'));
        await directory.setSource(streamId, { ...source, run: 2 });
        expect(await directory.byChannel('live')).toMatchObject({
          state: 'live',
          graceEndsAt: null,
          source: { run: 2 },
        });
      });

      it('is not interrupted by the word of one that was taken over', async () => {
        const { streamId } = await granted(take('a'));
        await directory.setSource(streamId, source);
        await granted(take('b'));
        await directory.setInterrupted(streamId, 5_000);
        expect(await directory.byChannel('live')).toMatchObject({ state: 'live' });
      });

      it('frees the channel at its end; a late word about it changes nothing', async () => {
        const { streamId } = await granted(take('a'));
        await directory.endStream(streamId);
        expect(await directory.byChannel('live')).toBeNull();
        const next = await granted(take('b'));
        expect(next).toMatchObject({ run: 1, evicted: null });
        expect(next.streamId).not.toBe(streamId);
        await directory.endStream(streamId);
        await directory.setSource(streamId, source);
        expect(await directory.byChannel('live')).toMatchObject({
          streamId: next.streamId,
          state: 'starting',
        });
      });

      it('is not ended by one whose stream has gone on with another publisher', async () => {
        const first = await granted(take('a'));
        await directory.releaseLease('live', 'a');
        const second = await granted(take('b'));
        expect(await directory.endStream(first.streamId, first.run)).toBe(false);
        expect(await directory.byChannel('live')).not.toBeNull();
        expect(await directory.endStream(first.streamId, second.run)).toBe(true);
        expect(await directory.byChannel('live')).toBeNull();
        expect(await directory.endStream(first.streamId)).toBe(false);
      });

      it('answers with copies', async () => {
        const { streamId } = await granted(take('a'));
        await directory.setSource(streamId, source);
        const entry = await directory.byChannel('live');
        if (entry?.source) entry.source.url = 'changed';
        expect((await directory.list())[0]?.source?.url).toBe(source.url);
      });
    });
  });
}
