import type { IncomingMessage } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';

const NAME = 'footlight_session';
/** Browsers take this name over TLS only, and from no other host of the domain. */
const SECURE_NAME = `__Host-${NAME}`;

/** The token in the session cookie; null: there is none. */
export function readSessionCookie(req: IncomingMessage): string | null {
  if (req.headers.cookie === undefined) return null;
  const cookies = parseCookie(req.headers.cookie);
  return cookies[SECURE_NAME] ?? cookies[NAME] ?? null;
}

/** `Set-Cookie` that keeps the token until it runs out. */
export const keepSession = (session: {
  token: string;
  lifetimeMs: number;
  secure: boolean;
}): string =>
  sessionCookie(session.token, {
    maxAge: Math.floor(session.lifetimeMs / 1000),
    secure: session.secure,
  });

/** `Set-Cookie` lines that end a session, whichever name it has. */
export const endSession = (secure: boolean): string[] => [
  ...(secure ? [sessionCookie('', { maxAge: 0, secure: true })] : []),
  sessionCookie('', { maxAge: 0, secure: false }),
];

const sessionCookie = (value: string, { maxAge, secure }: { maxAge: number; secure: boolean }) =>
  stringifySetCookie({
    name: secure ? SECURE_NAME : NAME,
    value,
    maxAge,
    secure,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
  });
