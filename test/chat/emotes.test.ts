import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_EMOTES } from '../../chat/rules/built-in-emotes.ts';
import { encodeEmote } from '../../chat/rules/emote-image.ts';
import { PROJECT } from '../support/product.ts';
import { type ChatServer, startChat } from './support/chat-server.ts';

let server: ChatServer;
let owner: string;
let mod: string;
beforeAll(async () => {
  server = await startChat();
  owner = (await server.person('owner', 'broadcaster')).token;
  mod = (await server.person('mod_mia', 'moderator')).token;
});
afterAll(() => server.stop());

const picture = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 4, background: { r: 250, g: 90, b: 40, alpha: 0.5 } },
  });
async function animation(frames: number): Promise<Buffer> {
  const pages = await Promise.all(
    Array.from({ length: frames }, (_, n) =>
      sharp({
        create: {
          width: 32,
          height: 32,
          channels: 3,
          background: { r: (n * 37) % 256, g: (n * 91) % 256, b: (n % 2) * 255 },
        },
      })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(pages, { join: { animated: true } })
    .gif()
    .toBuffer();
}
/** A few bytes that claim to be a picture of any size. */
function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    return Buffer.concat([head, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6], 8);
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const pixels = deflateSync(Buffer.alloc(1_000_000));
  return Buffer.concat([
    magic,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const url = () => `${server.url}/api/v1/channels/stage/emotes`;
async function upload(name: string, image: Buffer, token = owner) {
  const answer = await fetch(`${url()}?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' },
    body: new Uint8Array(image),
  });
  return { status: answer.status, body: await answer.json() };
}
interface Listed {
  name: string;
  url: string;
  animated: boolean;
  source: string;
}
const list = async (): Promise<Listed[]> => (await (await fetch(url())).json()).emotes;

describe("everybody's emotes", () => {
  it('are listed, and are files of the page that draw and do nothing else', async () => {
    const listed = await list();
    expect(listed.map(({ name }) => name)).toEqual([...BUILT_IN_EMOTES]);
    for (const emote of listed) {
      const file = join(PROJECT, 'web/client/public', emote.url);
      expect(existsSync(file), file).toBe(true);
      expect(readFileSync(file, 'utf8')).not.toMatch(/script|href|on\w+=|foreignObject/i);
    }
  });
});

describe("a channel's own", () => {
  it('are encoded anew, served for ever under their content, listed and removed', async () => {
    const added = await upload('MyFace', await picture(300, 300).png().toBuffer());
    expect(added.status).toBe(201);
    const emote = (await list()).find(({ name }) => name === 'myface');
    expect(emote).toMatchObject({ animated: false, source: 'channel' });
    const answer = await fetch(server.url + emote?.url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/webp');
    expect(answer.headers.get('cache-control')).toMatch(/immutable/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const image = Buffer.from(await answer.arrayBuffer());
    expect(await sharp(image).metadata()).toMatchObject({ format: 'webp', height: 112 });
    const ann = await server.enter({ token: (await server.person('ann')).token });
    const boss = await server.enter({ token: owner });
    await boss.ask({ type: 'mode', emoteOnly: true });
    expect(await ann.ask({ type: 'send', text: ':myface:' })).toMatchObject({ type: 'ack' });
    const removed = await fetch(`${url()}/myface`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${owner}` },
    });
    expect(removed.status).toBe(200);
    expect(await ann.ask({ type: 'send', text: ':myface:' })).toMatchObject({ code: 'emote_only' });
    expect((await list()).some(({ name }) => name === 'myface')).toBe(false);
  });

  it('stay animated, with a limit to their frames', async () => {
    await upload('dance', await animation(150));
    const emote = (await list()).find(({ name }) => name === 'dance');
    expect(emote?.animated).toBe(true);
    const image = Buffer.from(await (await fetch(server.url + emote?.url)).arrayBuffer());
    expect((await sharp(image).metadata()).pages).toBe(120);
  });

  it('are not for others than the broadcaster', async () => {
    const image = await picture(10, 10).png().toBuffer();
    expect((await upload('other', image, mod)).status).toBe(403);
    expect((await upload('other', image, 'forged')).status).toBe(401);
  });

  it('need a name of their own', async () => {
    const image = await picture(10, 10).webp().toBuffer();
    expect((await upload('two', image)).status).toBe(201);
    expect((await upload('two', image)).body.code).toBe('emote_name_taken');
    expect((await upload('smile', image)).body.code).toBe('emote_name_taken');
    for (const name of ['', 'a', 'a b', '../x', '<b>', 'x'.repeat(33)])
      expect((await upload(name, image)).body.code).toBe('emote_name_invalid');
  });
});

describe('what is no small image is refused', () => {
  it.each([
    ['text', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a page with the beginning of a GIF', Buffer.from('GIF89a<script>alert(1)</script>')],
    ['a PNG that ends early', hugePng(10, 10).subarray(0, 60)],
  ])('%s', async (_, bytes) => {
    await expect(encodeEmote(bytes)).rejects.toMatchObject({ code: 'emote_unreadable' });
  });

  it('a picture that unfolds into gigabytes, before it does', async () => {
    const before = process.memoryUsage().rss;
    await expect(encodeEmote(hugePng(60_000, 60_000))).rejects.toMatchObject({ status: 400 });
    await expect(encodeEmote(hugePng(4_097, 10))).rejects.toMatchObject({ status: 400 });
    const wide = await picture(4_500, 20).png().toBuffer();
    await expect(encodeEmote(wide)).rejects.toMatchObject({ code: 'emote_too_large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  });

  it('one of JPEG, and one of more than a megabyte', async () => {
    const jpeg = await picture(10, 10).jpeg().toBuffer();
    await expect(encodeEmote(jpeg)).rejects.toMatchObject({ code: 'emote_unreadable' });
    expect((await upload('large', Buffer.alloc(1_100_000))).status).toBe(413);
  });
});
