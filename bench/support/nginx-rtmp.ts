import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { launch, processTree, untilListening } from './process.ts';

/** Debian's libnginx-mod-rtmp, used as the peer that people run today. */
const RTMP_MODULE = '/usr/lib/nginx/modules/ngx_rtmp_module.so';

export interface NginxRtmpOptions {
  /** Null: no HLS, ingest alone. `{}`: the module's defaults (fragments of 5 s, playlist of 30 s). */
  hls: {
    /** As nginx reads it: `1s`, `500ms`. */
    fragment?: string;
    playlistLength?: string;
    /** More lines for the application block, each with its semicolon. */
    extra?: string[];
  } | null;
  /** A folder served at `/`, for the player's page on the same origin. */
  pagesDir?: string;
}

export interface NginxRtmp {
  /** Publish to `${rtmpUrl}/NAME`. */
  rtmpUrl: string;
  rtmpPort: number;
  httpUrl: string;
  hlsUrl(name: string): string;
  /** The processes that do the work, the idle master left out. */
  workerPids(): number[];
  stop(): Promise<void>;
}

function hlsLines(options: NginxRtmpOptions, dir: string): string {
  if (options.hls === null) return '';
  const { fragment, playlistLength, extra } = options.hls;
  return [
    'hls on;',
    `hls_path ${dir}/hls;`,
    fragment === undefined ? '' : `hls_fragment ${fragment};`,
    playlistLength === undefined ? '' : `hls_playlist_length ${playlistLength};`,
    ...(extra ?? []),
  ].join('\n      ');
}

function configuration(
  options: NginxRtmpOptions,
  at: { dir: string; rtmpPort: number; httpPort: number },
): string {
  const { dir, rtmpPort, httpPort } = at;
  return `load_module ${RTMP_MODULE};
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
daemon off;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log error;
events { worker_connections 4096; }
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:${rtmpPort};
    application live {
      live on;
      ${hlsLines(options, dir)}
    }
  }
}
http {
  access_log off;
  include /etc/nginx/mime.types;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  server {
    listen 127.0.0.1:${httpPort};
    location /hls/ {
      root ${dir};
      types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
      add_header Cache-Control no-cache;
      add_header Access-Control-Allow-Origin *;
    }
    location / { root ${options.pagesDir ?? `${dir}/pages`}; }
  }
}
`;
}

/** Starts nginx with its RTMP module on free ports of the loopback address, one worker. */
export async function startNginxRtmp(options: NginxRtmpOptions): Promise<NginxRtmp> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-nginx-rtmp-'));
  const rtmpPort = await freePort();
  const httpPort = await freePort();
  await writeFile(join(dir, 'nginx.conf'), configuration(options, { dir, rtmpPort, httpPort }));
  const nginx = await launch('nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')]);
  try {
    await Promise.all([untilListening(rtmpPort), untilListening(httpPort)]);
  } catch (error) {
    await nginx.stop();
    throw new Error(`nginx with its RTMP module did not start: ${nginx.errors()}`, {
      cause: error,
    });
  }
  return {
    rtmpUrl: `rtmp://127.0.0.1:${rtmpPort}/live`,
    rtmpPort,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    hlsUrl: (name) => `http://127.0.0.1:${httpPort}/hls/${name}.m3u8`,
    workerPids: () => processTree(nginx.pid).filter((pid) => pid !== nginx.pid),
    async stop() {
      await nginx.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
