import { BitReader, badMedia } from './bit-reader.ts';

export interface AacConfig {
  /** RFC 6381: `mp4a.40.2`; 5 with SBR, 29 with parametric stereo. */
  codecs: string;
  /** Of the decoded sound: with signalled SBR twice that of the core. */
  sampleRate: number;
  channels: number;
  /** In `sampleRate`'s samples: 1024, or 2048 with signalled SBR. */
  samplesPerFrame: number;
}

const RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000,
  7350,
];
/** channelConfiguration 0 leaves the count to a program config element, which is taken as stereo. */
const CHANNELS = [2, 1, 2, 3, 4, 5, 6, 8];
const SBR = 5;
const PARAMETRIC_STEREO = 29;

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === 31 ? 32 + reader.bits(6) : type;
}

function readRate(reader: BitReader): number {
  const index = reader.bits(4);
  return index === 15 ? reader.bits(24) : (RATES[index] ?? 0);
}

/**
 * AudioSpecificConfig, ISO 14496-3 section 1.6.2.1.
 * Throws AppError `aac_config_invalid` or `media_config_truncated`.
 */
export function parseAacConfig(asc: Buffer): AacConfig {
  const reader = new BitReader(asc);
  let objectType = readObjectType(reader);
  const coreRate = readRate(reader);
  const channelConfig = reader.bits(4);
  let extension = 0;
  let sampleRate = coreRate;
  if (objectType === SBR || objectType === PARAMETRIC_STEREO) {
    extension = objectType;
    sampleRate = readRate(reader);
    objectType = readObjectType(reader);
  }
  if (coreRate < 7350 || coreRate > 96_000 || sampleRate < 7350 || objectType === 0) {
    throw badMedia(
      'aac_config_invalid',
      `AAC with a sample rate of ${coreRate} Hz cannot be played; set 44.1 or 48 kHz in the encoder.`,
    );
  }
  const short = reader.bitsLeft > 0 && reader.flag(); // frameLengthFlag
  if (extension === 0) {
    const late = readLateExtension(reader, coreRate);
    extension = late.extension;
    sampleRate = late.sampleRate;
  }
  const coreSamples = short ? 960 : 1024;
  return {
    codecs: `mp4a.40.${extension === 0 ? objectType : extension}`,
    sampleRate,
    channels: extension === PARAMETRIC_STEREO ? 2 : (CHANNELS[channelConfig] ?? 2),
    samplesPerFrame: Math.round((coreSamples * sampleRate) / coreRate),
  };
}

/** SBR signalled so that old decoders do not see it: sync words behind GASpecificConfig. */
function readLateExtension(reader: BitReader, coreRate: number) {
  const none = { extension: 0, sampleRate: coreRate };
  if (reader.bitsLeft < 2) return none;
  if (reader.flag()) reader.skip(14); // dependsOnCoreCoder, coreCoderDelay
  reader.skip(1); // extensionFlag
  if (reader.bitsLeft < 17 || reader.bits(11) !== 0x2b7) return none;
  if (readObjectType(reader) !== SBR || !reader.flag() || reader.bitsLeft < 4) return none;
  const sampleRate = readRate(reader);
  if (sampleRate < coreRate) return none;
  const stereo = reader.bitsLeft >= 12 && reader.bits(11) === 0x548 && reader.flag();
  return { extension: stereo ? PARAMETRIC_STEREO : SBR, sampleRate };
}
