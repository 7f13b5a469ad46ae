import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatServer, startChat } from '../../chat/support/chat-server.ts';
import { openPageChat, type PageChat, type PageChatOptions, texts } from './support/page-chat.ts';

let server: ChatServer;
let pages: PageChat[];
beforeEach(async () => {
  server = await startChat({ times: { pingEveryMs: 200 } });
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
const closed = (page: PageChat) => page.until(({ status }) => status.kind === 'closed');

describe('a line the server ends for good', () => {
  it('because of a ban says so, does not come back, and gives back what was typed', async () => {
    const { token, id } = await server.person('Ann');
    const mia = await server.enter({ token: (await server.person('Mia', 'moderator')).token });
    const page = open({ token });
    await page.live();
    mia.send({ type: 'ban', id: 'b', user: id, reason: 'spam' });
    const { status } = await closed(page);
    expect(status).toMatchObject({ kind: 'closed', code: 4503 });
    expect(status.kind === 'closed' && status.reason).toContain('banned');
    page.send('but');
    const { outgoing } = await page.until((state) => state.outgoing[0]?.state === 'refused');
    expect(outgoing).toMatchObject([{ text: 'but' }]);
    const again = open({ token });
    expect((await closed(again)).status).toMatchObject({ code: 4503 });
  });

  it('says why when there is no such channel', async () => {
    const { status } = await closed(open({ channel: 'nobody' }));
    expect(status).toMatchObject({
      code: 4504,
      reason: expect.stringContaining('no such channel'),
    });
  });

  it('says why when the token is forged', async () => {
    const { status } = await closed(open({ token: 'forged' }));
    expect(status).toMatchObject({ code: 4502 });
  });
});

describe('a token that runs out', () => {
  const short = async () => {
    const user = await server.person('Ann');
    return server.context.sessions.issue({ userId: user.id, lifetimeMs: 1_500 });
  };

  it('leaves a guest, who is told and loses nothing', async () => {
    const { token } = await short();
    const page = open({ token });
    expect((await page.live()).you?.name).toBe('Ann');
    await page.until(({ you }) => you?.roles.includes('guest') === true);
    expect(page.notices()).toEqual(['Your sign-in has run out: sign in again to write.']);
    page.send('hello');
    const { refused } = await page.until((state) => state.refused !== null);
    expect(refused?.text).toBe('hello');
  });

  it('is followed by a fresh one where the page has that', async () => {
    const { token } = await short();
    let fresh = token;
    const page = open({ token: () => fresh });
    await page.live();
    const user = await server.context.accounts.userByName('ann');
    const issued = await server.context.sessions.issue({
      userId: user?.id ?? '',
      lifetimeMs: 60_000,
    });
    fresh = issued.token;
    const reconnecting = page.until(({ status }) => status.kind === 'reconnecting');
    await reconnecting;
    await page.live();
    page.send('still here');
    expect(texts(await page.until((state) => texts(state).length === 1))).toEqual(['still here']);
    expect(page.notices()).toEqual([]);
  });
});

describe('people', () => {
  it('who are blocked are not read, by button or by name', async () => {
    const [ann, ben] = [await server.person('Ann'), await server.person('Ben')];
    const [page, other] = [open({ token: ann.token }), open({ token: ben.token })];
    await page.live();
    other.send('one');
    await page.until((state) => texts(state).length === 1);
    expect(await page.wish({ type: 'block', user: ben.id, blocked: true })).toEqual({ done: true });
    await page.until(({ lines }) => lines.length === 0);
    page.send('/unblock Ben');
    await page.until(({ you }) => you?.blocked.length === 0);
    other.send('two');
    await page.until((state) => texts(state).length === 1);
    page.send('/block ben');
    await page.until(({ lines }) => lines.length === 0);
    expect(page.get().you?.blocked).toEqual([ben.id]);
  });

  it('are counted and listed as they come and go', async () => {
    const page = open();
    await page.live();
    const mia = await server.enter({ token: (await server.person('Mia', 'moderator')).token });
    await server.enter({ token: (await server.person('Abe')).token });
    const { presence } = await page.until((state) => state.presence.people.length === 2);
    expect(presence.people.map(({ name }) => name)).toEqual(['Mia', 'Abe']);
    mia.end();
    await page.until((state) => state.presence.people.length === 1);
  });
});

describe('those who moderate', () => {
  it('are told what is done and what waits; others are not', async () => {
    const { token } = await server.person('Mia', 'moderator');
    const [mia, guest] = [open({ token }), open()];
    const ben = await server.enter({ token: (await server.person('Ben')).token });
    await mia.live();
    const said = await ben.say('words');
    expect(await mia.wish({ type: 'delete', message: said.message })).toEqual({ done: true });
    await mia.until(({ lines }) => lines.some(({ kind }) => kind === 'action'));
    expect(await mia.wish({ type: 'delete', message: 'nothing' })).toMatchObject({ done: false });
    await guest.until(({ lines }) => lines.length === 0 || texts(guest.get())[0] === '');
    expect(guest.get().lines.some(({ kind }) => kind === 'action')).toBe(false);
  });
});
