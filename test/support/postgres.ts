import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { spawnServer, untilAnswers } from './child-server.ts';
import { serverPorts } from './free-ports.ts';
import { descendants, isRunning, stillRunning } from './process-tree.ts';

export interface TestPostgresOptions {
  /** What it committed survives kill -9 and a power cut. By default it is quick instead. */
  durable?: boolean;
  /** PEM files: it speaks TLS too. */
  tls?: { cert: string; key: string };
}

/** A real Postgres on a free port of loopback, with a directory of its own. */
export interface TestPostgres {
  /** Of its first database, which is empty. */
  readonly url: string;
  readonly port: number;
  pid(): number;
  /** Makes another empty database; returns its URL. */
  createDatabase(): Promise<string>;
  /** Ends it and its children as a crash of the machine would. */
  kill9(): Promise<void>;
  /** Starts it again on its port and directory, after `kill9`. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';
/** It refuses to run as root; Debian's package makes this user. */
const USER = 'postgres';
const PASSWORD = 'open sesame/?#';

export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const [port = 0] = await serverPorts(1);
  const directory = mkdtempSync(join(tmpdir(), 'footlight-pg-'));
  giveToUser(directory);
  const data = join(directory, 'data');
  makeCluster(data);
  const hurry = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${directory}`,
    'password_encryption=scram-sha-256',
    ...(options.durable === true ? [] : hurry),
    ...(options.tls === undefined ? [] : tlsSettings(options.tls, directory)),
  ];
  const urlOf = (database: string) =>
    `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
  const start = async () => {
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    const started = spawnServer(program('postgres'), args, { cwd: directory, user: USER });
    await untilAnswers(started, () => ask({ host: directory, port }, 'SELECT 1'));
    return started;
  };
  let server = await start();
  let databases = 0;
  const end = (signal: NodeJS.Signals) => {
    server.kill(signal);
    return server.exited;
  };
  return {
    url: urlOf('postgres'),
    port,
    pid: () => server.pid,
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await ask({ host: directory, port }, `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async kill9() {
      // Its children would live a moment longer, and keep another from starting.
      const children = descendants(server.pid);
      await end('SIGKILL');
      for (const pid of children.filter(isRunning)) process.kill(pid, 'SIGKILL');
      await stillRunning(children, 5_000);
    },
    async restart() {
      server = await start();
    },
    async stop() {
      // At once, its own children included.
      await end('SIGQUIT');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The newest installed. */
function program(name: string): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newest = versions
    .map((version) => join(DEBIAN, version, 'bin', name))
    .filter((path) => existsSync(path))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0];
  return newest ?? name;
}

const isRoot = () => process.getuid?.() === 0;

/** It takes a key that is its own user's alone. */
function tlsSettings(tls: { cert: string; key: string }, directory: string): string[] {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  copyFileSync(tls.cert, cert);
  copyFileSync(tls.key, key);
  chmodSync(key, 0o600);
  for (const file of [cert, key]) giveToUser(file);
  return ['ssl=on', `ssl_cert_file=${cert}`, `ssl_key_file=${key}`];
}

function giveToUser(path: string): void {
  if (!isRoot()) return;
  const idOf = (flag: string) => Number(spawnSync('id', [flag, USER], { encoding: 'utf8' }).stdout);
  chownSync(path, idOf('-u'), idOf('-g'));
}

function makeCluster(data: string): void {
  const args = ['-D', data, '-U', USER, '--no-sync', '-E', 'UTF8', '--locale=C', '-A', 'trust'];
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, `${PASSWORD}\n`);
  const command = [
    ...[program('initdb'), ...args],
    ...['--auth-host=scram-sha-256', `--pwfile=${passwordFile}`],
  ];
  const as = isRoot() ? ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--init-groups'] : [];
  const [first = '', ...rest] = [...as, ...command];
  const made = spawnSync(first, rest, { encoding: 'utf8', cwd: '/' });
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stdout}${made.stderr}`);
}

/** Over its Unix socket, where no password is asked. */
async function ask(at: { host: string; port: number }, sql: string): Promise<void> {
  const client = new Client({ ...at, user: USER, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
