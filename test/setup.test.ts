import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from './support/free-ports.ts';
import { descendants, stillRunning } from './support/process-tree.ts';
import { PROJECT } from './support/product.ts';

const place = mkdtempSync(join(tmpdir(), 'footlight-setup-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
});

/** A module of setup/, which is JavaScript without types. */
const setupModule = (name: string) => pathToFileURL(join(PROJECT, 'setup', name)).href;

/** `npm start` on a machine where all is installed; resolves when the launcher says where to go. */
async function npmStart(dataDir: string) {
  const [http, rtmp] = await freePorts(2);
  const child = spawn('npm', ['start'], {
    cwd: PROJECT,
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      HTTP_PORT: String(http),
      RTMP_PORT: String(rtmp),
      DATA_DIR: join(place, dataDir),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  await expect.poll(() => stderr, { timeout: 40_000 }).toContain('Watch page');
  return {
    child,
    url: `http://127.0.0.1:${http}`,
    rtmp: `rtmp://127.0.0.1:${rtmp}/live`,
    stdout: () => stdout,
    stderr: () => stderr,
    processes: () => [child.pid ?? -1, ...descendants(child.pid ?? -1)],
  };
}

describe('npm start where all is installed', () => {
  // `npm test` has seen to it; a test file run by itself, after a change of the page, has not.
  beforeAll(() => {
    const { status, stderr } = spawnSync('node', ['setup/start.js'], { cwd: PROJECT });
    expect(status, String(stderr)).toBe(0);
  });

  it('installs nothing, is ready, and says once where to point an encoder', async () => {
    const started = await npmStart('one');
    expect(started.stderr()).not.toContain('footlight:');
    expect((await fetch(`${started.url}/readyz`)).status).toBe(200);
    expect(started.stderr()).toContain(started.rtmp);
    expect(started.stderr()).toContain(`${started.url}/live`);
    const keys = started.stderr().match(/fl_[\w-]{32}/g) ?? [];
    expect(keys).toHaveLength(1);
    expect(started.stdout()).not.toContain(keys[0]);
    const all = started.processes();
    started.child.kill('SIGTERM');
    expect(await stillRunning(all, 10_000)).toEqual([]);
  });

  it('leaves nothing behind when npm is killed outright', async () => {
    const started = await npmStart('two');
    const all = started.processes();
    expect(all.length).toBeGreaterThan(1);
    started.child.kill('SIGKILL');
    expect(await stillRunning(all, 10_000)).toEqual([]);
  });

  it('says why it cannot start, and ends with another code than 0', () => {
    const { status, stderr, stdout } = spawnSync('npm', ['start'], {
      cwd: PROJECT,
      env: { ...process.env, HTTP_PORT: 'eighty', DATA_DIR: join(place, 'three') },
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('HTTP_PORT is "eighty"');
    expect(stdout).not.toContain('on air');
  });
});

/** A copy of the project's setup over a lock and packages of the test's own. */
function project(name: string, wanted: object, installed: object | null): string {
  const directory = join(place, name);
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  symlinkSync(join(PROJECT, 'package.json'), join(directory, 'package.json'));
  spawnSync('cp', ['-r', join(PROJECT, 'setup'), directory]);
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  const text = JSON.stringify({ packages: installed });
  if (installed !== null) {
    writeFileSync(join(directory, 'node_modules/.package-lock.json'), text);
  }
  return directory;
}
const run = (directory: string, script: string, env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: directory,
    env,
    encoding: 'utf8',
  });

describe('packages are missing', () => {
  const wanted = {
    '': { name: 'x' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', dev: true },
    'node_modules/c': { version: '1.0.0', optional: true },
  };
  const a = { 'node_modules/a': { version: '1.0.0' } };
  const b = { 'node_modules/b': { version: '1.0.0' } };
  it.each([
    ['all, when nothing is installed', null, ['node_modules/a', 'node_modules/b']],
    ['those for development', a, ['node_modules/b']],
    [
      'those of another version',
      { ...b, 'node_modules/a': { version: '0.9.0' } },
      ['node_modules/a'],
    ],
    ['none, for another platform’s are not needed', { ...a, ...b }, []],
  ])('%s', (name, installed, missing) => {
    const directory = project(`lock ${name}`, wanted, installed);
    const { stdout, stderr } = run(
      directory,
      `const { missingPackages } = await import('./setup/packages.js');
       console.log(JSON.stringify(missingPackages({ dev: true })));`,
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(missing);
  });
});

describe('a step that cannot be done', () => {
  it('prints the command to run when this user may not install', () => {
    const script = `const { atTopLevel } = await import('${setupModule('step.js')}');
      const { SetupFault } = await import('${setupModule('step.js')}');
      const { aptInstall } = await import('${setupModule('system-packages.js')}');
      await atTopLevel(() => aptInstall([{ name: 'ffmpeg' }], null));`;
    const { status, stderr } = run(PROJECT, script);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^ {2}(su -c '|sudo |)apt-get update && (sudo )?apt-get install -y --no-install-recommends ffmpeg'?$/m,
    );
  });

  it.each([
    ['where there is no sudo', [], "su -c 'apt-get update && apt-get install -y"],
    ['where there is', ['sudo'], 'sudo apt-get update && sudo apt-get install -y'],
  ])('prints a command that this machine has, %s', (name, commands, command) => {
    const bin = join(place, `commands ${name}`);
    mkdirSync(bin);
    for (const each of commands) writeFileSync(join(bin, each), '', { mode: 0o755 });
    const script = `process.getuid = () => 1000;
      const { byHand } = await import('${setupModule('system-packages.js')}');
      console.log(byHand(['ffmpeg'], ['${bin}']));`;
    expect(run(PROJECT, script).stdout).toContain(command);
  });

  it('looks for every tool of the tests', () => {
    const script = `const { testTools } = await import('${setupModule('system-packages.js')}');
      console.log(typeof testTools().isThere());`;
    expect(run(PROJECT, script, { ...process.env, PATH: '/nowhere' }).stdout).toBe('boolean\n');
  });

  it('installs with npm also for a user without a home', () => {
    const bin = join(place, 'npm that tells');
    mkdirSync(bin);
    const told = '#!/bin/sh\necho "cache: $npm_config_cache" >&2\nexit 1\n';
    writeFileSync(join(bin, 'npm'), told, { mode: 0o755 });
    const script = `const { atTopLevel } = await import('./setup/step.js');
      const { runNpm } = await import('./setup/npm.js');
      await atTopLevel(() => runNpm(['install']));`;
    const directory = project('no home', {}, null);
    const cacheOf = (cache: string) =>
      run(directory, script, {
        ...process.env,
        PATH: `${bin}:${process.env['PATH']}`,
        npm_config_cache: cache,
      }).stderr;
    const ours = join(directory, '.cache/npm');
    const without = cacheOf('/dev/null/.npm');
    expect(without).toContain(`cache: ${ours}`);
    expect(without).toContain(`npm_config_cache='${ours}' npm install`);
    const withHome = join(place, 'home/.npm');
    expect(cacheOf(withHome)).toContain(`cache: ${withHome}`);
  });

  it.each([
    ['is ended with its setup', false, /^$/],
    ['comes to its end first where half of it would be a fault', true, /^done\n$/],
  ])('%s when npm is stopped', async (name, whole, left) => {
    const [log, begun] = [join(place, `log ${name}`), join(place, `begun ${name}`)];
    writeFileSync(log, '');
    const script = `const { atTopLevel, run } = await import('${setupModule('step.js')}');
      await atTopLevel(() => run('sh', ['-c', 'echo $$ > "${begun}"; sleep 3; echo done >> "${log}"'],
        { cure: '', whole: ${whole} }));`;
    // As npm runs it: in a shell that waits for what it prints.
    const shell = spawn(
      'sh',
      ['-c', 'x=$("$NODE" --input-type=module -e "$SCRIPT") && echo "$x"'],
      {
        env: { ...process.env, NODE: process.execPath, SCRIPT: script },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    children.push(shell);
    let stderr = '';
    shell.stderr.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk;
    });
    const all = await expect
      .poll(() => existsSync(begun) && descendants(shell.pid ?? -1), { timeout: 20_000 })
      .toBeTruthy()
      .then(() => descendants(shell.pid ?? -1));
    shell.kill('SIGTERM');
    expect(await stillRunning(all, 8000)).toEqual([]);
    await expect.poll(() => stderr).toContain('stopped before it was done');
    expect(readFileSync(log, 'utf8')).toMatch(left);
  });

  it('shows what the failed command said last', () => {
    const script = `const { atTopLevel, run } = await import('${setupModule('step.js')}');
      await atTopLevel(() => run('sh', ['-c', 'echo the reason >&2; exit 3'], { cure: 'the cure' }));`;
    const { status, stderr } = run(PROJECT, script);
    expect(status).toBe(1);
    expect(stderr).toMatch(/failed \(3\)[\s\S]*the reason[\s\S]*the cure/);
  });
});

it('two setups at once take turns', async () => {
  const log = join(place, 'turns');
  const script = `const { alone } = await import('${setupModule('lock.js')}');
    const { appendFileSync } = await import('node:fs');
    const { setTimeout } = await import('node:timers/promises');
    await alone(async () => {
      appendFileSync('${log}', 'in ');
      await setTimeout(50);
      appendFileSync('${log}', 'out ');
    });`;
  const setups = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' }),
  );
  await Promise.all(setups.map((setup) => once(setup, 'exit')));
  expect(readFileSync(log, 'utf8')).toBe('in out in out in out ');
});
