import { expect, test } from 'vitest';
import { renderPage } from '../../../web/server/page-html.ts';

const INDEX =
  '<html><head><meta name="description" content="old" /><title>Footlight</title></head><body></body></html>';
const meta = { description: 'd', url: null, image: null, kind: 'website' } as const;

test('a hostile title stays text in the title and in the preview tags', () => {
  const title = '"><script>alert(1)</script>\'&$&$`';
  const html = renderPage(INDEX, { ...meta, title, description: title });
  expect(html).not.toContain('<script>');
  const escaped = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;$&amp;$`';
  expect(html).toContain(`<title>${escaped}</title>`);
  expect(html).toContain(`<meta property="og:title" content="${escaped}" />`);
  expect(html).toContain(`<meta name="description" content="${escaped}"`);
  expect(html.match(/<title>/g)).toHaveLength(1);
});

test('tags without a value are left out', () => {
  const html = renderPage(INDEX, { ...meta, title: 't' });
  expect(html).not.toContain('og:image');
  expect(html).not.toContain('og:url');
});

test('what a page needs is linked once, beside what the build links already', () => {
  const index = INDEX.replace('<head>', '<head><link rel="modulepreload" href="/assets/a-1.js">');
  const html = renderPage(
    index,
    { ...meta, title: 't' },
    {
      scripts: ['/assets/a-1.js', '/assets/b-1.js'],
      styles: ['/assets/b-1.css'],
      playlist: '/live/alpha/index.m3u8',
    },
  );
  expect(html.match(/a-1\.js/g)).toHaveLength(1);
  expect(html).toContain('<link rel="modulepreload" crossorigin href="/assets/b-1.js" />');
  expect(html).toContain('<link rel="stylesheet" crossorigin href="/assets/b-1.css" />');
  expect(html).toContain(
    '<link rel="preload" as="fetch" crossorigin href="/live/alpha/index.m3u8" />',
  );
});
