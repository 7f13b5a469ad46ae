import { useState } from 'react';
import { Avatar } from '../../shell/avatar.tsx';
import { authorColor } from './author-color.ts';
import { Badge } from './badge.tsx';
import { CardActions } from './card-actions.tsx';
import { usePanel } from './panel-context.ts';
import { type PersonFacts, usePerson } from './person-facts.ts';
import { isSignedIn, ROLE_NAMES, topRole } from './ranks.ts';
import { useChat } from './use-chat.ts';
import { actionWords, clockTime, dayAndTime, dayOnly } from './words.ts';

/** Who somebody is here, what they wrote lately, and what can be done about it. */
export function CardSheet({ name, onClose }: { name: string; onClose: () => void }) {
  const { channel, client } = usePanel();
  const you = useChat(client, (state) => state.you);
  const [version, setVersion] = useState(0);
  const view = usePerson(channel, name, version);
  const signedIn = isSignedIn(you?.roles ?? []);
  return (
    <div className="chat-sheet-body" aria-busy={view.kind === 'loading'}>
      {view.kind === 'failed' && (
        <p className="chat-card-failed" role="alert">
          {view.reason}
        </p>
      )}
      {view.kind === 'ready' && (
        <>
          <Head person={view.person} />
          {signedIn && you !== null && (
            <CardActions
              person={view.person}
              you={you}
              onClose={onClose}
              onDone={() => setVersion((was) => was + 1)}
            />
          )}
          <Recent person={view.person} />
          <Done person={view.person} />
        </>
      )}
    </div>
  );
}

function Head({ person }: { person: PersonFacts }) {
  const color = authorColor({ id: person.id, color: person.color ?? undefined });
  const { silencedUntil } = person;
  return (
    <div className="chat-card-head">
      <Avatar channel={person.name} size="large" />
      <div>
        <p className="chat-card-name" style={{ color }}>
          {person.name}
        </p>
        <p className="chat-quiet">
          <Badge roles={person.roles} />{' '}
          <span aria-hidden="true">{ROLE_NAMES[topRole(person.roles)]}</span>
        </p>
        {typeof person.followedAt === 'number' && (
          <p className="chat-quiet">Follows since {dayOnly(person.followedAt)}</p>
        )}
        {silencedUntil === null && <p className="chat-card-silent">Banned</p>}
        {typeof silencedUntil === 'number' && silencedUntil > Date.now() && (
          <p className="chat-card-silent">Timed out until {clockTime(silencedUntil)}</p>
        )}
      </div>
    </div>
  );
}

function Recent({ person }: { person: PersonFacts }) {
  const messages = person.messages ?? [];
  return (
    <section className="chat-card-recent" aria-label="Recent messages">
      <h4>Recent messages</h4>
      {messages.length === 0 && <p className="chat-quiet">None in the history.</p>}
      <ol>
        {messages.map((message) => (
          <li key={message.id} data-deleted={message.deleted === true}>
            <time dateTime={new Date(message.at).toISOString()}>{clockTime(message.at)}</time>
            <span>{message.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** For moderators: what was done to this person before. */
function Done({ person }: { person: PersonFacts }) {
  const actions = person.actions ?? [];
  if (actions.length === 0) return null;
  return (
    <section className="chat-card-recent" aria-label="What moderators did">
      <h4>What moderators did</h4>
      <ol>
        {actions.map(({ id, at, actor, action, target, reason }) => (
          <li key={id}>
            <time dateTime={new Date(at).toISOString()}>{dayAndTime(at)}</time>
            <span>
              {actor.name} {actionWords(action, target?.name ?? null)}
              {reason !== null && `: ${reason}`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
