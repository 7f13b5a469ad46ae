import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { readCapabilities } from '../../transcoder/ffmpeg-command.ts';
import {
  chooseEncoder,
  type ProbeAnswer,
  probeEncoder,
  whyUnusable,
} from '../../transcoder/hardware-encoders.ts';
import {
  HARDWARE_ENCODERS,
  SOFTWARE_ENCODER,
  type VideoEncoderName,
} from '../../transcoder/video-encoder.ts';

const works: ProbeAnswer = { kind: 'input_ended', code: 0, stderr: [], outputBytes: 20_000 };
const fails = (...stderr: string[]): ProbeAnswer => ({
  kind: 'crashed',
  code: 1,
  stderr,
  outputBytes: 0,
});

/** What ffmpeg said on machines with and without the hardware. */
const RECORDED = {
  nvencNoDriver: fails(
    '[h264_nvenc @ 0x5581caf3d4c0] Cannot load libcuda.so.1',
    'Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - maybe incorrect parameters such as bit_rate, rate, width or height',
    'Conversion failed!',
  ),
  nvencOldDriver: fails(
    '[h264_nvenc @ 0x55d0c1f0a2c0] Driver does not support the required nvenc API version. Required: 11.1 Found: 11.0',
    '[h264_nvenc @ 0x55d0c1f0a2c0] The minimum required Nvidia driver for nvenc is 470.57.02 or newer',
    'Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0',
  ),
  nvencSessions: fails(
    '[h264_nvenc @ 0x559f0e0c1e00] OpenEncodeSessionEx failed: out of memory (10): (no details)',
    '[h264_nvenc @ 0x559f0e0c1e00] No capable devices found',
  ),
  nvencNoCard: fails(
    '[h264_nvenc @ 0x5616aee3d4c0] dl_fn->cuda_dl->cuInit(0) failed -> CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected',
  ),
  qsvNoDevice: fails(
    '[h264_qsv @ 0x558588d07380] Error initializing an internal MFX session: unsupported (-3)',
    'Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - maybe incorrect parameters such as bit_rate, rate, width or height',
    'Conversion failed!',
  ),
  vaapiNoDevice: fails(
    '[AVHWDeviceContext @ 0x564db9688b80] No VA display found for device /dev/dri/renderD128.',
    'Device creation failed: -22.',
    "Failed to set value '/dev/dri/renderD128' for option 'vaapi_device': Invalid argument",
  ),
  vaapiNoDriver: fails(
    '[AVHWDeviceContext @ 0x55a3a4b8f5c0] libva: /usr/lib/x86_64-linux-gnu/dri/iHD_drv_video.so init failed',
    '[AVHWDeviceContext @ 0x55a3a4b8f5c0] Failed to initialise VAAPI connection: 18 (invalid parameter).',
    'Device creation failed: -5.',
  ),
  vaapiNoH264: fails(
    '[h264_vaapi @ 0x55d8a1b7c2c0] No usable encoding entrypoint found for profile VAProfileH264High (7).',
  ),
  videotoolboxRefused: fails(
    '[h264_videotoolbox @ 0x7fb1c0808200] Error: cannot create compression session: -12908',
    '[h264_videotoolbox @ 0x7fb1c0808200] Try -allow_sw 1. The hardware encoder may be busy, or not supported.',
  ),
};

describe('why an encoder is of no use', () => {
  test.each([
    ['nvencNoDriver', 'no NVIDIA driver is installed'],
    ['nvencOldDriver', 'the NVIDIA driver is too old for this ffmpeg'],
    ['nvencSessions', 'the NVIDIA card allows no further encoding session'],
    ['nvencNoCard', 'no NVIDIA card with an encoder was found'],
    ['qsvNoDevice', 'no Intel Quick Sync device or driver was found'],
    ['vaapiNoDevice', 'no graphics device was found (/dev/dri/renderD128)'],
    ['vaapiNoDriver', 'no VAAPI driver for the graphics device is installed'],
    ['vaapiNoH264', 'the graphics device cannot encode H.264'],
    ['videotoolboxRefused', 'the system refused the VideoToolbox session'],
  ] as const)('%s', (answer, reason) => {
    expect(whyUnusable(RECORDED[answer])).toBe(reason);
  });
  test('an encoder that wrote its second is of use', () => {
    expect(whyUnusable(works)).toBeNull();
  });
  test('one that ended well without a picture is not', () => {
    expect(whyUnusable({ ...works, outputBytes: 0 })).toContain('without a picture');
  });
  test('one that hangs is not', () => {
    expect(whyUnusable({ ...works, kind: 'killed', code: null, outputBytes: 0 })).toContain(
      'did not encode one second',
    );
  });
  test('an unknown complaint is passed on', () => {
    expect(whyUnusable(fails('x', '[h264_vaapi @ 0x1] Frobnication failed'))).toContain(
      'Frobnication',
    );
  });
});

describe('the choice', () => {
  const all = new Set(HARDWARE_ENCODERS.map(({ name }) => name as string));
  const choose = async (
    answers: Partial<Record<VideoEncoderName, ProbeAnswer>>,
    available: Set<string> = all,
  ) => {
    const lines: Record<string, unknown>[] = [];
    const log = pino(
      { base: null },
      { write: (line: string) => void lines.push(JSON.parse(line)) },
    );
    const encoder = await chooseEncoder({
      log,
      available,
      probe: async ({ name }) => answers[name] ?? fails('no'),
    });
    return { encoder: encoder.name, lines };
  };

  test('takes the first that works and logs why those before it did not', async () => {
    const { encoder, lines } = await choose({
      h264_nvenc: RECORDED.nvencNoDriver,
      h264_qsv: RECORDED.qsvNoDevice,
      h264_vaapi: works,
    });
    expect(encoder).toBe('h264_vaapi');
    expect(lines.map(({ encoder: name, reason }) => [name, reason])).toEqual([
      ['h264_nvenc', 'no NVIDIA driver is installed'],
      ['h264_qsv', 'no Intel Quick Sync device or driver was found'],
      ['h264_vaapi', undefined],
    ]);
  });
  test('falls back to x264', async () => {
    const { encoder, lines } = await choose({});
    expect(encoder).toBe('libx264');
    expect(lines).toHaveLength(4);
  });
  test('does not probe what ffmpeg was built without', async () => {
    const { encoder, lines } = await choose({ h264_nvenc: works }, new Set(['h264_vaapi']));
    expect(encoder).toBe('libx264');
    expect(lines[0]).toMatchObject({ reason: 'this ffmpeg was built without it' });
  });
});

test('the probe encodes a second with the ffmpeg that is here', async () => {
  const { encoders } = await readCapabilities();
  expect(encoders).toContain('libx264');
  expect(whyUnusable(await probeEncoder(SOFTWARE_ENCODER))).toBeNull();
});
