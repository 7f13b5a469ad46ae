import { NO_MODES } from '../../../../platform/protocol/chat/modes.ts';
import type {
  ChatMessage,
  ServerMessage,
  ServerMessageOf,
} from '../../../../platform/protocol/chat/server-messages.ts';

/** A socket that says what a test wants: for more than a server could be made to say. */
export class ScriptedSocket extends EventTarget {
  readonly OPEN = WebSocket.OPEN;
  readyState: number = WebSocket.OPEN;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: string[] = [];

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = WebSocket.CLOSED;
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  welcome(with_: Partial<ServerMessageOf<'welcome'>> = {}): void {
    this.onopen?.();
    this.say({
      type: 'welcome',
      you: { id: 'ann', name: 'Ann', roles: ['member'], blocked: [] },
      channel: 'stage',
      modes: NO_MODES,
      pinned: null,
      resumed: false,
      history: [],
      presence: { count: 1, people: [] },
      offset: 0,
      epoch: 'e1',
      ...with_,
    });
  }
}

export const messageAt = (offset: number, at = 0): ChatMessage => ({
  ...{ id: `m${offset}`, offset, at, text: `text ${offset}` },
  author: { id: 'ben', name: 'Ben', roles: ['member'] },
});
