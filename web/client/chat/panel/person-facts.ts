import { useEffect, useState } from 'react';
import type { UserCard } from '../../../../platform/protocol/chat/api.ts';
import { ApiFailure } from '../../events/api-client.ts';
import { fetchCard } from './chat-api.ts';

export type PersonFacts = UserCard;

export type PersonView =
  | { kind: 'loading' }
  | { kind: 'ready'; person: UserCard }
  | { kind: 'failed'; reason: string };

/** Somebody in a channel's chat. Asked again when `version` changes. */
export function usePerson(channel: string, name: string, version: number): PersonView {
  const [view, setView] = useState<PersonView>({ kind: 'loading' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version is another question
  useEffect(() => {
    const left = new AbortController();
    fetchCard(channel, name, left.signal).then(
      (person) => setView({ kind: 'ready', person }),
      (error: unknown) => {
        if (left.signal.aborted) return;
        const known = error instanceof ApiFailure;
        setView({
          kind: 'failed',
          reason: known ? error.message : 'The server cannot be reached.',
        });
      },
    );
    return () => left.abort();
  }, [channel, name, version]);
  return view;
}
