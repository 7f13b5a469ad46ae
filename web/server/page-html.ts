/** What a page says of itself to search engines and to sites that show a preview of a link. */
export interface PageMeta {
  title: string;
  description: string;
  /** Absolute URLs; null: not known, and the tag is left out. */
  url: string | null;
  image: string | null;
  kind: 'website' | 'video.other';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/** The built index.html with this page's title and preview tags. */
export function renderPage(indexHtml: string, meta: PageMeta): string {
  const tags = [
    ['og:site_name', 'Footlight'],
    ['og:type', meta.kind],
    ['og:title', meta.title],
    ['og:description', meta.description],
    ['og:url', meta.url],
    ['og:image', meta.image],
    ['twitter:card', meta.image === null ? 'summary' : 'summary_large_image'],
  ] as const;
  const head = tags
    .filter(([, content]) => content !== null)
    .map(([name, content]) => `<meta property="${name}" content="${escapeHtml(content ?? '')}" />`)
    .join('\n    ');
  // Functions, because a replacement string would read `$&` in a title as a pattern.
  return indexHtml
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(meta.title)}</title>`)
    .replace(
      /<meta name="description" content="[^"]*"/,
      () => `<meta name="description" content="${escapeHtml(meta.description)}"`,
    )
    .replace('</head>', () => `  ${head}\n  </head>`);
}
