import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Environment, loadConfig, readEnvironment } from '../../platform/config.ts';
import { messageOf } from '../../platform/errors.ts';

const place = mkdtempSync(join(tmpdir(), 'footlight-config-'));
afterAll(() => rmSync(place, { recursive: true }));

const load = (env: Environment = {}) => loadConfig({ DATA_DIR: join(place, 'data'), ...env });
const faultOf = (env: Environment): string => {
  try {
    load(env);
  } catch (error) {
    return messageOf(error);
  }
  return '';
};

describe('settings', () => {
  it('have defaults that run a laptop, and make DATA_DIR', () => {
    expect(load()).toEqual({
      httpPort: 8080,
      rtmpPort: 1935,
      rtcPort: 44_400,
      rtcAnnouncedAddress: null,
      host: '0.0.0.0',
      publicUrl: null,
      cdnUrl: null,
      tls: null,
      trustProxy: null,
      dataDir: join(place, 'data'),
      services: ['ingest', 'transcoder', 'chat', 'sfu', 'web'],
      redisUrl: null,
      databaseUrl: null,
      ladder: null,
      partMs: 200,
      segmentMs: 2_000,
      reconnectGraceMs: 30_000,
      chatMaxPerAddress: 20,
      outboundAllow: [],
      logLevel: 'info',
    });
    expect(existsSync(join(place, 'data'))).toBe(true);
  });

  it('are read as what they mean', () => {
    const given = load({
      HTTP_PORT: ' 9000 ',
      PUBLIC_URL: 'https://live.example.org/',
      TRUST_PROXY: 'loopback, 10.0.0.0/8',
      SERVICES: 'all',
      LADDER: '720p@2500k,360p@600k',
      OUTBOUND_ALLOW: '10.0.0.0/8, fd00::/8',
    });
    expect(given).toMatchObject({
      httpPort: 9_000,
      publicUrl: 'https://live.example.org',
      trustProxy: 'loopback, 10.0.0.0/8',
      ladder: [
        { lines: 720, bitrate: 2_500_000 },
        { lines: 360, bitrate: 600_000 },
      ],
      outboundAllow: ['10.0.0.0/8', 'fd00::/8'],
    });
  });

  it('may name a part of the services once the parts have where to meet', () => {
    const meeting = { REDIS_URL: 'redis://cache', DATABASE_URL: 'postgres://base/footlight' };
    expect(load({ SERVICES: 'web', ...meeting })).toMatchObject({
      services: ['web'],
      redisUrl: 'redis://cache',
      databaseUrl: 'postgres://base/footlight',
    });
  });

  it('that are empty count as not set', () => {
    expect(load({ HTTP_PORT: '', REDIS_URL: ' ', TLS_CERT: '' })).toMatchObject({ httpPort: 8080 });
  });

  it('come from .env below the process’s own environment', () => {
    writeFileSync(join(place, '.env'), 'RTMP_PORT=1940\nPATH=/from/the/file\n');
    const env = readEnvironment(place);
    expect(env['RTMP_PORT']).toBe('1940');
    expect(env['PATH']).toBe(process.env['PATH']);
  });
});

describe('a setting at fault', () => {
  it.each([
    [{ HTTP_PORT: '0' }, 'whole number from 1 to 65535'],
    [{ HTTP_PORT: '80.5' }, 'whole number'],
    [{ RTMP_PORT: '0x10' }, 'Leave it out for 1935'],
    [{ HOST: 'http://here' }, 'IP address or a host name'],
    [{ PUBLIC_URL: 'live.example.org' }, 'URL such as https://'],
    [{ CDN_URL: 'ftp://cdn.example.org' }, 'URL such as https://'],
    [{ TRUST_PROXY: 'yes' }, 'number of proxies'],
    [{ SERVICES: 'web,transcode' }, 'comma list of ingest, transcoder'],
    [{ LADDER: '720p' }, '720p@2500k,360p@600k'],
    [{ LADDER: '720p@fast' }, '720p@2500k,360p@600k'],
    [{ LADDER: '720p@2500k;360p@600k' }, '720p@2500k,360p@600k'],
    [{ LADDER: '720p@2500k,720p@600k' }, '720p@2500k,360p@600k'],
    [{ PART_MS: '20' }, 'from 50 to 2000'],
    [{ SEGMENT_MS: '60000' }, 'from 500 to 15000'],
    [{ RECONNECT_GRACE_MS: '-1' }, 'from 0 to 600000'],
    [{ OUTBOUND_ALLOW: '10.0.0.0/64' }, 'networks such as 10.0.0.0/8'],
    [{ LOG_LEVEL: 'loud' }, 'trace, debug, info'],
    [{ TLS_KEY: '/dev/null' }, 'without TLS_CERT'],
    [{ TLS_CERT: '/nonexistent', TLS_KEY: '/dev/null' }, 'cannot be read'],
    [{ REDIS_URL: 'localhost:6379' }, 'begins with redis:// or rediss://'],
    [{ DATABASE_URL: 'mysql://localhost/x' }, 'begins with postgres:// or postgresql://'],
    [{ SERVICES: 'web' }, 'REDIS_URL and DATABASE_URL'],
    [{ SERVICES: 'web', REDIS_URL: 'redis://localhost' }, 'Set both'],
    [{ SERVICES: 'chat,web', DATABASE_URL: 'postgres://localhost/x' }, 'Set both'],
    [{ DATA_DIR: '/proc/footlight' }, 'set DATA_DIR to a directory that this user owns'],
  ])('%o is named with its cure', (env, cure) => {
    const fault = faultOf(env);
    expect(fault).toContain(Object.keys(env)[0]);
    expect(fault).toContain(cure);
  });

  it('does not hide another one', () => {
    const fault = faultOf({
      HTTP_PORT: 'x',
      LADDER: 'y',
      TLS_CERT: '/nonexistent',
      SERVICES: 'web',
    });
    for (const name of ['HTTP_PORT', 'LADDER', 'TLS_CERT', 'SERVICES'])
      expect(fault).toContain(name);
  });

  it('is told without the password in it', () => {
    const fault = faultOf({
      REDIS_URL: 'http://user:secret-one@host',
      DATABASE_URL: 'postgres://user:secret-two@host/x',
    });
    expect(fault).toContain('REDIS_URL');
    expect(fault).not.toMatch(/secret-/);
  });
});
