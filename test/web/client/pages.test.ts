import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { buildScriptedClient, type FixtureSite, openFixtureSite } from '../support/fixture-site.ts';
import { openState, showControls } from '../support/open-state.ts';
import { PAGE_STATES } from '../support/page-states.ts';

const WCAG_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PHONE = { width: 390, height: 844 };

let browser: Browser;
let site: FixtureSite;
let client: Awaited<ReturnType<typeof buildScriptedClient>>;

beforeAll(async () => {
  client = await buildScriptedClient();
  site = await openFixtureSite(client.dir);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await client?.remove();
});

// One that failed too: pages left open play on, and slow down all that follow.
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

test.each(PAGE_STATES)(
  '$name: WCAG AA, one first heading, nothing blocked by its policy, fits a phone',
  async (state) => {
    const complaints: string[] = [];
    const page = await openState({
      browser,
      site,
      state,
      prepare: (opened) => listenForComplaints(opened, complaints),
    });
    if (state.player !== undefined && state.press === undefined) await showControls(page);

    const { violations, passes } = await new AxeBuilder({ page }).withTags(WCAG_AA).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    expect(passes.length).toBeGreaterThan(8);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(complaints).toEqual([]);

    await page.setViewportSize(PHONE);
    const widths = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      window: document.documentElement.clientWidth,
    }));
    expect(widths.content).toBeLessThanOrEqual(widths.window);
  },
);

/** What the browser refused or could not do, in its own words. */
function listenForComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => {
    const expected = /status of (404|410)/.test(line.text());
    if (line.type() === 'error' && !expected) complaints.push(line.text());
  });
}
