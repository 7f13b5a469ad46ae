/** The surface on which contrast is hardest to reach: what a message lies on while pointed at. */
const SURFACE = '#2a2420';
/** WCAG AA for text. */
const CONTRAST = 4.5;
const STEP = 0.08;
/** For those who chose none: gels of stage lamps, each with contrast on every surface. */
const GELS = [
  ...['#ffb35c', '#ff9d86', '#f2c14e', '#9ad0a8', '#8fc7e8'],
  ...['#c3b1f5', '#f0a6c8', '#7fd6d0', '#d9c58a', '#a8c66c'],
];

const known = new Map<string, string>();
const MOST_KNOWN = 2_000;

/** The person's colour, made lighter until it can be read here; the same one for life without one. */
export function authorColor({ id, color }: { id: string; color?: string | undefined }): string {
  const key = color ?? id;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = color === undefined ? gelOf(id) : readable(color);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, made);
  return made;
}

function gelOf(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return GELS[sum % GELS.length] ?? '#ffb35c';
}

/** Mixed with white until it has contrast; what is no `#rrggbb` is plain text colour. */
export function readable(color: string, surface = SURFACE): string {
  const channels = channelsOf(color);
  if (channels === null) return '#f7f1ea';
  for (let white = 0; white <= 1; white += STEP) {
    const mixed = channels.map((value) => Math.round(value + (255 - value) * white));
    if (contrast(toHex(mixed), surface) >= CONTRAST) return toHex(mixed);
  }
  return '#ffffff';
}

function channelsOf(color: string): number[] | null {
  const [, hex] = /^#([0-9a-f]{6})$/i.exec(color) ?? [];
  if (hex === undefined) return null;
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

const toHex = (channels: number[]): string =>
  `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

/** WCAG 2.2, relative luminance. */
function luminance(channels: number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2; both are `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [one, other]
    .map((color) => luminance(channelsOf(color) ?? []))
    .toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}
