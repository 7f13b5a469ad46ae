import { NO_MODES } from '../../../platform/protocol/chat/modes.ts';
import type { Role } from '../../../platform/protocol/chat/roles.ts';
import type { ChatMessage } from '../../../platform/protocol/chat/server-messages.ts';
import type { ChatState, Line } from '../../../web/client/chat/chat-client.ts';

/** An evening's chat, for pages whose chat a test holds still. */
const CAST: Record<string, { roles: Role[]; color?: string }> = {
  harbour_lofi: { roles: ['broadcaster'] },
  stage_left: { roles: ['moderator', 'follower'], color: '#1e5fff' },
  ada_runs: { roles: ['vip', 'follower'] },
  balcony_seat: { roles: ['follower'], color: '#7a1f9e' },
  night_owl: { roles: ['follower'] },
  tea_and_tape: { roles: ['member'] },
  vhs_vera: { roles: ['member'], color: '#00ff00' },
};

const SAID: [name: string, text: string, extra?: Partial<ChatMessage>][] = [
  ['night_owl', 'the harbour looks unreal tonight'],
  ['tea_and_tape', 'just got here, what did I miss?'],
  ['ada_runs', 'that last chord :amp: :amp:', {}],
  ['balcony_seat', '@tea_and_tape the whole sunset, sorry'],
  [
    'harbour_lofi',
    'Evening everyone. Requests open in ten minutes, list is at https://example.org/requests',
  ],
  ['vhs_vera', 'dances badly', { kind: 'me' }],
  ['stage_left', 'Keep requests to one each, please.', { kind: 'announce' }],
  ['night_owl', ':spotlight: :clap: :clap:'],
  [
    'tea_and_tape',
    'worth it. Is that the old Juno on the left?',
    {
      id: 'm-question',
      replyTo: { id: 'm3', name: 'balcony_seat', text: '@tea_and_tape the whole sunset, sorry' },
    },
  ],
  [
    'harbour_lofi',
    'A Juno-106, voice chips replaced twice :heart:',
    {
      replyTo: {
        id: 'm-question',
        name: 'tea_and_tape',
        text: 'worth it. Is that the old Juno on the left?',
      },
    },
  ],
  ['balcony_seat', '@stage_left can we get the tracklist pinned?', { mentions: ['stage_left'] }],
  ['ada_runs', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ['vhs_vera', 'first time here, sound is so clean'],
  ['night_owl', 'no way this is half a second behind'],
];

export const author = (name: string) => ({
  id: `id-${name}`,
  name,
  ...(CAST[name] ?? { roles: ['member' as const] }),
});

export function message(offset: number, [name, text, extra]: (typeof SAID)[number]): ChatMessage {
  const at = Date.now() - (400 - offset) * 7_000;
  return { id: `m${offset}`, offset, at, author: author(name), text, ...extra };
}

export const line = (said: ChatMessage, own = ''): Line => ({
  kind: 'message',
  key: `k${said.offset}`,
  message: said,
  deleted: said.offset === 5,
  mentionsYou: said.mentions?.includes(own) === true || said.replyTo?.name === own,
});

function evening(own: string): Line[] {
  const lines = Array.from({ length: 42 }, (_, offset) => {
    const [name, text, extra] = SAID[offset % SAID.length] ?? ['night_owl', 'hi'];
    const id = offset < 28 && extra?.id !== undefined ? { id: `m${offset}` } : {};
    return line(message(offset, [name, text, { ...extra, ...id }]), own);
  });
  return lines;
}

const people = Object.entries(CAST).map(([name, { roles }]) => ({ id: `id-${name}`, name, roles }));
const YOU = (name: string): ChatState['you'] => ({ ...author(name), blocked: [] });

const base = (own: string | null): ChatState => ({
  status: { kind: 'live', transport: 'websocket' },
  you: own === null ? { id: '', name: '', roles: ['guest'], blocked: [] } : YOU(own),
  modes: NO_MODES,
  pinned: null,
  lines: evening(own ?? ''),
  hasOlder: false,
  presence: { count: 1_312, people },
  typing: [],
  held: [],
  outgoing: [],
  refused: null,
});

const at = Date.now();
const action = (id: string, name: string, target: string | null, reason: string | null) => ({
  kind: 'action' as const,
  key: `a-${id}`,
  action: {
    ...{ type: 'action' as const, id, at, actor: 'stage_left', action: name, target, reason },
    undoable: name !== 'delete',
  },
});

function moderator(): ChatState {
  const state = base('stage_left');
  return {
    ...state,
    lines: [
      ...state.lines,
      { kind: 'notice', key: 'n1', at, text: 'Slow mode is on: one message every 10 seconds.' },
      action('1', 'timeout', 'vhs_vera', 'links'),
      action('2', 'delete', 'night_owl', null),
    ],
    held: [
      {
        ...{ id: 'h1', at, author: author('tea_and_tape'), rule: 'links' },
        text: 'free skins at http://example.net/skins',
        reason: 'Links wait for a moderator.',
      },
      {
        ...{ id: 'h2', at, author: author('vhs_vera'), rule: 'report' },
        text: 'you all have terrible taste',
        reason: 'Reported by balcony_seat.',
      },
    ],
  };
}

const RESTRICTED = { ...NO_MODES, slow: 30, followersOnly: 10, emoteOnly: true, unique: true };

export const CHAT_SCENES = {
  guest: () => base(null),
  member: () => ({ ...base('tea_and_tape'), typing: ['ada_runs', 'night_owl'] }),
  moderator,
  empty: () => ({ ...base('tea_and_tape'), lines: [], presence: { count: 1, people: [] } }),
  connecting: () => ({
    ...base(null),
    ...{ status: { kind: 'connecting' as const }, you: null, lines: [] },
    presence: { count: 0, people: [] },
  }),
  reconnecting: () => ({
    ...base('tea_and_tape'),
    status: { kind: 'reconnecting' as const, sinceMs: at },
    outgoing: [
      {
        ...{ id: 'o1', text: 'did it just drop for everybody?', replyTo: null, to: null },
        ...{ state: 'waiting' as const, reason: null },
      },
    ],
  }),
  closed: () => ({
    ...base('tea_and_tape'),
    status: { kind: 'closed' as const, code: 4503, reason: 'You are banned from this chat.' },
  }),
  restricted: () => ({
    ...base('tea_and_tape'),
    modes: RESTRICTED,
    pinned: message(4, [
      'harbour_lofi',
      'Tonight: side A of the new tape. :heart: Requests at https://example.org/requests',
    ]),
  }),
  refused: () => ({
    ...base('tea_and_tape'),
    modes: { ...NO_MODES, slow: 30 },
    refused: {
      ...{ count: 1, code: 'slow_mode', retryAt: Date.now() + 21_000, id: null },
      reason: 'This chat is in slow mode: one message every 30 seconds.',
      text: null,
    },
    outgoing: [
      {
        ...{ id: 'o2', text: 'is this a link? example.com', replyTo: null, to: null },
        ...{ state: 'held' as const, reason: 'Links wait for a moderator.' },
      },
    ],
  }),
  whispers: () => {
    const state = base('tea_and_tape');
    const whisper = {
      ...{ type: 'whisper' as const, id: 'w1', at, from: author('ada_runs') },
      to: { id: 'id-tea_and_tape', name: 'tea_and_tape' },
      text: 'thanks for the tape, it arrived today',
    };
    return { ...state, lines: [...state.lines, { kind: 'whisper' as const, key: 'w1', whisper }] };
  },
} satisfies Record<string, () => ChatState>;

export type ChatScene = keyof typeof CHAT_SCENES;
