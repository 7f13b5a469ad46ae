import * as z from 'zod/mini';

export const FONT_SIZES = ['small', 'medium', 'large', 'huge'] as const;
export type FontSize = (typeof FONT_SIZES)[number];

const settingsSchema = z.object({
  timestamps: z.boolean(),
  fontSize: z.enum(FONT_SIZES),
  animations: z.boolean(),
  /** Lines wait until the picture they were written beside is on screen. */
  withPicture: z.boolean(),
});
export type Settings = z.infer<typeof settingsSchema>;

const KEPT_AS = 'footlight-chat-settings';

const first = (): Settings => ({
  timestamps: false,
  fontSize: 'medium',
  animations: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
  withPicture: false,
});

/** What this browser keeps; what it lacks or cannot be read is as at first. */
export function readSettings(): Settings {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEPT_AS) ?? '{}');
    const read = z.partial(settingsSchema).safeParse(kept);
    return { ...first(), ...(read.success && withoutGaps(read.data)) };
  } catch {
    return first();
  }
}

const withoutGaps = (partial: object): Partial<Settings> =>
  Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));

export function keepSettings(settings: Settings): void {
  try {
    window.localStorage.setItem(KEPT_AS, JSON.stringify(settings));
  } catch {
    // Storage is full or forbidden: they hold until the page is left.
  }
}
