import { execFile } from 'node:child_process';
import { chown, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { launch, processTree, untilListening } from './process.ts';

const DEPLOY_DIR = join(import.meta.dirname, '../../deploy');
/** Debian's `nobody`: the edge needs no rights at all. */
const UNPRIVILEGED_ID = 65_534;

export interface NginxEdge {
  /** Plain HTTP/1.1, which the committed settings do not offer; it makes light load possible. */
  httpPort: number;
  /** TLS with HTTP/2 and a certificate signed by itself. */
  httpsPort: number;
  pid: number;
  workerPids(): number[];
  /** What nginx wrote to its error log. */
  errors(): string;
  stop(): Promise<void>;
}

interface Ports {
  http: number;
  https: number;
  fill: number;
  origin: number;
}

/** The files of deploy/ as they are committed, with a site/ of this run's ports. */
async function writeConfiguration(dir: string, ports: Ports): Promise<void> {
  const site = join(dir, 'conf/site');
  await mkdir(site, { recursive: true });
  for (const file of await readdir(DEPLOY_DIR)) {
    if (file.endsWith('.conf')) await copyFile(join(DEPLOY_DIR, file), join(dir, 'conf', file));
  }
  const origin = `upstream origin {
  server 127.0.0.1:${ports.origin};
  keepalive 128;
}
`;
  const server = `listen 127.0.0.1:${ports.http} backlog=4096;
listen 127.0.0.1:${ports.https} ssl http2 backlog=4096;
ssl_certificate ${dir}/cert.pem;
ssl_certificate_key ${dir}/key.pem;
`;
  const fill = `map "" $fill_address {
  default 127.0.0.1:${ports.fill};
}
server {
  listen 127.0.0.1:${ports.fill} backlog=4096;
  include fill-server.conf;
}
`;
  await writeFile(join(site, 'origin.conf'), origin);
  await writeFile(join(site, 'server.conf'), server);
  await writeFile(join(site, 'fill.conf'), fill);
}

async function writeCertificate(dir: string): Promise<void> {
  const where = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')];
  const what = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-x509'];
  const who = ['-days', '2', '-subj', '/CN=localhost'];
  await promisify(execFile)('openssl', ['req', ...what, ...who, ...where]);
}

async function giveTo(owner: number, dir: string): Promise<void> {
  await chown(dir, owner, owner);
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    await chown(join(entry.parentPath, entry.name), owner, owner);
  }
}

/** Starts the committed edge as an unprivileged process in front of an origin on loopback. */
export async function startNginxEdge(originPort: number): Promise<NginxEdge> {
  const dir = await mkdtemp(join(tmpdir(), 'footlight-edge-'));
  const ports: Ports = {
    http: await freePort(),
    https: await freePort(),
    fill: await freePort(),
    origin: originPort,
  };
  await mkdir(join(dir, 'run'));
  await Promise.all([writeConfiguration(dir, ports), writeCertificate(dir)]);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await giveTo(UNPRIVILEGED_ID, dir);
  const nginx = await launch(
    'nginx',
    ['-p', join(dir, 'run/'), '-c', join(dir, 'conf/nginx.conf')],
    isRoot ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {},
  );
  const stop = async () => {
    await nginx.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await Promise.all([untilListening(ports.http), untilListening(ports.https)]);
  } catch (error) {
    await stop();
    throw new Error(`The edge did not start: ${nginx.errors()}`, { cause: error });
  }
  return {
    httpPort: ports.http,
    httpsPort: ports.https,
    pid: nginx.pid,
    workerPids: () => processTree(nginx.pid).filter((pid) => pid !== nginx.pid),
    errors: nginx.errors,
    stop,
  };
}
