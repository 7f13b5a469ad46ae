import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { ChatMessage } from '../../../../platform/protocol/chat/server-messages.ts';
import { boxKey } from './box-keys.ts';
import type { Choice, Completion, Known } from './completion.ts';
import { countNearLimit, MOST_GRAPHEMES } from './graphemes.ts';
import { type Draft, usePanel } from './panel-context.ts';
import { useChat } from './use-chat.ts';
import { useCompletion } from './use-completion.ts';

export interface Box {
  area: RefObject<HTMLTextAreaElement | null>;
  text: string;
  replyTo: ChatMessage | null;
  completion: Completion | null;
  picked: number;
  listId: string;
  tooLong: boolean;
  /** Null: far from the limit. */
  count: number | null;
  /** How many messages it sent. */
  sent: number;
  change(text: string): void;
  caretMoved(): void;
  choose(choice: Choice): void;
  insert(words: string): void;
  endReply(): void;
  send(): void;
  onKeyDown(event: KeyboardEvent): void;
}

/** What is typed, to whom it answers, and what could complete it. */
export function useBox(known: Known, draft: Draft): Box {
  const { client } = usePanel();
  const listId = useId();
  const { area, text, setText, put } = useText();
  const [replyTo, setReplyTo] = useState<ChatMessage | null>(null);
  const completing = useCompletion(text, known);
  const lastSent = useRef('');
  const [sent, setSent] = useState(0);
  const count = countNearLimit(text.trim());
  const tooLong = count !== null && count > MOST_GRAPHEMES;
  useTextBack(text, setText);
  useDraft(draft, (to, words) => {
    setReplyTo(to);
    completing.close();
    put(words ?? text);
  });

  const choose = (choice: Choice) => {
    if (completing.completion === null) return;
    const { from, to } = completing.completion;
    const at = from + choice.insert.length;
    put(text.slice(0, from) + choice.insert + text.slice(to).trimStart(), at);
    // A command goes on with a name, the others are done.
    if (choice.kind === 'command') completing.typedTo(at);
    else completing.close();
  };
  const send = () => {
    const said = text.trim();
    if (said === '' || tooLong) return;
    client.send(said, replyTo?.id);
    lastSent.current = said;
    setSent(sent + 1);
    setReplyTo(null);
    completing.close();
    put('');
  };
  const endReply = () => {
    setReplyTo(null);
    area.current?.focus();
  };
  const keys = {
    ...{ send, 'end-reply': endReply, 'close-completion': completing.close },
    recall: () => put(lastSent.current),
    choose: () => completing.choice !== undefined && choose(completing.choice),
    next: () => completing.move(1),
    previous: () => completing.move(-1),
  };
  return {
    ...{ area, text, replyTo, listId, tooLong, count, sent, choose, endReply, send },
    ...{ completion: completing.completion, picked: completing.picked },
    change(next) {
      setText(next);
      completing.typedTo(area.current?.selectionStart ?? next.length);
      if (next.trim() !== '' && !next.startsWith('/')) client.typing();
    },
    caretMoved: () => completing.caretAt(area.current?.selectionStart ?? 0),
    insert(words) {
      completing.close();
      put(...withWords(text, words, area.current?.selectionStart ?? text.length));
    },
    onKeyDown(event) {
      const key = boxKey(event, {
        completing: completing.completion !== null,
        empty: text === '' && lastSent.current !== '',
        replying: replyTo !== null,
      });
      if (key === null) return;
      event.preventDefault();
      keys[key]();
    },
  };
}

function withWords(text: string, words: string, at: number): [string, number] {
  const space = at > 0 && !/\s$/.test(text.slice(0, at)) ? ' ' : '';
  return [
    `${text.slice(0, at)}${space}${words}${text.slice(at)}`,
    at + space.length + words.length,
  ];
}

function useText() {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const caret = useRef<number | null>(null);
  useEffect(() => {
    if (caret.current === null) return;
    area.current?.focus();
    area.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  /** Changes the text from elsewhere than its keys: the focus comes with it. */
  const put = (next: string, at = next.length) => {
    caret.current = at;
    setText(next);
    area.current?.focus();
  };
  return { area, text, setText, put };
}

/** A refused text goes back into the box, unless something else is typed by then. */
function useTextBack(text: string, setText: (text: string) => void): void {
  const { client } = usePanel();
  const refused = useChat(client, (state) => state.refused);
  const seen = useRef(refused?.count ?? 0);
  useEffect(() => {
    if (refused === null || refused.count === seen.current) return;
    seen.current = refused.count;
    if (refused.id === null || text.trim() !== '') return;
    const back = client.takeBack(refused.id);
    if (back !== null) setText(back);
  }, [client, refused, text, setText]);
}

function useDraft(draft: Draft, take: (replyTo: ChatMessage | null, text: string | null) => void) {
  const taken = useRef(draft.count);
  useEffect(() => {
    if (taken.current === draft.count) return;
    taken.current = draft.count;
    take(draft.replyTo, draft.text);
  });
}
