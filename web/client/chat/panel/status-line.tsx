import type { ChatStatus } from '../chat-client.ts';
import { usePanel } from './panel-context.ts';
import { useChat } from './use-chat.ts';

/** Says so when the chat is not there. */
export function StatusLine() {
  const { client } = usePanel();
  const status = useChat(client, (state) => state.status);
  const words = wordsOf(status);
  return (
    <div className="chat-status-place" role="status">
      {words !== null && (
        <p className="chat-status" data-kind={status.kind}>
          {status.kind !== 'closed' && <i className="chat-spinner" aria-hidden="true" />}
          {words}
        </p>
      )}
    </div>
  );
}

function wordsOf(status: ChatStatus): string | null {
  switch (status.kind) {
    case 'connecting':
      return 'Connecting to chat';
    case 'live':
      return null;
    case 'reconnecting':
      return 'Reconnecting. What you type is kept.';
    case 'closed':
      return status.reason;
    default:
      return status satisfies never;
  }
}
