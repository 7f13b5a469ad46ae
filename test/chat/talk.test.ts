import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatServer, startChat } from './support/chat-server.ts';

let server: ChatServer;
beforeEach(async () => {
  server = await startChat();
});
afterEach(() => server.stop());

describe('a chat line', () => {
  it('reaches everybody, its author too, in one order, and is acked once kept', async () => {
    const ann = await server.enter({ token: (await server.person('Ann')).token });
    const guest = await server.enter();
    const ack = await ann.say('hello');
    for (const client of [ann, guest]) {
      const told = client.heard.flatMap((one) => (one.type === 'messages' ? one.items : []));
      if (told.length === 0) told.push(...(await client.next('messages')).items);
      expect(told).toEqual([
        expect.objectContaining({ id: ack.message, offset: ack.offset, text: 'hello' }),
      ]);
    }
  });

  it('of a guest is refused with a sentence', async () => {
    const guest = await server.enter();
    guest.send({ type: 'send', id: '1', text: 'hello' });
    expect(await guest.next('refused')).toMatchObject({ id: '1', reason: expect.any(String) });
  });
});

describe('a returning client', () => {
  it('gets exactly the gap', async () => {
    const { token } = await server.person('Ann');
    const ann = await server.enter({ token });
    await ann.say('one');
    const { offset } = await ann.say('two');
    const { epoch } = ann.welcome;
    await ann.say('three');
    const back = await server.enter({ after: { offset, epoch } });
    expect(back.welcome).toMatchObject({ resumed: true, history: [{ text: 'three' }] });
  });

  it('gets a fresh history when its epoch is another one', async () => {
    const ann = await server.enter({ token: (await server.person('Ann')).token });
    await ann.say('one');
    const back = await server.enter({ after: { offset: 1, epoch: 'another' } });
    expect(back.welcome).toMatchObject({ resumed: false, history: [{ text: 'one' }] });
  });
});
