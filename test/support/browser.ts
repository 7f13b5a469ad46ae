import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { AppError } from '../../platform/errors.ts';

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What keeps a browser on a machine without a screen, sandbox or network quiet and quick. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface BrowserOptions {
  /** True lets pages start sound by themselves; false is what a first-time visitor's browser does. */
  autoplay?: boolean;
  extraFlags?: string[];
}

/**
 * A headless Chromium with a profile of its own. Use it as `await using browser = ...`, or close
 * it yourself; pages of one context share connections and storage, as tabs of one window do.
 */
export async function launchBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const executablePath = EXECUTABLES.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new AppError({
      code: 'chromium_missing',
      message: 'Chromium is not installed: run `apt-get install -y chromium`.',
    });
  }
  const policy = options.autoplay === false ? 'document-user-activation-required' : null;
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...FLAGS,
      `--autoplay-policy=${policy ?? 'no-user-gesture-required'}`,
      ...(options.extraFlags ?? []),
    ],
  });
}
