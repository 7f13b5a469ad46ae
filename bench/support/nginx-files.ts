import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { launch, processTree, untilListening } from './process.ts';

export interface NginxFiles {
  port: number;
  workerPids(): number[];
  stop(): Promise<void>;
}

function configuration(dir: string, root: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${dir}/${name};`)
    .join('\n');
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
daemon off;
pid ${dir}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=1000;
${temporary}
  server {
    listen 127.0.0.1:${port};
    root ${root};
  }
}
`;
}

/** One worker of nginx over a folder, set up as one would for speed. */
export async function startNginxFiles(root: string): Promise<NginxFiles> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-nginx-files-'));
  const port = await freePort();
  await writeFile(join(dir, 'nginx.conf'), configuration(dir, root, port));
  const nginx = await launch('nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')]);
  await untilListening(port);
  return {
    port,
    workerPids: () => processTree(nginx.pid).filter((pid) => pid !== nginx.pid),
    async stop() {
      await nginx.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
