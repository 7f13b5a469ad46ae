import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { type NginxSite, startNginxSite } from './nginx-site.ts';

export interface NginxEdge extends NginxSite {
  /** Plain HTTP/1.1, which the committed settings do not offer; it makes light load possible. */
  httpPort: number;
  /** TLS with HTTP/2 and a certificate signed by itself. */
  httpsPort: number;
}

interface Ports {
  http: number;
  https: number;
  fill: number;
  origin: number;
}

const siteOf = (dir: string, ports: Ports): Record<string, string> => ({
  'origin.conf': ['web', 'media', 'chat', 'rooms']
    .map((name) => `upstream ${name} {\n  server 127.0.0.1:${ports.origin};\n  keepalive 128;\n}\n`)
    .join(''),
  'server.conf': `listen 127.0.0.1:${ports.http} backlog=4096;
listen 127.0.0.1:${ports.https} ssl http2 backlog=4096;
ssl_certificate ${dir}/cert.pem;
ssl_certificate_key ${dir}/key.pem;
`,
  'fill.conf': `map "" $fill_address {
  default 127.0.0.1:${ports.fill};
}
server {
  listen 127.0.0.1:${ports.fill} backlog=4096;
  include fill-server.conf;
}
`,
});

async function writeCertificate(dir: string): Promise<void> {
  const where = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')];
  const what = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-x509'];
  const who = ['-days', '2', '-subj', '/CN=localhost'];
  await promisify(execFile)('openssl', ['req', ...what, ...who, ...where]);
}

/** Starts the committed edge as an unprivileged process in front of an origin on loopback. */
export async function startNginxEdge(originPort: number): Promise<NginxEdge> {
  const ports: Ports = {
    http: await freePort(),
    https: await freePort(),
    fill: await freePort(),
    origin: originPort,
  };
  const nginx = await startNginxSite({
    site: (dir) => siteOf(dir, ports),
    ports: [ports.http, ports.https],
    prepare: writeCertificate,
  });
  return { ...nginx, httpPort: ports.http, httpsPort: ports.https };
}
