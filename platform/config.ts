import { z } from 'zod';
import { AppError } from './errors.ts';

const port = z.coerce.number().int().min(1).max(65_535);
const milliseconds = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const SERVICE_NAMES = ['ingest', 'transcoder', 'chat', 'sfu', 'web'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export interface Config {
  httpPort: number;
  rtmpPort: number;
  host: string;
  publicUrl: string | null;
  cdnUrl: string | null;
  tls: { certPath: string; keyPath: string } | null;
  trustProxy: string | null;
  dataDir: string;
  services: ServiceName[];
  redisUrl: string | null;
  databaseUrl: string | null;
  ladder: string | null;
  partMs: number;
  segmentMs: number;
  reconnectGraceMs: number;
  logLevel: string;
}
