/** A reading of HLS playlists for the validator; shares nothing with the code that writes them. */

export interface ListedPart {
  uri: string;
  duration: number;
  independent: boolean;
}

export interface ListedSegment {
  msn: number;
  /** Null: parts only so far. */
  uri: string | null;
  duration: number | null;
  parts: ListedPart[];
  discontinuity: boolean;
  discontinuitySequence: number;
  /** URI in force, carried over from earlier segments. */
  map: string | null;
  /** Wall ms as written; null when missing. */
  date: number | null;
  gap: boolean;
  /** Tags that came later than they may. */
  misplaced: string[];
}

export interface MediaPlaylist {
  version: number;
  targetDuration: number;
  control: Record<string, string>;
  partTarget: number | null;
  mediaSequence: number;
  discontinuitySequence: number;
  independentSegments: boolean;
  skipped: number;
  segments: ListedSegment[];
  hints: Record<string, string>[];
  reports: Record<string, string>[];
  ended: boolean;
  unknown: string[];
}

export function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g)) {
    attributes[name] = value.startsWith('"') ? value.slice(1, -1) : value;
  }
  return attributes;
}

const fresh = (msn: number, discontinuitySequence: number, map: string | null): ListedSegment => ({
  msn,
  uri: null,
  duration: null,
  parts: [],
  discontinuity: false,
  discontinuitySequence,
  map,
  date: null,
  gap: false,
  misplaced: [],
});

/** @param before the playlist that a delta update leaves out the beginning of */
export function parseMediaPlaylist(text: string, before?: MediaPlaylist): MediaPlaylist {
  const playlist: MediaPlaylist = {
    version: 1,
    targetDuration: 0,
    control: {},
    partTarget: null,
    mediaSequence: 0,
    discontinuitySequence: 0,
    independentSegments: false,
    skipped: 0,
    segments: [],
    hints: [],
    reports: [],
    ended: false,
    unknown: [],
  };
  let segment: ListedSegment | null = null;
  let map: string | null = null;
  let discontinuities = 0;
  const current = () => {
    const msn = playlist.mediaSequence + playlist.segments.length;
    segment ??= fresh(msn, playlist.discontinuitySequence + discontinuities, map);
    return segment;
  };
  const early = (name: string) => {
    if (current().parts.length > 0) current().misplaced.push(name);
  };
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines[0] !== '#EXTM3U') playlist.unknown.push('no #EXTM3U');
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    const tag = line.startsWith('#') && colon > 0 ? line.slice(0, colon) : line;
    const value = colon > 0 ? line.slice(colon + 1) : '';
    switch (line.startsWith('#') ? tag : 'URI') {
      case '#EXT-X-VERSION':
        playlist.version = Number(value);
        break;
      case '#EXT-X-TARGETDURATION':
        playlist.targetDuration = Number(value);
        break;
      case '#EXT-X-SERVER-CONTROL':
        playlist.control = attributesOf(value);
        break;
      case '#EXT-X-PART-INF':
        playlist.partTarget = Number(attributesOf(value)['PART-TARGET']);
        break;
      case '#EXT-X-MEDIA-SEQUENCE':
        playlist.mediaSequence = Number(value);
        break;
      case '#EXT-X-DISCONTINUITY-SEQUENCE':
        playlist.discontinuitySequence = Number(value);
        break;
      case '#EXT-X-INDEPENDENT-SEGMENTS':
        playlist.independentSegments = true;
        break;
      case '#EXT-X-SKIP': {
        playlist.skipped = Number(attributesOf(value)['SKIPPED-SEGMENTS']);
        const from = playlist.mediaSequence - (before?.mediaSequence ?? 0);
        playlist.segments.push(...(before?.segments ?? []).slice(from, from + playlist.skipped));
        const last = playlist.segments.at(-1);
        map = last?.map ?? null;
        discontinuities = (last?.discontinuitySequence ?? 0) - playlist.discontinuitySequence;
        break;
      }
      case '#EXT-X-DISCONTINUITY':
        early(tag);
        discontinuities++;
        current().discontinuity = true;
        current().discontinuitySequence++;
        break;
      case '#EXT-X-MAP':
        early(tag);
        map = attributesOf(value)['URI'] ?? null;
        current().map = map;
        break;
      case '#EXT-X-PROGRAM-DATE-TIME':
        early(tag);
        current().date = Date.parse(value);
        break;
      case '#EXT-X-GAP':
        current().gap = true;
        break;
      case '#EXT-X-PART': {
        const part = attributesOf(value);
        current().parts.push({
          uri: part['URI'] ?? '',
          duration: Number(part['DURATION']),
          independent: part['INDEPENDENT'] === 'YES',
        });
        break;
      }
      case '#EXTINF':
        current().duration = Number(value.split(',')[0]);
        break;
      case 'URI':
        current().uri = line;
        playlist.segments.push(current());
        segment = null;
        break;
      case '#EXT-X-PRELOAD-HINT':
        playlist.hints.push(attributesOf(value));
        break;
      case '#EXT-X-RENDITION-REPORT':
        playlist.reports.push(attributesOf(value));
        break;
      case '#EXT-X-ENDLIST':
        playlist.ended = true;
        break;
      default:
        playlist.unknown.push(line);
    }
  }
  if (segment !== null) playlist.segments.push(segment);
  return playlist;
}

export interface Multivariant {
  independentSegments: boolean;
  variants: { uri: string; attributes: Record<string, string> }[];
  media: Record<string, string>[];
}

export function parseMultivariant(text: string): Multivariant {
  const lines = text.split('\n').filter((line) => line !== '');
  const media: Record<string, string>[] = [];
  const variants: Multivariant['variants'] = [];
  lines.forEach((line, index) => {
    if (line.startsWith('#EXT-X-MEDIA:')) media.push(attributesOf(line.slice(13)));
    if (line.startsWith('#EXT-X-STREAM-INF:')) {
      variants.push({ uri: lines[index + 1] ?? '', attributes: attributesOf(line.slice(18)) });
    }
  });
  return { independentSegments: lines.includes('#EXT-X-INDEPENDENT-SEGMENTS'), variants, media };
}
