import { errorSchema } from '../../../../platform/protocol/api.ts';
import {
  type ActionView,
  actionListSchema,
  type Emote,
  emoteListSchema,
  type UserCard,
  userCardSchema,
} from '../../../../platform/protocol/chat/api.ts';
import { ApiFailure, callApi, unreadable } from '../../events/api-client.ts';

const channelPath = (channel: string) => `/api/v1/channels/${encodeURIComponent(channel)}`;

/** Throws ApiFailure, as all below do. */
export async function fetchEmotes(channel: string, signal: AbortSignal): Promise<Emote[]> {
  const path = `${channelPath(channel)}/emotes`;
  const read = emoteListSchema.safeParse(await callApi(path, { signal }));
  if (!read.success) throw unreadable();
  return read.data.emotes;
}

export async function fetchCard(
  channel: string,
  name: string,
  signal: AbortSignal,
): Promise<UserCard> {
  const path = `${channelPath(channel)}/chat/people/${encodeURIComponent(name)}`;
  const read = userCardSchema.safeParse(await callApi(path, { signal }));
  if (!read.success) throw unreadable();
  return read.data;
}

/** Newest first. */
export async function fetchActions(channel: string, signal: AbortSignal): Promise<ActionView[]> {
  const path = `${channelPath(channel)}/chat/actions`;
  const read = actionListSchema.safeParse(await callApi(path, { signal }));
  if (!read.success) throw unreadable();
  return read.data.actions;
}

/** Changes something by JSON. */
export async function sendJson(
  method: 'PUT' | 'PATCH',
  path: string,
  body: unknown,
): Promise<void> {
  const response = await fetch(path, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (response === null) throw new ApiFailure(0, 'unreachable', 'The server cannot be reached.');
  if (response.ok) return;
  const error = errorSchema.safeParse(await response.json().catch(() => null));
  if (!error.success) throw new ApiFailure(response.status, 'unreadable', 'It was not changed.');
  throw new ApiFailure(response.status, error.data.code, error.data.message);
}
