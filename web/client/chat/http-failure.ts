import { CLOSE } from '../../../platform/protocol/chat/close-codes.ts';
import type { LinkEnd } from './link.ts';

/** Why the way over plain requests ended. */
export class LinkFailure extends Error {
  readonly end: LinkEnd;

  constructor(end: LinkEnd) {
    super(end.kind);
    this.end = end;
  }
}

interface Fault {
  code: string;
  message: string;
}

const CODES: Record<string, number> = {
  banned: CLOSE.banned,
  channel_unknown: CLOSE.noChannel,
  token_expired: CLOSE.tokenExpired,
  connections_too_many: CLOSE.tooMany,
  requests_too_many: CLOSE.tooMany,
  chat_unavailable: CLOSE.unavailable,
};

/** What an answer that is not as asked means; one that is not the server's: nobody is there. */
export async function failureOf(answer: Response): Promise<LinkFailure> {
  const fault = await answer.json().then(asFault, () => null);
  if (fault === null) return new LinkFailure({ kind: 'unreachable' });
  const code = CODES[fault.code] ?? (answer.status === 401 ? CLOSE.badToken : null);
  if (code === null) return new LinkFailure({ kind: 'unreachable' });
  const seconds = Number(answer.headers.get('retry-after') ?? 0);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : 0;
  return new LinkFailure({ kind: 'told', code, reason: fault.message, retryAfterMs });
}

/** Of reads (`message`) and wishes (`reason`). */
function asFault(body: unknown): Fault | null {
  if (typeof body !== 'object' || body === null || !('code' in body)) return null;
  const message = 'message' in body ? body.message : 'reason' in body ? body.reason : '';
  return { code: String(body.code), message: String(message) };
}
