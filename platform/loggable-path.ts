/** The path without what signs somebody in: codes of links are in it. */
export const loggablePath = (path: string): string =>
  path.replace(/^(\/signin|\/api\/v1\/sign-in-codes)\/.*/i, '$1/...');
