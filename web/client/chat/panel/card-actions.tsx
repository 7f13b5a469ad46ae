import type { ChatState, PageWish } from '../chat-client.ts';
import { BanIcon, ReplyIcon, WhisperIcon } from './icons.tsx';
import { usePanel } from './panel-context.ts';
import type { PersonFacts } from './person-facts.ts';
import { moderates, outranks } from './ranks.ts';
import { TimeoutMenu } from './timeout-menu.tsx';

interface CardActionsProps {
  person: PersonFacts;
  you: NonNullable<ChatState['you']>;
  onClose: () => void;
  /** Something about the person changed. */
  onDone: () => void;
}

export function CardActions({ person, you, onClose, onDone }: CardActionsProps) {
  const { draft, wish } = usePanel();
  const { id, name } = person;
  if (id === you.id) return <p className="chat-quiet">This is you.</p>;
  const blocked = you.blocked.includes(id);
  const write = (text: string) => {
    onClose();
    draft({ replyTo: null, text });
  };
  const block: PageWish = { type: 'block', user: name, blocked: !blocked };
  const blockWords = blocked ? `You read ${name} again.` : `You do not read ${name} any more.`;
  return (
    <>
      <div className="chat-card-actions">
        <button type="button" className="button" onClick={() => write(`@${name} `)}>
          <ReplyIcon />
          Mention
        </button>
        <button type="button" className="button" onClick={() => write(`/whisper ${name} `)}>
          <WhisperIcon />
          Whisper
        </button>
        <button type="button" className="button" onClick={() => void wish(block, blockWords)}>
          {blocked ? 'Unblock' : 'Block'}
        </button>
      </div>
      {moderates(you.roles) && outranks(you.roles, person.roles) && (
        <Moderation person={person} you={you} onDone={onDone} />
      )}
    </>
  );
}

function Moderation({ person, you, onDone }: Omit<CardActionsProps, 'onClose'>) {
  const { wish } = usePanel();
  const { name, roles, silencedUntil } = person;
  const silent =
    silencedUntil === null || (typeof silencedUntil === 'number' && silencedUntil > Date.now());
  const ask = async (one: PageWish, done: string) => {
    if (await wish(one, done)) onDone();
  };
  const giveRole = (role: 'moderator' | 'vip') => {
    const has = roles.includes(role);
    const word = role === 'vip' ? 'VIP' : 'moderator';
    return (
      <button
        type="button"
        className="button"
        aria-pressed={has}
        onClick={() =>
          void ask(
            { type: 'role', user: name, role: has ? 'none' : role },
            has ? `${name} is no ${word} any more.` : `${name} is a ${word} now.`,
          )
        }
      >
        {has ? `Remove ${word}` : `Make ${word}`}
      </button>
    );
  };
  return (
    <fieldset className="chat-card-actions" aria-label="Moderation">
      <TimeoutMenu name={name} className="button" text="Time out" />
      {silent ? (
        <button
          type="button"
          className="button"
          onClick={() => void ask({ type: 'unban', user: name }, `${name} may write again.`)}
        >
          Let in again
        </button>
      ) : (
        <button
          type="button"
          className="button chat-danger"
          onClick={() => void ask({ type: 'ban', user: name }, `${name} is banned.`)}
        >
          <BanIcon />
          Ban
        </button>
      )}
      {giveRole('vip')}
      {you.roles.includes('broadcaster') && giveRole('moderator')}
    </fieldset>
  );
}
