import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { dataDirFaults, faultLine, storeFaults, tlsFaults } from './config-faults.ts';
import { AppError, messageOf } from './errors.ts';
import * as setting from './settings.ts';

export const SERVICE_NAMES = ['ingest', 'transcoder', 'chat', 'sfu', 'web'] as const;
const DEFAULT_DATA_DIR = './data';
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Every setting of the product, checked. Units are in the names. */
export interface Config {
  httpPort: number;
  rtmpPort: number;
  /** First UDP and TCP port of WebRTC, one more per worker. */
  rtcPort: number;
  /** Null: detected. */
  rtcAnnouncedAddress: string | null;
  host: string;
  /** Without a slash at its end, as is `cdnUrl`. */
  publicUrl: string | null;
  cdnUrl: string | null;
  tls: { certPath: string; keyPath: string } | null;
  /** As express's `trust proxy` reads it: addresses and networks, or a number of proxies. */
  trustProxy: string | null;
  /** Absolute. */
  dataDir: string;
  services: ServiceName[];
  redisUrl: string | null;
  databaseUrl: string | null;
  /** Rungs below the source. Null: chosen by cores. */
  ladder: setting.LadderRung[] | null;
  partMs: number;
  segmentMs: number;
  reconnectGraceMs: number;
  chatMaxPerAddress: number;
  /** Private networks that webhooks, OIDC and push may reach. */
  outboundAllow: string[];
  logLevel: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const schema = z.object({
  HTTP_PORT: setting.port(8080),
  RTMP_PORT: setting.port(1935),
  RTC_PORT: setting.port(44_400),
  RTC_ANNOUNCED_ADDRESS: setting.host(null),
  HOST: setting.host('0.0.0.0'),
  PUBLIC_URL: setting.httpUrl(),
  CDN_URL: setting.httpUrl(),
  TLS_CERT: setting.path(null),
  TLS_KEY: setting.path(null),
  TRUST_PROXY: setting.trustProxy(),
  DATA_DIR: setting.path(DEFAULT_DATA_DIR),
  SERVICES: setting.services(SERVICE_NAMES),
  REDIS_URL: setting.storeUrl(['redis:', 'rediss:']),
  DATABASE_URL: setting.storeUrl(['postgres:', 'postgresql:']),
  LADDER: setting.ladder(),
  PART_MS: setting.wholeNumber({ min: 50, max: 2_000, preset: 200 }),
  SEGMENT_MS: setting.wholeNumber({ min: 500, max: 15_000, preset: 2_000 }),
  RECONNECT_GRACE_MS: setting.wholeNumber({ min: 0, max: 600_000, preset: 30_000 }),
  CHAT_MAX_PER_ADDRESS: setting.wholeNumber({ min: 1, max: 100_000, preset: 20 }),
  OUTBOUND_ALLOW: setting.networks(),
  LOG_LEVEL: setting.oneOf(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const,
    'info',
  ),
});

/** The process's own environment over what `.env` in the working directory says. */
export function readEnvironment(directory: string): Environment {
  return { ...readDotEnv(resolve(directory, '.env')), ...process.env };
}

function readDotEnv(file: string): Environment {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new AppError({
      code: 'config_invalid',
      message: `The settings file ${file} cannot be read (${messageOf(error)}). Make it readable for this user, or remove it.`,
    });
  }
  return parseEnv(text);
}

/**
 * Reads every setting and makes DATA_DIR. An empty value counts as not set.
 *
 * @throws AppError `config_invalid` whose message lists all faults, a line each, with the cure;
 *   values that may hold a password are not repeated in it.
 */
export function loadConfig(env: Environment): Config {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = schema.safeParse(given);
  const faults = [
    ...(parsed.error?.issues.map((issue) => faultLine(String(issue.path[0]), issue.message)) ?? []),
    ...tlsFaults(given),
    ...storeFaults(given, SERVICE_NAMES),
    ...dataDirFaults(given['DATA_DIR'] ?? DEFAULT_DATA_DIR),
  ];
  if (!parsed.success || faults.length > 0) {
    throw new AppError({
      code: 'config_invalid',
      message: `Settings that cannot work (from the environment or .env):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    });
  }
  return toConfig(parsed.data);
}

function toConfig(values: z.infer<typeof schema>): Config {
  return {
    httpPort: values.HTTP_PORT,
    rtmpPort: values.RTMP_PORT,
    rtcPort: values.RTC_PORT,
    rtcAnnouncedAddress: values.RTC_ANNOUNCED_ADDRESS,
    host: values.HOST ?? '0.0.0.0',
    publicUrl: values.PUBLIC_URL,
    cdnUrl: values.CDN_URL,
    tls:
      values.TLS_CERT === null || values.TLS_KEY === null
        ? null
        : { certPath: resolve(values.TLS_CERT), keyPath: resolve(values.TLS_KEY) },
    trustProxy: values.TRUST_PROXY,
    dataDir: resolve(values.DATA_DIR ?? DEFAULT_DATA_DIR),
    services: values.SERVICES,
    redisUrl: values.REDIS_URL,
    databaseUrl: values.DATABASE_URL,
    ladder: values.LADDER,
    partMs: values.PART_MS,
    segmentMs: values.SEGMENT_MS,
    reconnectGraceMs: values.RECONNECT_GRACE_MS,
    chatMaxPerAddress: values.CHAT_MAX_PER_ADDRESS,
    outboundAllow: values.OUTBOUND_ALLOW,
    logLevel: values.LOG_LEVEL,
  };
}
