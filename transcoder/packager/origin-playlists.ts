import type { LiveStream } from './live-stream.ts';
import { type Exchange, refuse, refuseForNow, sendPlaylist } from './origin-answers.ts';
import { parseDirectives, tooFarAhead } from './playlist-directives.ts';
import type { Rendition } from './rendition.ts';

/** Asked anew by every viewer, by a cache between once a second. */
const CHANGING = 'public, max-age=0, s-maxage=1';
export const NOT_OFFERED = 'This quality is not offered any more; choose another one.';
const FINISHED = 'public, max-age=10';

/** @param prefix null-like default: the address below the channel; '' below the stream */
export function serveMultivariant(
  exchange: Exchange,
  stream: LiveStream | null,
  prefix?: string,
): void {
  const { response } = exchange;
  if (stream === null) {
    refuse(response, 404, 'This channel is not live.');
    return;
  }
  if (stream.ended && prefix === undefined) {
    refuse(response, 404, 'The stream of this channel has ended.');
    return;
  }
  const rendered = stream.multivariant(prefix);
  if (rendered === null) {
    refuseForNow(response, 'The stream is starting: its first part is not there yet.');
    return;
  }
  sendPlaylist(exchange, rendered, stream.ended ? FINISHED : CHANGING);
}

/** A media playlist, at once or when what `_HLS_msn` and `_HLS_part` ask for is there. */
export function serveMediaPlaylist(
  exchange: Exchange,
  { stream, rendition, query }: { stream: LiveStream; rendition: Rendition; query: string },
): void {
  const { response } = exchange;
  const directives = parseDirectives(query);
  if ('fault' in directives) {
    refuse(response, 400, directives.fault);
    return;
  }
  const { msn, part, skip } = directives;
  const { window } = rendition;
  if (rendition.ended) {
    sendPlaylist(exchange, rendition.playlist(false), FINISHED);
    return;
  }
  if (msn === null && !rendition.hasMedia) {
    refuseForNow(response, 'This quality has no media yet.');
    return;
  }
  if (msn === null) {
    sendPlaylist(exchange, rendition.playlist(skip), CHANGING);
    return;
  }
  const fault = tooFarAhead(rendition, { msn, part, stream });
  if (fault !== null) {
    refuse(response, 400, fault);
    return;
  }
  // What the full URL asks for does not change: a cache may keep it while anyone asks for it.
  const blocking = `public, max-age=${stream.targetDuration}`;
  if (window.has(msn, part)) {
    sendPlaylist(exchange, rendition.playlist(skip), blocking);
    return;
  }
  waitFor(exchange, rendition, {
    key: `${msn}/${part ?? ''}`,
    ready: () => window.has(msn, part),
    answer: () => {
      if (!rendition.ended) sendPlaylist(exchange, rendition.playlist(skip), blocking);
      else if (stream.renditions.get(rendition.plan.name) === rendition) {
        sendPlaylist(exchange, rendition.playlist(false), FINISHED);
      } else refuse(response, 410, NOT_OFFERED);
    },
  });
}

/** Answers when it is there, with 503 after three target durations, not at all once the client is gone. */
export function waitFor(
  { response }: Exchange,
  rendition: Rendition,
  wait: { key: string; ready(): boolean; answer(): void },
): void {
  const cancel = rendition.blocked.add(wait.key, wait.ready, {
    answer: wait.answer,
    expire: () => refuse(response, 503, 'The stream has not gone on for a while; ask again.'),
  });
  if (cancel === null) {
    refuse(response, 503, 'Too many requests wait for this server; ask again.');
    return;
  }
  response.once('close', cancel);
}
