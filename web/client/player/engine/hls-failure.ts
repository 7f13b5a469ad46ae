import { type ErrorData, ErrorDetails, ErrorTypes } from 'hls.js';
import type { PlaybackFailure } from './playback.ts';

const UNPLAYABLE = 'This browser cannot play the stream: try a current Chrome, Firefox or Safari.';
const SILENT = 'The stream does not answer: check the connection.';

/** Nothing lies at that address, for now (404) or for good (410). */
export const isMissing = ({ response }: ErrorData): boolean =>
  response?.code === 404 || response?.code === 410;

/** What a fatal error of hls.js means to the engine. */
export function failureOf(data: ErrorData, opening: boolean): PlaybackFailure {
  const network = data.type === ErrorTypes.NETWORK_ERROR;
  return { kind: kindOf(data), opening, message: network ? SILENT : UNPLAYABLE };
}

function kindOf(data: ErrorData): PlaybackFailure['kind'] {
  // A manifest that has no playable rung is answered, but not with anything to play here.
  const unplayable = data.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR;
  if (data.type !== ErrorTypes.NETWORK_ERROR || unplayable) {
    return 'media';
  }
  return isMissing(data) ? 'missing' : 'network';
}
