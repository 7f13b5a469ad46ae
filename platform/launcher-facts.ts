import { networkInterfaces } from 'node:os';
import type { Config } from './config.ts';

/** What the launcher tells people once the server is ready. It goes over IPC, never to the log. */
export interface LauncherFacts {
  ready: true;
  rtmpUrl: string;
  streamKey: string | null;
  watchUrl: string;
  /** Sentences about parts that are missing. */
  notes: string[];
}

/** Where people reach this machine: PUBLIC_URL, HOST, or the first address of its network. */
export function launcherFacts(
  config: Config,
  channel: { name: string; streamKey: string | null },
  notes: string[],
): LauncherFacts {
  const secure = config.tls === null ? '' : 's';
  const host = config.publicUrl === null ? reachableHost(config.host) : hostOf(config.publicUrl);
  return {
    ready: true,
    rtmpUrl: `rtmp${secure}://${host}:${config.rtmpPort}/live`,
    streamKey: channel.streamKey,
    watchUrl: `${siteUrl(config)}/${channel.name}`,
    notes,
  };
}

/** Where the pages are, without a slash at the end. */
export const siteUrl = (config: Config): string =>
  config.publicUrl ??
  `http${config.tls === null ? '' : 's'}://${reachableHost(config.host)}:${config.httpPort}`;

const hostOf = (url: string): string => new URL(url).hostname;

function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return networkAddress() ?? '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function networkAddress(): string | null {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return addresses.find((one) => one.family === 'IPv4' && !one.internal)?.address ?? null;
}
