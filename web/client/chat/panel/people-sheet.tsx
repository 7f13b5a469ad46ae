import { useMemo, useState } from 'react';
import type { PersonHere } from '../../../../platform/protocol/chat/server-messages.ts';
import { authorColor } from './author-color.ts';
import { Badge } from './badge.tsx';
import { usePanel } from './panel-context.ts';
import { rankOf, topRole } from './ranks.ts';
import { useChat } from './use-chat.ts';

const GROUPS = [
  { title: 'Broadcaster', roles: ['broadcaster'] },
  { title: 'Moderators', roles: ['moderator'] },
  { title: 'VIPs', roles: ['vip'] },
  { title: 'Chatters', roles: ['follower', 'member', 'guest'] },
] as const;

/** Who is here, moderators first. */
export function PeopleSheet() {
  const { client } = usePanel();
  const { count, people } = useChat(client, (state) => state.presence);
  const [wanted, setWanted] = useState('');
  const found = useMemo(
    () =>
      people
        .filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()))
        .toSorted((a, b) => rankOf(a.roles) - rankOf(b.roles) || a.name.localeCompare(b.name)),
    [people, wanted],
  );
  const unnamed = count - people.length;
  return (
    <div className="chat-sheet-body">
      <input
        type="search"
        className="chat-field"
        value={wanted}
        placeholder="Search people"
        aria-label="Search people"
        onChange={(event) => setWanted(event.target.value)}
      />
      {GROUPS.map(({ title, roles }) => (
        <Group
          key={title}
          title={title}
          people={found.filter((one) => (roles as readonly string[]).includes(topRole(one.roles)))}
        />
      ))}
      {found.length === 0 && wanted !== '' && (
        <p className="chat-quiet">Nobody here by that name.</p>
      )}
      {unnamed > 0 && wanted === '' && (
        <p className="chat-quiet">
          {people.length === 0 ? unnamed : `and ${unnamed} more`}, reading or not listed
        </p>
      )}
    </div>
  );
}

function Group({ title, people }: { title: string; people: readonly PersonHere[] }) {
  const { openSheet } = usePanel();
  if (people.length === 0) return null;
  return (
    <section className="chat-people">
      <h4>
        {title} <span className="chat-quiet">{people.length}</span>
      </h4>
      <ul>
        {people.map(({ id, name, roles }) => (
          <li key={id}>
            <button type="button" onClick={() => openSheet({ kind: 'card', name })}>
              <Badge roles={roles} />
              <span style={{ color: authorColor({ id }) }}>{name}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
