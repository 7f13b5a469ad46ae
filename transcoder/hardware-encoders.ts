import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { type FfmpegExit, runOnce } from './ffmpeg-command.ts';
import { HARDWARE_ENCODERS, SOFTWARE_ENCODER, type VideoEncoder } from './video-encoder.ts';

/** One second of grey, 30 pictures of 4:2:0. */
const WIDTH = 640;
const HEIGHT = 360;
const PICTURES = 30;
const PROBE_TIMEOUT_MS = 10_000;

export type ProbeAnswer = Pick<FfmpegExit, 'kind' | 'code' | 'stderr'> & { outputBytes: number };

/** What drivers and ffmpeg say, and what that means. The first that matches counts. */
const CAUSES: [RegExp, string][] = [
  [/Unknown encoder|not available/i, 'this ffmpeg was built without it'],
  [/Cannot load (libcuda|nvcuda)/i, 'no NVIDIA driver is installed'],
  [
    /required nvenc API version|minimum required Nvidia driver/i,
    'the NVIDIA driver is too old for this ffmpeg',
  ],
  [
    /OpenEncodeSessionEx failed: (out of memory|incompatible client key)/i,
    'the NVIDIA card allows no further encoding session',
  ],
  [
    /No capable devices|no CUDA-capable device|No NVENC capable/i,
    'no NVIDIA card with an encoder was found',
  ],
  [
    /renderD\d+.*Permission denied|Permission denied.*renderD|vaInitialize failed.*-1.*permission/i,
    'this user may not open /dev/dri/renderD128 (add it to the group render)',
  ],
  [
    /No VA display found|renderD\d+.*No such file|Failed to open the drm device/i,
    'no graphics device was found (/dev/dri/renderD128)',
  ],
  [
    /Failed to initialise VAAPI|vaInitialize|libva|iHD_drv|i965_drv/i,
    'no VAAPI driver for the graphics device is installed',
  ],
  [
    /MFX|unsupported \(-3\)|Error initializing an internal MFX session|implementation/i,
    'no Intel Quick Sync device or driver was found',
  ],
  [
    /No usable encoding entrypoint|Encoding profile not found/i,
    'the graphics device cannot encode H.264',
  ],
  [
    /VTCompressionSession|cannot create compression session|videotoolbox/i,
    'the system refused the VideoToolbox session',
  ],
];

/** Null: it encoded its second. Otherwise why it is of no use, as the end of a sentence. */
export function whyUnusable(answer: ProbeAnswer): string | null {
  if (answer.kind === 'input_ended' && answer.outputBytes > 0) return null;
  const said = answer.stderr.join('\n');
  const known = CAUSES.find(([pattern]) => pattern.test(said))?.[1];
  if (known !== undefined) return known;
  if (answer.kind === 'killed') return `it did not encode one second in ${PROBE_TIMEOUT_MS / 1000}`;
  if (answer.kind === 'input_ended') return 'it ended without an error and without a picture';
  return (
    answer.stderr.findLast((line) => /error|fail|cannot/i.test(line)) ?? 'it failed without a word'
  );
}

/** Encodes one second of raw pictures with it. */
export async function probeEncoder(
  encoder: VideoEncoder,
  signal?: AbortSignal,
): Promise<ProbeAnswer> {
  const { exit, output } = await runOnce({
    // One picture, repeated by ffmpeg: a second of them would be 10 MB of this process.
    input: Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 0x80),
    inputOptions: [
      ...encoder.globalOptions,
      ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${WIDTH}x${HEIGHT}`, '-r', '30'],
    ],
    outputOptions: [
      ...['-vf', [`loop=${PICTURES - 1}:1`, encoder.upload].filter(Boolean).join(',')],
      ...['-c:v', encoder.name, ...encoder.options, '-b:v', '600k', '-f', 'h264'],
    ],
    timeoutMs: PROBE_TIMEOUT_MS,
    niceness: 10,
    maxOutputBytes: 4 * 1024 * 1024,
    ...(signal === undefined ? {} : { signal }),
  });
  return { kind: exit.kind, code: exit.code, stderr: exit.stderr, outputBytes: output.length };
}

export interface EncoderChoiceOptions {
  log: Log;
  /** What ffmpeg was built with. */
  available: Set<string>;
  /** Ends the search; what is found by then counts. */
  signal?: AbortSignal;
  probe?: (encoder: VideoEncoder, signal?: AbortSignal) => Promise<ProbeAnswer>;
}

/** The best encoder that works here: hardware in its order, else x264. Says why each did not do. */
export async function chooseEncoder(options: EncoderChoiceOptions): Promise<VideoEncoder> {
  const { log, available, signal, probe = probeEncoder } = options;
  for (const encoder of HARDWARE_ENCODERS) {
    if (signal?.aborted) break;
    const reason = available.has(encoder.name)
      ? whyUnusable(await answerOf(() => probe(encoder, signal)))
      : 'this ffmpeg was built without it';
    if (reason === null) {
      log.info({ encoder: encoder.name }, 'hardware encoder works');
      return encoder;
    }
    log.info({ encoder: encoder.name, reason }, 'hardware encoder is not usable');
  }
  return SOFTWARE_ENCODER;
}

async function answerOf(probe: () => Promise<ProbeAnswer>): Promise<ProbeAnswer> {
  try {
    return await probe();
  } catch (error) {
    return { kind: 'not_started', code: null, stderr: [messageOf(error)], outputBytes: 0 };
  }
}
