import type { Outgoing } from '../chat-client.ts';
import { usePanel } from './panel-context.ts';
import { useChat } from './use-chat.ts';

const WORDS: Record<Outgoing['state'], string> = {
  sending: 'Sending',
  kept: 'Sending',
  waiting: 'Sent as soon as the chat is back',
  held: 'A moderator looks at it first',
  refused: 'Not sent',
};

/** What this page has sent and is not in the chat yet, or never came there. */
export function PendingRows() {
  const { client } = usePanel();
  const outgoing = useChat(client, (state) => state.outgoing);
  if (outgoing.length === 0) return null;
  return (
    <ul className="chat-pending" aria-label="Not in the chat yet">
      {outgoing.map((one) => (
        <li key={one.id} data-state={one.state}>
          <span>
            {one.to !== null && <b>to {one.to}: </b>}
            {one.text}
          </span>
          <small>{one.reason ?? WORDS[one.state]}</small>
          {(one.state === 'refused' || one.state === 'waiting') && <TakeBack outgoing={one} />}
        </li>
      ))}
    </ul>
  );
}

function TakeBack({ outgoing }: { outgoing: Outgoing }) {
  const { client, draft } = usePanel();
  const edit = () => {
    const text = client.takeBack(outgoing.id);
    if (text !== null) draft({ replyTo: null, text });
  };
  return (
    <span className="chat-pending-buttons">
      <button type="button" className="chat-inline-button" onClick={edit}>
        Edit
      </button>
      <button
        type="button"
        className="chat-inline-button"
        onClick={() => void client.takeBack(outgoing.id)}
      >
        Throw away
      </button>
    </span>
  );
}
