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
