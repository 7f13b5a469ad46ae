import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type CaptionedEncoder, startCaptionedEncoder } from '../support/captioned-encoder.ts';
import {
  type LiveSite,
  openWatchPage,
  startLiveSite,
  untilPlayed,
  untilStatus,
} from './support/live-viewing.ts';

let browser: Browser;
let site: LiveSite;
let context: BrowserContext;
let encoder: CaptionedEncoder;

const publish = (line: (number: number) => string) =>
  startCaptionedEncoder({ url: site.publishUrl, line });

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  site = await startLiveSite({ LADDER: '144p@200k', RECONNECT_GRACE_MS: '10000' });
  context = await browser.newContext();
  encoder = publish((number) => `<LINE ${number}>`);
});

afterEach(async () => {
  await context?.close();
  await encoder?.stop();
  await site?.stop();
});

/** What captions are on screen; null: none. */
function shownCaption(): string | null {
  const tracks = [...(document.querySelector('video')?.textTracks ?? [])];
  const cues = tracks
    .filter(({ mode }) => mode === 'showing')
    .flatMap((one) => [...(one.activeCues ?? [])]);
  return cues.length === 0 ? null : cues.map((cue) => String(Reflect.get(cue, 'text'))).join('\n');
}

/** How far behind the encoder the page says it plays, seconds. */
const latencyOf = async (page: Page): Promise<number> => {
  const text = await page.locator('.latency').textContent();
  return Number(/([\d.]+) s/.exec(text ?? '')?.[1]);
};

/** Waits for a whole line that is on screen for the first time, and says which and when. */
async function untilNewLine(page: Page): Promise<{ line: number; at: number }> {
  const newest = (text: string | null) =>
    Math.max(-1, ...[...(text ?? '').matchAll(/LINE (\d+)&gt;/g)].map((one) => Number(one[1])));
  const before = newest(await page.evaluate(shownCaption));
  const found = await page.waitForFunction(
    (last) => {
      const texts = [...(document.querySelector('video')?.textTracks ?? [])]
        .filter(({ mode }) => mode === 'showing')
        .flatMap((one) => [...(one.activeCues ?? [])])
        .map((cue) => String(Reflect.get(cue, 'text')));
      const lines = [...texts.join('\n').matchAll(/LINE (\d+)&gt;/g)].map((one) => Number(one[1]));
      const line = Math.max(-1, ...lines);
      return line > last ? { line, at: Date.now() } : null;
    },
    before,
    { polling: 20, timeout: 20_000 },
  );
  return (await found.jsonValue()) ?? { line: -1, at: 0 };
}

async function turnOn(page: Page): Promise<void> {
  await untilStatus(page, 'playing');
  const button = page.getByRole('button', { name: 'Captions' });
  await button.waitFor({ state: 'attached' });
  expect(await page.evaluate(shownCaption)).toBeNull();
  await page.keyboard.press('c');
  await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
}

it('a spoken line is on screen a second after its picture at most, until it is switched off', async () => {
  const page = await openWatchPage(context, site.watchUrl);
  await turnOn(page);
  // From the second on, playing has settled at the live edge.
  await untilNewLine(page);
  await untilNewLine(page);
  const { line, at } = await untilNewLine(page);
  const afterSpoken = (at - (encoder.spokenAt(line) ?? Number.NaN)) / 1000;
  expect(afterSpoken - (await latencyOf(page))).toBeLessThan(1);
  // Two rows roll up: the line before is still there.
  expect(await page.evaluate(shownCaption)).toBe(`&lt;LINE ${line - 1}&gt;\n&lt;LINE ${line}&gt;`);

  await page.keyboard.press('c');
  await expect.poll(() => page.evaluate(shownCaption)).toBeNull();
});

it('captions go on in another rung', async () => {
  const page = await openWatchPage(context, site.watchUrl);
  await turnOn(page);
  await untilNewLine(page);
  await page.getByRole('button', { name: 'Quality' }).click();
  await page.getByRole('menuitemradio', { name: '144p' }).click();
  await page.waitForFunction(() => document.querySelector('video')?.videoHeight === 144, null, {
    timeout: 20_000,
  });
  const { line } = await untilNewLine(page);
  expect((await untilNewLine(page)).line).toBe(line + 1);
});

it('captions go on when the encoder has come back', async () => {
  const page = await openWatchPage(context, site.watchUrl);
  await turnOn(page);
  await untilNewLine(page);
  await encoder.stop();
  await untilStatus(page, 'reconnecting');
  encoder = publish((number) => `<LINE ${1000 + number}>`);
  await untilStatus(page, 'playing');
  await untilPlayed(page, 2);
  await expect
    .poll(async () => (await untilNewLine(page)).line, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(1000);
});
