import type { ChatMessage } from '../../../../platform/protocol/chat/server-messages.ts';
import { BanIcon, FlagIcon, PinIcon, ReplyIcon, ThreadIcon, TrashIcon } from './icons.tsx';
import { usePanel } from './panel-context.ts';
import { isSignedIn, moderates, outranks } from './ranks.ts';
import { TimeoutMenu } from './timeout-menu.tsx';
import { useChat } from './use-chat.ts';

/** What can be done with one message, in a row of buttons. */
export function RowActions({ message }: { message: ChatMessage }) {
  const { client, openSheet, draft } = usePanel();
  const you = useChat(client, (state) => state.you);
  const { author } = message;
  const roles = you?.roles ?? [];
  const own = author.id === you?.id;
  const over = moderates(roles) && outranks(roles, author.roles);
  return (
    <div className="chat-actions" role="toolbar" aria-label={`Message of ${author.name}`}>
      {isSignedIn(roles) && (
        <IconButton
          label={`Reply to ${author.name}`}
          onClick={() => draft({ replyTo: message, text: null })}
        >
          <ReplyIcon />
        </IconButton>
      )}
      {message.replyTo !== undefined && (
        <IconButton
          label="Show the thread"
          onClick={() => openSheet({ kind: 'thread', message: message.id })}
        >
          <ThreadIcon />
        </IconButton>
      )}
      {moderates(roles) && <ModeratorActions message={message} over={over || own} />}
      {over && <SilencingActions message={message} />}
      {isSignedIn(roles) && !moderates(roles) && !own && <ReportAction message={message} />}
    </div>
  );
}

function ModeratorActions({ message, over }: { message: ChatMessage; over: boolean }) {
  const { wish } = usePanel();
  return (
    <>
      <IconButton
        label="Pin this message"
        onClick={() => void wish({ type: 'pin', message: message.id }, 'Pinned.')}
      >
        <PinIcon />
      </IconButton>
      {over && (
        <IconButton
          label="Delete this message"
          onClick={() => void wish({ type: 'delete', message: message.id }, 'Message deleted.')}
        >
          <TrashIcon />
        </IconButton>
      )}
    </>
  );
}

function SilencingActions({ message }: { message: ChatMessage }) {
  const { wish } = usePanel();
  const { name } = message.author;
  return (
    <>
      <TimeoutMenu name={name} className="chat-action" />
      <IconButton
        label={`Ban ${name}`}
        danger
        onClick={() => void wish({ type: 'ban', user: name }, `${name} is banned.`)}
      >
        <BanIcon />
      </IconButton>
    </>
  );
}

function ReportAction({ message }: { message: ChatMessage }) {
  const { wish } = usePanel();
  const report = () =>
    void wish({ type: 'report', message: message.id }, 'Reported to the moderators.');
  return (
    <IconButton label="Report to the moderators" onClick={report}>
      <FlagIcon />
    </IconButton>
  );
}

export function IconButton(props: {
  label: string;
  onClick: () => void;
  children: React.ReactNode;
  danger?: boolean;
}) {
  const { label, onClick, children, danger = false } = props;
  return (
    <button
      type="button"
      className={danger ? 'chat-action chat-action-danger' : 'chat-action'}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
