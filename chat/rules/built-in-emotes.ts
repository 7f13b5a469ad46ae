/** Everybody's emotes: `web/client/public/emotes/NAME.svg`, drawn for this page. */
export const BUILT_IN_EMOTES = [
  'smile',
  'laugh',
  'wink',
  'love',
  'cool',
  'wow',
  'sad',
  'cry',
  'angry',
  'think',
  'sleepy',
  'party',
  'hype',
  'gg',
  'clap',
  'footlight',
] as const;

export const builtInUrl = (name: string): string => `/emotes/${name}.svg`;
