import { describe, expect, it } from 'vitest';
import { BlockedRequests, WaitLimit } from '../../../transcoder/packager/blocked-requests.ts';
import { blockedRefused } from '../../../transcoder/packager/metrics.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const refused = async () => (await blockedRefused.get()).values[0]?.value ?? 0;

const waiting = (max = 10) => {
  const clock = createManualClock();
  const log: string[] = [];
  const blocked = new BlockedRequests({ clock, timeoutMs: 12_000, limit: new WaitLimit(max) });
  const add = (name: string, ready: () => boolean = () => false) =>
    blocked.add(name, ready, {
      answer: () => log.push(`${name} answered`),
      expire: () => log.push(`${name} expired`),
    });
  return { clock, log, blocked, add };
};

describe('blocked requests', () => {
  it('end after three target durations, each counted from its own beginning', () => {
    const { clock, log, add } = waiting();
    add('first');
    clock.advance(6000);
    add('second');
    clock.advance(5900);
    expect(log).toEqual([]);
    clock.advance(400);
    expect(log).toEqual(['first expired']);
    clock.advance(6000);
    expect(log).toEqual(['first expired', 'second expired']);
  });

  it('are answered when what they wait for is there, once', () => {
    const { clock, log, blocked, add } = waiting();
    let there = false;
    add('it', () => there);
    blocked.check();
    there = true;
    blocked.check();
    blocked.check();
    clock.advance(60_000);
    expect(log).toEqual(['it answered']);
  });

  it('ask once for all that wait for the same', () => {
    const { blocked, add } = waiting();
    let asked = 0;
    for (let viewer = 0; viewer < 5; viewer++) {
      add('same', () => {
        asked++;
        return false;
      });
    }
    blocked.check();
    expect(asked).toBe(1);
  });

  it('give their place back when they go, are answered or expire', async () => {
    const { clock, blocked, add } = waiting(1);
    const leave = add('gone');
    const refusedBefore = await refused();
    expect(add('refused')).toBeNull();
    expect((await refused()) - refusedBefore).toBe(1);
    leave?.();
    leave?.();
    add('answered', () => true);
    blocked.check();
    add('expires');
    clock.advance(13_000);
    expect(add('last')).not.toBeNull();
  });

  it('may wait for the next thing while they are answered', () => {
    const { log, blocked, add } = waiting();
    blocked.add('one', () => true, {
      answer: () => {
        log.push('one answered');
        add('two');
      },
      expire: () => {},
    });
    blocked.check();
    blocked.check();
    expect(log).toEqual(['one answered']);
    blocked.answerAll();
    expect(log).toEqual(['one answered', 'two answered']);
  });
});
