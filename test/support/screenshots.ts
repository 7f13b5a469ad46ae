/**
 * Pictures of every page and state at three widths, for the README and for looking at.
 * `node test/support/screenshots.ts DIR [NAME...]`
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildScriptedClient, openFixtureSite } from '../web/support/fixture-site.ts';
import { openState, showControls } from '../web/support/open-state.ts';
import { PAGE_STATES } from '../web/support/page-states.ts';
import { launchBrowser } from './browser.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

const [dir = 'docs/screenshots', ...names] = process.argv.slice(2);
await mkdir(dir, { recursive: true });
const client = await buildScriptedClient();
const browser = await launchBrowser();
await using site = await openFixtureSite(client.dir);
try {
  const wanted = PAGE_STATES.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const state of wanted) {
    for (const size of SIZES) {
      const page = await openState({ browser, site, state, size });
      if (state.player !== undefined && state.press === undefined && state.chat === undefined)
        await showControls(page);
      await page.screenshot({ path: join(dir, `${state.name}-${size.width}.png`) });
      await page.context().close();
    }
  }
} finally {
  await browser.close();
  await client.remove();
}
