import { expect, test } from 'vitest';
import { createEventLog, type Frame } from '../../../web/server/event-log.ts';

const offline = (channel: string) =>
  ({ type: 'stream.offline', data: { channel, streamId: 's', endedAt: 1 } }) as const;
const viewers = (channel: string, count: number) =>
  ({ type: 'viewers', data: { channel, viewers: count } }) as const;
const sequences = (frames: Frame[] | null) => frames?.map((frame) => frame.sequence);

test('what came after an id is replayed in order', () => {
  const log = createEventLog({ epoch: 'e', capacity: 10 });
  log.append(offline('alpha'));
  const id = log.lastId();
  log.append(offline('beta'));
  log.appendViewers(viewers('alpha', 1));
  log.append(offline('alpha'));
  expect(sequences(log.after(id, null))).toEqual([2, 3, 4]);
  expect(sequences(log.after(log.lastId(), null))).toEqual([]);
});

test('of viewer counts only the latest of each channel is replayed', () => {
  const log = createEventLog({ epoch: 'e', capacity: 2 });
  const id = log.lastId();
  for (let count = 1; count <= 50; count += 1) log.appendViewers(viewers('alpha', count));
  const frames = log.after(id, null);
  expect(frames).toHaveLength(1);
  expect(frames?.[0]?.bytes.toString()).toBe(
    'id: e-50\nevent: viewers\ndata: {"channel":"alpha","viewers":50}\n\n',
  );
});

test('a replay holds only the channels asked for', () => {
  const log = createEventLog({ epoch: 'e', capacity: 10 });
  log.append(offline('alpha'));
  log.append(offline('beta'));
  expect(sequences(log.after('e-0', new Set(['beta'])))).toEqual([2]);
});

test('an id older than what is remembered is not resumed', () => {
  const log = createEventLog({ epoch: 'e', capacity: 2 });
  for (let n = 0; n < 4; n += 1) log.append(offline('alpha'));
  expect(log.after('e-1', null)).toBeNull();
  expect(sequences(log.after('e-2', null))).toEqual([3, 4]);
});

test.each(['other-1', 'e-99', 'e-', 'e', '', 'e-1-1', 'e--1', 'e-1e0', 'e-1.0'])(
  'the id %j of no event is not resumed',
  (id) => {
    const log = createEventLog({ epoch: 'e', capacity: 2 });
    log.append(offline('alpha'));
    expect(log.after(id, null)).toBeNull();
  },
);

test('an epoch with dashes in it is read back', () => {
  const log = createEventLog({ epoch: 'a-1-b', capacity: 2 });
  log.append(offline('alpha'));
  expect(sequences(log.after('a-1-b-0', null))).toEqual([1]);
});

test('text of a title cannot forge a frame', () => {
  const log = createEventLog({ epoch: 'e', capacity: 2 });
  const title = 'a\n\nevent: viewers\ndata: {}\n\n';
  const data = { channel: 'alpha', title, streamId: 's', startedAt: 1, returned: false };
  const { bytes } = log.append({ type: 'stream.live', data });
  expect(bytes.toString().split('\n')).toHaveLength(5);
});
