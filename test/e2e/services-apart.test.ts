import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Encoder, startEncoder } from '../support/encoder.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { PROJECT, type Product, spawnProduct, startProduct } from '../support/product.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { channelOf, untilChannel } from './public-api.ts';

let redis: TestRedis;
let postgres: TestPostgres;
let databaseUrl: string;
const running: Product[] = [];
const encoders: Encoder[] = [];

beforeAll(async () => {
  const keeping = { appendOnly: 'always', password: 'open sesame' } as const;
  [redis, postgres] = await Promise.all([startRedis(keeping), startPostgres()]);
  databaseUrl = await postgres.createDatabase();
});
afterEach(async () => {
  await Promise.all(encoders.splice(0).map((encoder) => encoder.stop('SIGKILL')));
  await Promise.all(running.splice(0).map((product) => product.stop()));
});
afterAll(async () => {
  await Promise.all([redis?.stop(), postgres?.stop()]);
});

const meeting = () => ({ REDIS_URL: redis.url, DATABASE_URL: databaseUrl, LADDER: 'source' });

/** A process that runs a part of the services, in a DATA_DIR of its own. */
async function run(services: string, env: Record<string, string> = {}): Promise<Product> {
  const product = await startProduct({ env: { ...meeting(), SERVICES: services, ...env } });
  running.push(product);
  return product;
}

const wordsOf = async ({ httpUrl }: Product): Promise<Record<string, unknown>> =>
  (await fetch(`${httpUrl}/readyz`)).json();

const publish = (to: Product): Encoder => {
  const url = `${to.rtmpUrl}/${to.streamKey}`;
  const encoder = startEncoder({ url, keyframeSeconds: 1 });
  encoders.push(encoder);
  return encoder;
};

const playlistStatus = async ({ httpUrl }: Product): Promise<number> =>
  (await fetch(`${httpUrl}/live/live/index.m3u8`)).status;

function ctl(...args: string[]): unknown {
  const run = spawnSync(process.execPath, [join(PROJECT, 'ctl.ts'), ...args, '--json'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...meeting() },
    cwd: redis.directory,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

describe('services in processes of their own', () => {
  it('start together on an empty database, and say how they are', async () => {
    const parts = await Promise.all(
      ['ingest', 'transcoder', 'chat', 'web'].map((name) => run(name)),
    );
    expect(await Promise.all(parts.map(wordsOf))).toEqual(
      ['ingest', 'transcoder', 'chat', 'web'].map((name) => ({
        ready: true,
        database: 'ok',
        redis: 'ok',
        [name]: 'ok',
      })),
    );
    expect(new Set(parts.map(({ streamKey }) => streamKey)).size).toBe(1);
  });

  it('need ffmpeg only where there is media', async () => {
    const web = await run('web', { PATH: '/nonexistent' });
    expect(await wordsOf(web)).toMatchObject({ ready: true });
    const ingest = await spawnProduct({
      env: { ...meeting(), SERVICES: 'ingest', PATH: '/nonexistent' },
    });
    expect((await ingest.exited).logs).toContain('ffmpeg');
  });

  it.each([
    ['REDIS_URL', () => redis.url.replace(/:[^:@]+@/, ':hunter2@'), 'redis_unusable'],
    ['DATABASE_URL', () => databaseUrl.replace(/:[^:@]+@/, ':hunter2@'), 'database_unusable'],
  ])('do not start when %s is wrong, and say so without the password', async (name, url, code) => {
    const process = await spawnProduct({ env: { ...meeting(), SERVICES: 'web', [name]: url() } });
    const { code: exit, logs } = await process.exited;
    expect(exit).toBe(1);
    expect(logs).toContain(code);
    expect(logs).toMatch(new RegExp(`Footlight cannot start.*${name}`));
    expect(logs).not.toContain('hunter2');
  });

  it('show one stream together; a key that ctl resets closes its encoder', async () => {
    const [ingest, transcoder, web] = await Promise.all([
      run('ingest'),
      run('transcoder'),
      run('web'),
    ]);
    const encoder = publish(ingest);
    const live = await untilChannel(
      web,
      ({ publisher, renditions }) => publisher !== null && renditions.length === 2,
    );
    expect(live).toMatchObject({ live: true, publisher: { codec: 'h264' } });
    expect(await playlistStatus(transcoder)).toBe(200);

    expect(ctl('channel', 'reset-key', 'live')).toMatchObject({ channel: 'live' });
    await encoder.exited;
    await untilChannel(web, ({ interrupted }) => interrupted === true);
  });

  it('find what is live when one of them comes back after kill -9', async () => {
    const [ingest, transcoder, web] = await Promise.all([
      run('ingest'),
      run('transcoder'),
      run('web'),
    ]);
    publish(ingest);
    await untilChannel(web, ({ live }) => live);
    await transcoder.kill9();
    await web.kill9();
    const [again, page] = await Promise.all([run('transcoder'), run('web')]);
    await expect.poll(() => playlistStatus(again)).toBe(200);
    expect(await channelOf(page)).toMatchObject({ live: true });
  });

  it('continue a stream whose ingest was killed, when its encoder comes to another one', async () => {
    const [ingest, other, web] = await Promise.all([run('ingest'), run('ingest'), run('web')]);
    const encoder = publish(ingest);
    const before = await untilChannel(web, ({ publisher }) => (publisher?.uptimeSeconds ?? 0) > 4);
    await ingest.kill9();
    await encoder.exited;
    publish(other);
    const after = await untilChannel(
      web,
      ({ publisher }) => publisher !== null && publisher.uptimeSeconds < 4,
    );
    expect(after.streamId).toBe(before.streamId);
    expect(after.startedAt).toBe(before.startedAt);
  });

  it('go on over a Redis that is killed and comes back', async () => {
    const [ingest, transcoder, web] = await Promise.all([
      run('ingest'),
      run('transcoder'),
      run('web'),
    ]);
    const encoder = publish(ingest);
    const { streamId } = await untilChannel(web, ({ live }) => live);
    await redis.kill9();
    await expect.poll(async () => (await wordsOf(web))['redis']).toBe('reconnecting');
    expect(await playlistStatus(transcoder)).toBe(200);
    await redis.restart();
    await expect.poll(async () => (await wordsOf(web))['redis']).toBe('ok');
    await untilChannel(web, (channel) => channel.live && channel.streamId === streamId);
    expect(await playlistStatus(transcoder)).toBe(200);
    // It was not made to come back.
    expect(encoder.stderr()).not.toMatch(/error/i);
  });
});
