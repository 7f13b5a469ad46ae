import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { goal } from '../../bench/result.ts';
import { benchNames, loadBench, runBench } from '../../bench/run.ts';

const RUNNER = join(import.meta.dirname, '../../bench/run.ts');
const runner = (...args: string[]) => promisify(execFile)(process.execPath, [RUNNER, ...args]);

describe('npm run bench', () => {
  it.each(benchNames())('%s says in a line what it measures, and can be run', async (name) => {
    const bench = await loadBench(name);
    expect(bench.describe).toMatch(/^[^\n]{10,100}$/);
    expect(bench.run).toBeTypeOf('function');
  });

  it('lists every bench when it is given no name', async () => {
    const { stdout } = await runner();
    for (const name of benchNames()) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('refuses a name it does not know and says which there are', async () => {
    await expect(runner('nonsense')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('start'),
    });
  });
});

describe('what a bench prints', () => {
  it('is its result as one JSON line, a missing peer with its reason', async () => {
    const lines: string[] = [];
    const result = {
      bench: 'trivial',
      ours: { p50Ms: 1 },
      peer: null,
      why: 'Nobody\nelse does it.',
      ratio: null,
      goals: [goal('p50', 1, 'most', 2)],
      setting: { args: '' },
    };
    const run = async (args: string[]) => ({ ...result, setting: { args: args.join(' ') } });
    await runBench({ describe: 'trivial', run }, ['--seconds', '1'], (line) => lines.push(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({ ...result, setting: { args: '--seconds 1' } });
  });
});

describe('a goal', () => {
  it('is met at its limit, in its direction, and never by nothing', () => {
    expect(goal('x', 2, 'most', 2).met).toBe(true);
    expect(goal('x', 2.1, 'most', 2).met).toBe(false);
    expect(goal('x', 0.5, 'least', 0.5).met).toBe(true);
    expect(goal('x', 0.4, 'least', 0.5).met).toBe(false);
    expect(goal('x', null, 'most', 2).met).toBe(false);
  });
});
