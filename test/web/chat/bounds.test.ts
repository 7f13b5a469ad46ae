import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChatState } from '../../../web/client/chat/chat-client.ts';
import { openPageChat, type PageChat } from './support/page-chat.ts';
import { messageAt, ScriptedSocket } from './support/scripted-socket.ts';

let page: PageChat;
let socket: ScriptedSocket;
let frames: (() => void)[];
afterEach(() => page.close());

function open(): PageChat {
  socket = new ScriptedSocket();
  frames = [];
  page = openPageChat('http://stage.test', {
    surroundings: {
      openSocket: () => socket as unknown as WebSocket,
      nextFrame: (callback) => {
        frames.push(callback);
        return () => undefined;
      },
    },
  });
  socket.welcome();
  draw();
  return page;
}
function draw(): void {
  for (const frame of frames.splice(0)) frame();
}
function say(from: number, count: number): void {
  const items = Array.from({ length: count }, (_, index) => messageAt(from + index));
  socket.say({ type: 'messages', items });
}
const offsets = ({ lines }: ChatState) =>
  lines.map((line) => (line.kind === 'message' ? line.message.offset : null));

describe('memory', () => {
  it('is flat after 50,000 messages', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    open();
    const run = (from: number) => {
      for (let offset = from; offset < from + 25_000; offset += 5) {
        say(offset, 5);
        draw();
      }
    };
    run(1);
    const half = used();
    run(25_001);
    expect(used() - half).toBeLessThan(500_000);
    expect(offsets(page.get())).toEqual(Array.from({ length: 300 }, (_, at) => 49_701 + at));
    expect(page.get().hasOlder).toBe(true);
  });

  it('holds more for somebody who scrolled up, and lets it go when they are back', () => {
    open().setFollowing(false);
    for (let offset = 1; offset <= 2_000; offset += 100) say(offset, 100);
    draw();
    expect(page.get().lines).toHaveLength(1_500);
    page.setFollowing(true);
    draw();
    expect(offsets(page.get())).toEqual(Array.from({ length: 300 }, (_, at) => 1_701 + at));
  });
});

describe('a burst', () => {
  it('is one change of state a frame', () => {
    open();
    let changes = 0;
    page.subscribe(() => {
      changes++;
    });
    for (let offset = 1; offset <= 50; offset++) say(offset, 1);
    expect(changes).toBe(0);
    draw();
    expect([changes, page.get().lines.length]).toEqual([1, 50]);
    draw();
    expect(changes).toBe(1);
  });

  it('leaves what did not change as it is', () => {
    open();
    say(1, 3);
    draw();
    const before = page.get();
    say(4, 1);
    draw();
    const after = page.get();
    expect(after).not.toBe(before);
    expect(after.lines.slice(0, 3).every((line, at) => line === before.lines[at])).toBe(true);
    for (const part of ['you', 'modes', 'presence', 'typing', 'held', 'outgoing'] as const)
      expect(after[part]).toBe(before[part]);
    socket.say({ type: 'typing', people: ['Ben'] });
    draw();
    expect(page.get().lines).toBe(after.lines);
  });
});

describe('a welcome that does not follow on', () => {
  const again = (first: number, count: number, epoch = 'e1') => {
    const history = Array.from({ length: count }, (_, at) => messageAt(first + at));
    socket.welcome({ history, offset: first + count - 1, epoch });
    draw();
  };

  it('says nothing when nothing is missing', () => {
    open();
    say(1, 10);
    again(5, 10);
    expect(offsets(page.get())).toEqual(Array.from({ length: 14 }, (_, at) => at + 1));
    expect(page.notices()).toEqual([]);
  });

  it('takes away what is not there any more', () => {
    open();
    say(1, 3);
    socket.welcome({ history: [messageAt(1), messageAt(3)], offset: 3 });
    draw();
    expect(page.texts()).toEqual(['text 1', '', 'text 3']);
  });

  it('says so when something is missing, once', () => {
    open();
    say(1, 10);
    again(50, 10);
    expect(page.notices()).toEqual(['Some messages were missed.']);
    expect(page.texts()).toHaveLength(10);
  });

  it('leaves before the gap what somebody who scrolled up is reading', () => {
    open().setFollowing(false);
    say(1, 2);
    again(50, 2);
    expect(page.get().lines.map((line) => line.kind)).toEqual([
      ...['message', 'message', 'notice', 'message', 'message'],
    ]);
  });

  it('of another log begins afresh', () => {
    open();
    say(1, 10);
    again(3, 2, 'e2');
    expect(page.texts()).toEqual(['text 3', 'text 4']);
    say(5, 1);
    draw();
    expect(page.texts()).toEqual(['text 3', 'text 4', 'text 5']);
  });
});
