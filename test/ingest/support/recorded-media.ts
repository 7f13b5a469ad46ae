import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FlvReader } from '../../../platform/media/flv-tag.ts';
import type { RtmpClient, RtmpMessage } from '../../support/rtmp-client.ts';

export interface MediaMessage extends RtmpMessage {
  type: 8 | 9;
  timestamp: number;
}

const TYPES = { audio: 8, video: 9 } as const;

/** What an encoder would send, encoded at once: configurations first, then frames in order. */
export async function recordMedia(
  options: {
    seconds?: number;
    audio?: boolean;
    video?: boolean;
    size?: string;
    args?: string[];
  } = {},
): Promise<MediaMessage[]> {
  const { seconds = 4, audio = true, video = true, size = '160x90', args = [] } = options;
  const inputs = [
    ...(video ? ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`] : []),
    ...(audio ? ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'] : []),
  ];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '0', '-c:a', 'aac'];
  const output = ['-pix_fmt', 'yuv420p', ...args, '-t', String(seconds), '-f', 'flv', 'pipe:1'];
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    ['-hide_banner', '-loglevel', 'error', ...inputs, ...codecs, ...output],
    { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
  );
  const messages: MediaMessage[] = [];
  const reader = new FlvReader({
    onTag: ({ type, timestampMs, body }) => {
      if (type !== 'audio' && type !== 'video') return;
      const chunkStream = type === 'audio' ? 4 : 6;
      const payload = Buffer.from(body);
      messages.push({
        type: TYPES[type],
        payload,
        timestamp: timestampMs,
        streamId: 1,
        chunkStream,
      });
    },
  });
  reader.push(stdout);
  return messages;
}

/** Sends messages, their timestamps moved by `shiftMs`, all at once. */
export function sendMedia(client: RtmpClient, messages: MediaMessage[], shiftMs = 0): void {
  for (const message of messages) {
    client.send({ ...message, timestamp: (message.timestamp + shiftMs) >>> 0 });
  }
}

/** Sends messages at the pace of their timestamps until all are sent or `signal` aborts. */
export async function paceMedia(
  client: RtmpClient,
  messages: MediaMessage[],
  options: { shiftMs?: number; speed?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const { shiftMs = 0, speed = 1, signal } = options;
  const beganAt = performance.now();
  const firstMs = messages[0]?.timestamp ?? 0;
  for (const message of messages) {
    const dueMs = (message.timestamp - firstMs) / speed - (performance.now() - beganAt);
    if (dueMs > 1) await new Promise((resolve) => setTimeout(resolve, dueMs));
    if (signal?.aborted === true || client.isClosed) return;
    sendMedia(client, [message], shiftMs);
  }
}
