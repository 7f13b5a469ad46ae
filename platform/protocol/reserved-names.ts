/**
 * Names no channel and no user can have: every first path segment of the product, and those kept
 * for pages it may get. Shared with the browser, which says so before the form is sent.
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...['live', 'embed', 'dashboard', 'rooms', 'room', 'chat', 'whip', 'whep', 'api', 'events'],
  ...[
    'healthz',
    'readyz',
    'metrics',
    'assets',
    'static',
    'media',
    'public',
    'fonts',
    'images',
    'emotes',
  ],
  ...['favicon', 'robots', 'manifest', 'sitemap', 'well_known', 'index', 'home', 'about', 'help'],
  ...[
    'login',
    'logout',
    'signin',
    'signout',
    'signup',
    'register',
    'account',
    'accounts',
    'settings',
  ],
  ...['admin', 'administrator', 'root', 'system', 'footlight', 'moderator', 'moderators', 'mod'],
  ...['user', 'users', 'guest', 'guests', 'channel', 'channels', 'stream', 'streams', 'clips'],
  ...['videos', 'recordings', 'vod', 'search', 'browse', 'directory', 'following', 'oauth'],
  ...['auth', 'oidc', 'invite', 'join', 'push', 'webhooks', 'terms', 'privacy', 'docs', 'null'],
]);

export const NAME_PATTERN = /^[a-z0-9_]{3,25}$/;

/** The name as it is stored and compared. */
export const canonicalName = (name: string): string => name.toLowerCase();
