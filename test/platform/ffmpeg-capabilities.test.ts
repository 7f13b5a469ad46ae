import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFfmpegCapabilities } from '../../platform/ffmpeg-capabilities.ts';

test('the installed ffmpeg reads H.264, and names its version', async () => {
  const { version, flvCodecs } = await readFfmpegCapabilities();
  expect(version).toMatch(/^n?\d/);
  expect(flvCodecs).toContain('h264');
});

test('ffmpeg 5 and 6.0 do not read HEVC and AV1 from FLV', async () => {
  const { version, flvCodecs } = await readFfmpegCapabilities();
  const [major = 0, minor = 0] = (version ?? '').replace(/^n/, '').split('.').map(Number);
  const isOld = major < 6 || (major === 6 && minor === 0);
  if (isOld) expect(flvCodecs).toEqual(['h264']);
  else expect(flvCodecs).toEqual(['h264', 'hevc', 'av1']);
});

test('an ffmpeg that names HEVC when shown it is taken to read it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footlight-ffmpeg-'));
  const script = (name: string, body: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
    return join(folder, name);
  };
  const ffmpeg = script('ffmpeg', 'echo "ffmpeg version 7.1 Copyright"');
  const ffprobe = script('ffprobe', 'if grep -aq hvc1; then echo hevc; else echo unknown; fi');
  expect(await readFfmpegCapabilities({ ffmpeg, ffprobe })).toEqual({
    version: '7.1',
    flvCodecs: ['h264', 'hevc'],
  });
  rmSync(folder, { recursive: true });
});

test('without ffmpeg nothing is read', async () => {
  const programs = { ffmpeg: '/nonexistent/ffmpeg', ffprobe: '/nonexistent/ffprobe' };
  expect(await readFfmpegCapabilities(programs)).toEqual({ version: null, flvCodecs: [] });
});
