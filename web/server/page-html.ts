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

/** What the browser should fetch while it still reads the page. */
export interface PagePreloads {
  scripts: readonly string[];
  styles: readonly string[];
  /** The playlist to be played; null: nothing is live. */
  playlist: string | null;
}

const NO_PRELOADS: PagePreloads = { scripts: [], styles: [], playlist: null };

/** The built index.html with this page's title, preview tags and preloads. */
export function renderPage(
  indexHtml: string,
  meta: PageMeta,
  preloads: PagePreloads = NO_PRELOADS,
): string {
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
    .replace('</head>', () => `  ${head}\n${linksOf(indexHtml, preloads)}  </head>`);
}

function linksOf(indexHtml: string, { scripts, styles, playlist }: PagePreloads): string {
  const missing = (files: readonly string[]) => files.filter((file) => !indexHtml.includes(file));
  const links = [
    ...missing(scripts).map((file) => `rel="modulepreload" crossorigin href="${file}"`),
    ...missing(styles).map((file) => `rel="stylesheet" crossorigin href="${file}"`),
    ...(playlist === null ? [] : [`rel="preload" as="fetch" crossorigin href="${playlist}"`]),
  ];
  return links.map((link) => `    <link ${link} />\n`).join('');
}
