import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/** Writes how many tests passed and failed to the file COUNTS_FILE, for the runner's last line. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env['COUNTS_FILE'];
    if (file === undefined) return;
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => states.filter((one) => one === state).length;
    // A file that cannot be loaded fails without a test in it.
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = count('failed') + broken + unhandled.length;
    writeFileSync(file, JSON.stringify({ passed: count('passed'), failed }));
  }
}

// biome-ignore lint/style/noDefaultExport: vitest loads reporters by their default export
export default CountReporter;
