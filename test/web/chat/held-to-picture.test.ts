import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatClient as Speaker } from '../../chat/support/chat-client.ts';
import { type ChatServer, startChat } from '../../chat/support/chat-server.ts';
import { openPageChat, type PageChat, type PageChatOptions, texts } from './support/page-chat.ts';

let server: ChatServer;
let page: PageChat;
let mia: Speaker;
beforeEach(async () => {
  server = await startChat();
  mia = await server.enter({ token: (await server.person('Mia', 'moderator')).token });
});
afterEach(async () => {
  page.close();
  await server.stop();
});

async function open(options: PageChatOptions = {}): Promise<PageChat> {
  page = openPageChat(server.url, options);
  await page.live();
  return page;
}
/** Ms after it was sent that the first line showed, by the server's clock. */
async function shownAfterMs(): Promise<number> {
  const { lines } = await page.until((state) => texts(state).length === 1);
  const [line] = lines;
  return Date.now() - (line?.kind === 'message' ? line.message.at : 0);
}

describe('a chat held to the picture', () => {
  it('shows each message when its picture shows', async () => {
    (await open()).setDelay(1_000);
    await mia.say('goal');
    expect(await shownAfterMs()).toBeGreaterThanOrEqual(1_000);
  });

  it.each([-3_600_000, 3_600_000])('does so when the clock is %i ms off', async (skewMs) => {
    await open({ surroundings: { now: () => Date.now() + skewMs } });
    page.setDelay(2_000);
    // Until the page knows the server's clock, a second's uncertainty included.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await mia.say('goal');
    const afterMs = await shownAfterMs();
    expect(afterMs).toBeGreaterThanOrEqual(1_400);
    expect(afterMs).toBeLessThan(6_000);
  });

  it('takes what somebody else has measured', async () => {
    const asked: string[] = [];
    await open({
      serverOffsetMs: () => -3_600_000,
      surroundings: {
        now: () => Date.now() + 3_600_000,
        fetch: async (url) => {
          asked.push(String(url));
          throw new TypeError('nobody is asked');
        },
      },
    });
    page.setDelay(500);
    await mia.say('goal');
    expect(await shownAfterMs()).toBeGreaterThanOrEqual(500);
    expect(asked).toEqual([]);
  });

  it('never shows what was deleted before its time', async () => {
    (await open()).setDelay(100_000);
    const { message } = await mia.say('bad');
    await mia.say('good');
    mia.send({ type: 'delete', id: 'd', message });
    await mia.next('done');
    const after = await server.enter({});
    await mia.say('end');
    await after.next('messages');
    page.setDelay(null);
    await page.until((state) => texts(state).at(-1) === 'end');
    expect(page.texts()).toEqual(['good', 'end']);
  });

  it('keeps what its viewer wrote in sight until its line shows', async () => {
    const { token } = await server.person('Ann');
    (await open({ token })).setDelay(1_500);
    page.send('hello');
    const { outgoing, lines } = await page.until(
      (state) => state.outgoing[0]?.state === 'kept' || state.lines.length > 0,
    );
    expect(outgoing).toMatchObject([{ text: 'hello', state: 'kept' }]);
    expect(lines).toEqual([]);
    await page.until((state) => texts(state).length === 1 && state.outgoing.length === 0);
  });
});
