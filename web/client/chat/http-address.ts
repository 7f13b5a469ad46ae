import type { Surroundings } from './surroundings.ts';

export interface HttpOptions {
  surroundings: Pick<Surroundings, 'fetch'>;
  origin: string;
  channel: string;
  token: string | null;
}

export function messagesUrl(
  { origin, channel }: Pick<HttpOptions, 'origin' | 'channel'>,
  query: Record<string, string> = {},
): string {
  const url = `${origin}/api/v1/channels/${encodeURIComponent(channel)}/messages`;
  const search = new URLSearchParams(query).toString();
  return search === '' ? url : `${url}?${search}`;
}

export const requestHeaders = ({ token }: Pick<HttpOptions, 'token'>): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` };
