import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // The tests run real encoders and browsers: one file at a time keeps two cores honest.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // What is waited for may be slow on a busy machine; a wait that is over ends at once anyway.
    expect: { poll: { timeout: 15_000, interval: 25 } },
  },
});
