import { useMemo } from 'react';
import type { Role } from '../../../../platform/protocol/chat/roles.ts';
import type { Line } from '../chat-client.ts';
import { commandTyped } from './completion.ts';
import { CompletionList, optionId } from './completion-list.tsx';
import { EmotePicker } from './emote-picker.tsx';
import { MOST_GRAPHEMES } from './graphemes.ts';
import { CloseIcon, ReplyIcon, SendIcon } from './icons.tsx';
import type { Draft } from './panel-context.ts';
import { usePanel } from './panel-context.ts';
import { RefusedNote } from './refused-note.tsx';
import { type Box, useBox } from './use-box.ts';
import { useChat } from './use-chat.ts';

/** The box and what stands above it. */
export function Composer({ roles, draft }: { roles: readonly Role[]; draft: Draft }) {
  const { channel, emotes } = usePanel();
  const names = useNames();
  const known = useMemo(() => ({ roles, emotes, names }), [roles, emotes, names]);
  const box = useBox(known, draft);
  const command = commandTyped(box.text, roles);
  const option = box.completion === null ? undefined : optionId(box.listId, box.picked);
  return (
    <form
      className="chat-composer"
      onSubmit={(event) => {
        event.preventDefault();
        box.send();
      }}
    >
      {box.completion !== null && <CompletionList box={box} completion={box.completion} />}
      {command !== null && box.completion === null && (
        <p className="chat-usage">
          <b>
            /{command.name} {command.usage}
          </b>{' '}
          {command.help}
        </p>
      )}
      <RefusedNote sent={box.sent} />
      <Replying box={box} />
      <div className="chat-box">
        <textarea
          ref={box.area}
          rows={1}
          value={box.text}
          placeholder="Write a message"
          aria-label={`Message in the chat of ${channel}`}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={box.completion === null ? undefined : box.listId}
          aria-activedescendant={option}
          aria-invalid={box.tooLong}
          autoComplete="off"
          enterKeyHint="send"
          onChange={(event) => box.change(event.target.value)}
          onSelect={box.caretMoved}
          onKeyDown={box.onKeyDown}
        />
        <EmotePicker onPick={(emote) => box.insert(`:${emote.name}: `)} />
        <button
          type="submit"
          className="chat-send"
          aria-label="Send"
          title="Send"
          disabled={box.text.trim() === '' || box.tooLong}
        >
          <SendIcon />
        </button>
      </div>
      <Count box={box} />
    </form>
  );
}

function Replying({ box }: { box: Box }) {
  if (box.replyTo === null) return null;
  return (
    <div className="chat-replying">
      <ReplyIcon />
      <p>
        Replying to <b>@{box.replyTo.author.name}</b>
        <span>{box.replyTo.text}</span>
      </p>
      <button
        type="button"
        className="chat-small-button"
        aria-label="Do not reply"
        onClick={box.endReply}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

function Count({ box }: { box: Box }) {
  if (box.count === null) return null;
  const left = MOST_GRAPHEMES - box.count;
  return (
    <p className="chat-count" data-over={box.tooLong} role={box.tooLong ? 'alert' : undefined}>
      {box.tooLong ? `${-left} too many` : `${left} left`}
    </p>
  );
}

const RECENT_LINES = 200;

/** Who wrote lately, newest first, then who is here; each once, without oneself. */
function useNames(): readonly string[] {
  const { client } = usePanel();
  const people = useChat(client, (state) => state.presence.people);
  const own = useChat(client, (state) => state.you?.name);
  const writers = useChat(client, writersOf);
  return useMemo(() => {
    const names = new Set([...writers.split(' '), ...people.map(({ name }) => name)]);
    names.delete('');
    names.delete(own ?? '');
    return [...names];
  }, [writers, people, own]);
}

let last: { lines: readonly Line[]; names: string } = { lines: [], names: '' };

/** As one string, which stays equal while the same people write. */
function writersOf({ lines }: { lines: readonly Line[] }): string {
  if (last.lines === lines) return last.names;
  const names = new Set<string>();
  for (const line of lines.slice(-RECENT_LINES).toReversed()) {
    if (line.kind === 'message') names.add(line.message.author.name);
  }
  last = { lines, names: [...names].join(' ') };
  return last.names;
}
