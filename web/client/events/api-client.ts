import {
  type ChannelDetails,
  type ChannelSummary,
  channelListSchema,
  channelSchema,
  errorSchema,
} from '../../../platform/protocol/api.ts';

/** How long an answer may take before the page says that the server cannot be reached. */
const ANSWER_WITHIN_MS = 10_000;

/** An answer of 400 and above, or (status 0) none that could be read. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
  }
}

/** All channels, live ones first. Throws ApiFailure. */
export async function fetchChannels(signal?: AbortSignal): Promise<ChannelSummary[]> {
  const list = channelListSchema.safeParse(await callApi('/api/v1/channels', { signal }));
  if (!list.success) throw unreadable();
  return list.data.channels;
}

/** One channel; null when there is none of that name. Throws ApiFailure. */
export async function fetchChannel(
  name: string,
  signal?: AbortSignal,
): Promise<ChannelDetails | null> {
  try {
    const path = `/api/v1/channels/${encodeURIComponent(name.toLowerCase())}`;
    const channel = channelSchema.safeParse(await callApi(path, { signal }));
    if (!channel.success) throw unreadable();
    return channel.data;
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return null;
    throw error;
  }
}

/** Asks the API. Throws ApiFailure; an aborted question, as fetch does. */
export async function callApi(
  path: string,
  options: { method?: 'GET' | 'PUT' | 'DELETE'; signal?: AbortSignal | undefined } = {},
): Promise<unknown> {
  const { method = 'GET', signal } = options;
  const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: 'application/json' },
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    const body: unknown = await response.json();
    if (response.ok) return body;
    const error = errorSchema.safeParse(body);
    if (error.success) throw new ApiFailure(response.status, error.data.code, error.data.message);
    throw new ApiFailure(response.status, 'unreadable', 'The server gave no reason.');
  } catch (error) {
    if (error instanceof ApiFailure || signal?.aborted === true) throw error;
    throw new ApiFailure(0, 'unreachable', 'The server cannot be reached.');
  }
}

export const unreadable = () =>
  new ApiFailure(0, 'unreadable', 'The server is of another version: reload the page.');
