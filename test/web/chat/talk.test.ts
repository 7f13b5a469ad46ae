import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatServer, startChat } from '../../chat/support/chat-server.ts';
import { openPageChat, type PageChat, type PageChatOptions, texts } from './support/page-chat.ts';

let server: ChatServer;
let pages: PageChat[];
beforeEach(async () => {
  server = await startChat();
  pages = [];
});
afterEach(async () => {
  for (const page of pages) page.close();
  await server.stop();
});

function open(options: PageChatOptions = {}): PageChat {
  const page = openPageChat(server.url, options);
  pages.push(page);
  return page;
}
async function openAs(name: string, role?: 'moderator' | 'vip'): Promise<PageChat> {
  const { token } = await server.person(name, role);
  const page = open({ token });
  await page.live();
  return page;
}

describe('what is said', () => {
  it('shows to everybody, in order, once', async () => {
    const [ann, ben] = [await openAs('Ann'), await openAs('Ben')];
    for (const word of ['one', 'two', 'three']) ann.send(word);
    await ben.until((state) => texts(state).length === 3);
    expect(ben.texts()).toEqual(['one', 'two', 'three']);
    const state = await ann.until(({ outgoing }) => outgoing.length === 0);
    expect(texts(state)).toEqual(['one', 'two', 'three']);
  });

  it('is there for those who come later', async () => {
    const ann = await openAs('Ann');
    ann.send('hello');
    await ann.until(({ outgoing }) => outgoing.length === 0);
    const state = await open().live();
    expect(texts(state)).toEqual(['hello']);
  });

  it('goes nowhere for a moment between what is typed and its line', async () => {
    const ann = await openAs('Ann');
    const seen: string[] = [];
    const note = () => {
      const { outgoing, lines } = ann.get();
      seen.push(`${outgoing.length}+${lines.length}`);
    };
    ann.subscribe(note);
    ann.send('hello');
    await ann.until(({ lines }) => lines.length === 1);
    expect(seen).not.toContain('0+0');
    expect(seen).not.toContain('1+1');
  });

  it('that calls somebody is marked for them alone', async () => {
    const [ann, ben] = [await openAs('Ann'), await openAs('Ben')];
    ann.send('hello @BEN');
    const isCalled = (page: PageChat) =>
      page.get().lines.map((line) => line.kind === 'message' && line.mentionsYou);
    await ben.until(({ lines }) => lines.length === 1);
    await ann.until(({ lines }) => lines.length === 1);
    expect([isCalled(ann), isCalled(ben)]).toEqual([[false], [true]]);
  });
});
