import { CLOSE } from '../../../platform/protocol/chat/close-codes.ts';

const REASONS: Record<number, string> = {
  [CLOSE.banned]: 'You are banned in this channel.',
  [CLOSE.noChannel]: 'There is no such channel: check the address.',
  [CLOSE.badToken]: 'Your sign-in does not count here: sign in again.',
  [CLOSE.badOrigin]: 'The chat of this server does not open on pages of other sites.',
  [CLOSE.badMessage]: 'This page is older than the server: load it again.',
  [CLOSE.noHello]: 'The line to the chat is too slow: load the page again.',
};

/** For when the server said no more than the code. */
export const closedReason = (code: number): string =>
  REASONS[code] ?? 'The chat closed this line: load the page again.';
