import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, SetupFault, say } from './step.js';

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const LISTS = '/var/lib/apt/lists';
const LISTS_FRESH_MS = 86_400_000;
const HOLDS_NO_LIST = new Set(['lock', 'partial', 'auxfiles']);

const searched = () => [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_PATH];

const isIn = (directories, name) =>
  directories.some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return directory !== '';
    } catch {
      return false;
    }
  });

const hasCommand = (name) => isIn(searched(), name);

const hasPostgres = () =>
  hasCommand('postgres') ||
  (existsSync('/usr/lib/postgresql') &&
    readdirSync('/usr/lib/postgresql').some((version) =>
      existsSync(join('/usr/lib/postgresql', version, 'bin', 'postgres')),
    ));

/** Debian's packages: what shows that one is there, and the service that comes with it. */
const FFMPEG = { name: 'ffmpeg', isThere: () => hasCommand('ffmpeg') && hasCommand('ffprobe') };
const FOR_TESTS = [
  {
    name: 'chromium',
    isThere: () => ['chromium', 'chromium-browser', 'google-chrome'].some(hasCommand),
  },
  { name: 'fonts-liberation', isThere: () => existsSync('/usr/share/fonts/truetype/liberation') },
  { name: 'openssl', isThere: () => hasCommand('openssl') },
  { name: 'nginx', isThere: () => hasCommand('nginx'), service: 'nginx' },
  {
    name: 'libnginx-mod-rtmp',
    isThere: () => existsSync('/usr/lib/nginx/modules/ngx_rtmp_module.so'),
  },
  {
    name: 'libnginx-mod-http-lua',
    isThere: () => existsSync('/usr/lib/nginx/modules/ngx_http_lua_module.so'),
  },
  { name: 'lua-resty-core', isThere: () => existsSync('/usr/share/lua/5.1/resty/core.lua') },
  { name: 'redis-server', isThere: () => hasCommand('redis-server'), service: 'redis-server' },
  { name: 'postgresql', isThere: hasPostgres, service: 'postgresql' },
];

/** What has to be in front of a command to run it as root; null: this user cannot. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  const sudo = hasCommand('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo !== false && sudo.status === 0 ? ['sudo', '-n'] : null;
}

function listsAreFresh() {
  try {
    const hasLists = readdirSync(LISTS).some((name) => !HOLDS_NO_LIST.has(name));
    return hasLists && Date.now() - statSync(LISTS).mtimeMs < LISTS_FRESH_MS;
  } catch {
    return false;
  }
}

/** RUNLEVEL 1 is what maintainer scripts take for "start no service now". */
const APT_ENV = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
const APT_OPTIONS = ['-y', '-o', 'DPkg::Lock::Timeout=300'];

/** The command for whoever reads it: a bare Debian has no sudo. `directories`: of commands. */
export function byHand(names, directories = searched()) {
  const update = 'apt-get update';
  const install = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (process.getuid?.() === 0) return `${update} && ${install}`;
  if (isIn(directories, 'sudo')) return `sudo ${update} && sudo ${install}`;
  return `su -c '${update} && ${install}'`;
}

/** @param {string[] | null} prefix what stands before a command to run it as root; null: nothing */
export async function aptInstall(missing, prefix = asRoot()) {
  const names = missing.map((one) => one.name);
  const cure = byHand(names);
  if (!hasCommand('apt-get') || prefix === null) {
    throw new SetupFault(
      `${names.join(', ')} must be installed, and this user cannot do that. On Debian run, then try again:\n  ${cure}`,
    );
  }
  const apt = (args) => {
    const [command, ...rest] = [...prefix, 'env', ...APT_ENV, 'apt-get', ...APT_OPTIONS, ...args];
    return run(command, rest, { cure, whole: true });
  };
  const install = () => apt(['install', '--no-install-recommends', ...names]);
  const fresh = listsAreFresh();
  if (!fresh) {
    say('fetching the lists of Debian packages (apt-get update)');
    await apt(['update']);
  }
  say(`installing ${names.join(', ')} (apt-get install)`);
  // Lists of yesterday may name versions that are gone by today.
  await install().catch(async (fault) => {
    if (!fresh) throw fault;
    await apt(['update']);
    await install();
  });
  stopServices(prefix, missing);
}

/** Tests start their own; what the packages started just now would keep the ports of others. */
function stopServices(prefix, installed) {
  if (!existsSync('/run/systemd/system')) return;
  for (const { service } of installed) {
    if (service === undefined) continue;
    const [command, ...args] = [...prefix, 'systemctl', 'disable', '--now', service];
    spawnSync(command, args, { stdio: 'ignore' });
  }
}

const systemPackages = (wanted) => {
  const missing = () => wanted.filter((one) => !one.isThere());
  return { isThere: () => missing().length === 0, install: () => aptInstall(missing()) };
};

export const ffmpeg = () => systemPackages([FFMPEG]);
export const testTools = () => systemPackages([FFMPEG, ...FOR_TESTS]);
