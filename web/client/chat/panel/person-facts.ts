import { useEffect, useState } from 'react';
import * as z from 'zod/mini';
import { roleSchema } from '../../../../platform/protocol/chat/roles.ts';
import { ApiFailure, callApi } from '../../events/api-client.ts';

const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(roleSchema),
  color: z.optional(z.nullable(z.string())),
  followedAt: z.optional(z.nullable(z.int())),
  silencedUntil: z.optional(z.nullable(z.int())),
  messages: z.optional(
    z.array(
      z.object({
        id: z.string(),
        at: z.int(),
        text: z.string(),
        deleted: z.optional(z.boolean()),
      }),
    ),
  ),
});
export type PersonFacts = z.infer<typeof personSchema>;

export type PersonView =
  | { kind: 'loading' }
  | { kind: 'ready'; person: PersonFacts }
  | { kind: 'failed'; reason: string };

/** Somebody in a channel's chat. Asked again when `version` changes. */
export function usePerson(channel: string, name: string, version: number): PersonView {
  const [view, setView] = useState<PersonView>({ kind: 'loading' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version is another question
  useEffect(() => {
    const left = new AbortController();
    fetchPerson(channel, name, left.signal).then(setView, (error: unknown) => {
      if (left.signal.aborted) return;
      const reason = error instanceof ApiFailure ? error.message : 'The server cannot be reached.';
      setView({ kind: 'failed', reason });
    });
    return () => left.abort();
  }, [channel, name, version]);
  return view;
}

async function fetchPerson(
  channel: string,
  name: string,
  signal: AbortSignal,
): Promise<PersonView> {
  const path = `/api/v1/channels/${encodeURIComponent(channel)}/chat/people/${encodeURIComponent(name)}`;
  const read = personSchema.safeParse(await callApi(path, { signal }));
  if (!read.success)
    return { kind: 'failed', reason: 'The server is of another version: reload the page.' };
  return { kind: 'ready', person: read.data };
}
