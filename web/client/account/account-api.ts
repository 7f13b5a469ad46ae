import {
  type Follow,
  followSchema,
  type Me,
  meSchema,
  type SignInCodeFacts,
  signInCodeSchema,
} from '../../../platform/protocol/api.ts';
import { callApi, unreadable } from '../events/api-client.ts';

/** Whom this browser is signed in as. Throws ApiFailure, as all below do. */
export async function fetchMe(signal?: AbortSignal): Promise<Me['user']> {
  const me = meSchema.safeParse(await callApi('/api/v1/me', { signal }));
  if (!me.success) throw unreadable();
  return me.data.user;
}

export async function fetchFollow(channel: string, signal?: AbortSignal): Promise<Follow> {
  return readFollow(await callApi(followPath(channel), { signal }));
}

/** Follows, or follows no longer. */
export async function setFollow(channel: string, following: boolean): Promise<Follow> {
  return readFollow(await callApi(followPath(channel), { method: following ? 'PUT' : 'DELETE' }));
}

/** Whom a sign-in link is for; it stays good. */
export async function fetchSignInCode(
  code: string,
  signal?: AbortSignal,
): Promise<SignInCodeFacts> {
  const path = `/api/v1/sign-in-codes/${encodeURIComponent(code)}`;
  const facts = signInCodeSchema.safeParse(await callApi(path, { signal }));
  if (!facts.success) throw unreadable();
  return facts.data;
}

const followPath = (channel: string) => `/api/v1/channels/${encodeURIComponent(channel)}/follow`;

function readFollow(body: unknown): Follow {
  const follow = followSchema.safeParse(body);
  if (!follow.success) throw unreadable();
  return follow.data;
}
