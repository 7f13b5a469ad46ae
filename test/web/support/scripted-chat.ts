import type { ChatClient, ChatState, Wished } from '../../../web/client/chat/chat-client.ts';
import { author, CHAT_SCENES, type ChatScene, line } from './chat-scenes.ts';

declare global {
  interface Window {
    chatScene: ChatScene | undefined;
    scriptedChat: {
      set(change: Partial<ChatState>): void;
      /** Somebody writes. */
      say(name: string, text: string): void;
      /** So many messages at once, of everybody. */
      flood(count: number): void;
      /** What the panel asked for, in order: `send hello`, `wish {"type":"clear"}`. */
      asked: string[];
      /** What the next wishes are answered. */
      answer: Wished;
      state(): ChatState;
    };
  }
}

const MOST_LINES = 500;
const WRITERS = ['night_owl', 'ada_runs', 'balcony_seat', 'vhs_vera', 'stage_left'];

/** Stands in for the connection where a test has to hold the chat in one state. */
export function connect(): ChatClient {
  let state: ChatState = CHAT_SCENES[window.chatScene ?? 'guest']();
  let offset = 1_000;
  let planned = false;
  const listeners = new Set<() => void>();
  const set = (change: Partial<ChatState>) => {
    state = { ...state, ...change };
    if (planned) return;
    planned = true;
    window.requestAnimationFrame(() => {
      planned = false;
      for (const listener of listeners) listener();
    });
  };
  const write = (said: [name: string, text: string][]) => {
    const lines = said.map(([name, text]) => {
      offset += 1;
      const one = { id: `m${offset}`, offset, at: Date.now(), author: author(name), text };
      return line(one, state.you?.name);
    });
    set({ lines: [...state.lines, ...lines].slice(-MOST_LINES) });
  };
  const asked: string[] = [];
  const ask = (words: string) => void asked.push(words);
  const scripted: Window['scriptedChat'] = {
    ...{ set, asked, answer: { done: true }, state: () => state },
    say: (name, text) => write([[name, text]]),
    flood: (count) =>
      write(
        Array.from({ length: count }, (_, n) => [
          WRITERS[(offset + n) % WRITERS.length] ?? '',
          `message ${offset + n + 1} of many, with :clap: and @night_owl in it`,
        ]),
      ),
  };
  window.scriptedChat = scripted;
  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (text, replyTo) => ask(`send ${text}${replyTo === undefined ? '' : ` to ${replyTo}`}`),
    whisper: (user, text) => ask(`whisper ${user} ${text}`),
    takeBack(id) {
      const found = state.outgoing.find((one) => one.id === id);
      set({ outgoing: state.outgoing.filter((one) => one !== found) });
      return found?.text ?? null;
    },
    typing: () => ask('typing'),
    wish(wish) {
      ask(`wish ${JSON.stringify(wish)}`);
      return Promise.resolve(scripted.answer);
    },
    loadOlder: async () => ask('loadOlder'),
    setFollowing: (following) => ask(`setFollowing ${following}`),
    setDelay: (delayMs) => ask(`setDelay ${delayMs}`),
    close: () => listeners.clear(),
  };
}
