import { createContext, useContext } from 'react';
import type { ChatMessage } from '../../../../platform/protocol/chat/server-messages.ts';
import type { ChatClient, PageWish } from '../chat-client.ts';
import type { Emotes } from './emotes.ts';
import type { Settings } from './settings.ts';

/** What lies over the messages. */
export type SheetName =
  | { kind: 'people' }
  | { kind: 'settings' }
  | { kind: 'moderation' }
  | { kind: 'card'; name: string }
  | { kind: 'thread'; message: string };

/** What is put into the box for its owner to go on with. */
export interface Draft {
  /** Grows, so that the same one twice counts twice. */
  count: number;
  replyTo: ChatMessage | null;
  /** Null: what is in the box stays. */
  text: string | null;
}

export interface Panel {
  channel: string;
  client: ChatClient;
  emotes: Emotes;
  settings: Settings;
  change(settings: Partial<Settings>): void;
  openSheet(sheet: SheetName | null): void;
  draft(draft: Omit<Draft, 'count'>): void;
  /** Asks for something and says how it went. `done`: the sentence of success. */
  wish(wish: PageWish, done: string): Promise<boolean>;
}

const context = createContext<Panel | null>(null);
export const PanelProvider = context.Provider;

export function usePanel(): Panel {
  const panel = useContext(context);
  if (panel === null) throw new TypeError('This is drawn inside a chat panel only.');
  return panel;
}
