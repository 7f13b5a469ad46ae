import { isIPv4 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Environment, loadConfig } from '../../platform/config.ts';
import { launcherFacts } from '../../platform/launcher-facts.ts';

const facts = (env: Environment) =>
  launcherFacts(loadConfig({ DATA_DIR: '/tmp', ...env }), { name: 'live', streamKey: 'key' }, []);

describe('where to point an encoder and a browser', () => {
  it('is PUBLIC_URL where that is set, with the RTMP port on its host', () => {
    expect(facts({ PUBLIC_URL: 'https://live.example.org:8443' })).toMatchObject({
      rtmpUrl: 'rtmp://live.example.org:1935/live',
      watchUrl: 'https://live.example.org:8443/live',
    });
  });

  it('is HOST where that is one address', () => {
    expect(facts({ HOST: '::1', HTTP_PORT: '81', RTMP_PORT: '82' })).toMatchObject({
      rtmpUrl: 'rtmp://[::1]:82/live',
      watchUrl: 'http://[::1]:81/live',
    });
  });

  it('is an address of this machine otherwise', () => {
    const { rtmpUrl } = facts({});
    expect(isIPv4(new URL(rtmpUrl).hostname)).toBe(true);
    expect(rtmpUrl).not.toContain('0.0.0.0');
  });
});
