import type { ChatClient, ChatState, Line } from '../../../../web/client/chat/chat-client.ts';
import {
  type ChatClientOptions,
  createChatClient,
} from '../../../../web/client/chat/create-chat-client.ts';
import {
  browserSurroundings,
  type Surroundings,
} from '../../../../web/client/chat/surroundings.ts';

const WAIT_MS = 20_000;

/** The page's chat as the page sees it, with what tests ask of it. */
export interface PageChat extends ChatClient {
  /** The first state that is so; at once when it is already. */
  until(isSo: (state: ChatState) => boolean): Promise<ChatState>;
  live(): Promise<ChatState>;
  texts(): string[];
  notices(): string[];
}

export type PageChatOptions = Omit<ChatClientOptions, 'surroundings' | 'channel' | 'origin'> & {
  channel?: string;
  surroundings?: Partial<Surroundings>;
};

export function openPageChat(origin: string, options: PageChatOptions = {}): PageChat {
  const surroundings = { ...browserSurroundings(), ...options.surroundings };
  const client = createChatClient({ channel: 'stage', ...options, origin, surroundings });
  const until: PageChat['until'] = (isSo) =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        stop();
        reject(new Error(`It never was so, but:\n${JSON.stringify(client.get()).slice(0, 2_000)}`));
      }, WAIT_MS);
      const look = () => {
        const state = client.get();
        if (!isSo(state)) return;
        stop();
        clearTimeout(limit);
        resolve(state);
      };
      const stop = client.subscribe(look);
      look();
    });
  const linesOf = <K extends Line['kind']>(kind: K) =>
    client.get().lines.filter((line): line is Extract<Line, { kind: K }> => line.kind === kind);
  return Object.assign(bound(client), {
    until,
    live: () => until(({ status }) => status.kind === 'live'),
    texts: () => linesOf('message').map(({ message }) => message.text),
    notices: () => linesOf('notice').map(({ text }) => text),
  });
}

const bound = (client: ChatClient): ChatClient => ({
  get: () => client.get(),
  subscribe: (listener) => client.subscribe(listener),
  send: (...said) => client.send(...said),
  whisper: (...said) => client.whisper(...said),
  takeBack: (id) => client.takeBack(id),
  typing: () => client.typing(),
  wish: (wish) => client.wish(wish),
  loadOlder: () => client.loadOlder(),
  setFollowing: (following) => client.setFollowing(following),
  setDelay: (delayMs) => client.setDelay(delayMs),
  close: () => client.close(),
});

export const texts = ({ lines }: ChatState): string[] =>
  lines.flatMap((line) => (line.kind === 'message' ? [line.message.text] : []));
