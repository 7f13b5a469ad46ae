import { describe, expect, it } from 'vitest';
import { installation, source } from './support/installation.ts';

const { join } = installation();

describe('the directory of several processes', () => {
  it('gives a channel to one of many that ask at the same time, and one stream to all', async () => {
    const [one, two] = [await join(), await join()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : two).directory.takeLease({
          channel: 'live',
          publisherId: `p${index}`,
          identity: `p${index}`,
        }),
      ),
    );
    const granted = answers.filter((answer) => answer.granted);
    expect(new Set(granted.map(({ streamId }) => streamId)).size).toBe(1);
    expect(granted.map(({ run }) => run).sort((a, b) => a - b)).toEqual(
      granted.map((_, index) => index + 1),
    );
    const evicted = granted.flatMap(({ evicted }) => evicted ?? []);
    expect(new Set(evicted).size).toBe(granted.length - 1);
  });

  it('loses no change of two processes that change one stream at the same time', async () => {
    const [one, two] = [await join(), await join()];
    const lease = await one.directory.takeLease({
      channel: 'live',
      publisherId: 'a',
      identity: 'a',
    });
    const streamId = lease.granted ? lease.streamId : '';
    const advice = { code: 'a', level: 'info', message: 'a' } as const;
    await Promise.all([
      ...Array.from({ length: 10 }, () => one.directory.renewLease('live', 'a')),
      two.directory.setPlayable(streamId),
      two.directory.setRenditions(streamId, [], [advice]),
      one.directory.setSource(streamId, source),
      one.directory.setPublisher(streamId, null, [advice]),
    ]);
    expect(await two.directory.byChannel('live')).toMatchObject({
      playable: true,
      source: { id: source.id },
      ingestAdvice: [advice],
      transcodeAdvice: [advice],
    });
  });
});
