/** One rendition as the multivariant playlist tells it. */
export interface VariantFacts {
  name: string;
  uri: string;
  kind: 'video' | 'audio';
  codecs: string;
  /** Bits a second: the largest segment's, and over all. */
  peakBitrate: number;
  averageBitrate: number;
  width: number | null;
  height: number | null;
  fps: number | null;
  channels: number | null;
}

export interface MultivariantFacts {
  variants: readonly VariantFacts[];
  /** Every segment so far began with a keyframe. */
  independentSegments: boolean;
  /** CEA-608 captions were seen in the video. */
  captions: boolean;
}

const AUDIO_GROUP = 'audio';
const CAPTIONS_GROUP = 'cc';

/** Only renditions that have media are to be given; highest video first. */
export function renderMultivariantPlaylist(facts: MultivariantFacts): string {
  const audio = facts.variants.find((variant) => variant.kind === 'audio') ?? null;
  const video = facts.variants.filter((variant) => variant.kind === 'video');
  const lines = ['#EXTM3U', '#EXT-X-VERSION:9'];
  if (facts.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  if (video.length === 0) {
    if (audio !== null) lines.push(...variant(audio, { audio: null, captions: false }));
    return `${lines.join('\n')}\n`;
  }
  if (audio !== null) lines.push(audioMedia(audio));
  if (facts.captions) {
    lines.push(
      `#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="${CAPTIONS_GROUP}",NAME="Captions",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC1"`,
    );
  }
  for (const rendition of video)
    lines.push(...variant(rendition, { audio, captions: facts.captions }));
  return `${lines.join('\n')}\n`;
}

function audioMedia({ uri, channels }: VariantFacts): string {
  const attributes = [
    'TYPE=AUDIO',
    `GROUP-ID="${AUDIO_GROUP}"`,
    'NAME="Audio"',
    'DEFAULT=YES',
    'AUTOSELECT=YES',
    ...(channels === null ? [] : [`CHANNELS="${channels}"`]),
    `URI="${uri}"`,
  ];
  return `#EXT-X-MEDIA:${attributes.join(',')}`;
}

function variant(
  rendition: VariantFacts,
  { audio, captions }: { audio: VariantFacts | null; captions: boolean },
): string[] {
  const { width, height, fps } = rendition;
  const codecs = [rendition.codecs, ...(audio === null ? [] : [audio.codecs])];
  const attributes = [
    `BANDWIDTH=${Math.ceil(rendition.peakBitrate + (audio?.peakBitrate ?? 0))}`,
    `AVERAGE-BANDWIDTH=${Math.ceil(rendition.averageBitrate + (audio?.averageBitrate ?? 0))}`,
    `CODECS="${codecs.join(',')}"`,
    ...(width === null || height === null ? [] : [`RESOLUTION=${width}x${height}`]),
    ...(fps === null ? [] : [`FRAME-RATE=${fps.toFixed(3)}`]),
    ...(audio === null ? [] : [`AUDIO="${AUDIO_GROUP}"`]),
    // Never NONE: captions may begin at any time, and hls.js would not show them to who is there already.
    ...(captions ? [`CLOSED-CAPTIONS="${CAPTIONS_GROUP}"`] : []),
  ];
  return [`#EXT-X-STREAM-INF:${attributes.join(',')}`, rendition.uri];
}
