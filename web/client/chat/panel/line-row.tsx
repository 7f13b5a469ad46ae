import { memo } from 'react';
import type { ServerMessageOf } from '../../../../platform/protocol/chat/server-messages.ts';
import type { Line } from '../chat-client.ts';
import { authorColor } from './author-color.ts';
import { ShieldIcon, WhisperIcon } from './icons.tsx';
import { MessageRow, Time } from './message-row.tsx';
import { MessageText } from './message-text.tsx';
import { usePanel } from './panel-context.ts';
import { UndoButton } from './undo-button.tsx';
import { actionWords } from './words.ts';

/** One line of the log, whatever it is. It can be focused, so that keys reach each. */
export const LineRow = memo(
  ({ line, own, active }: { line: Line; own: string | null; active: boolean }) => (
    <li className={`chat-row chat-row-of-${line.kind}`} data-key={line.key} tabIndex={-1}>
      {line.kind === 'message' ? (
        <MessageRow
          message={line.message}
          deleted={line.deleted}
          callsYou={line.mentionsYou}
          own={own}
          active={active}
        />
      ) : (
        <OtherLine line={line} own={own} />
      )}
    </li>
  ),
);

function OtherLine({
  line,
  own,
}: {
  line: Exclude<Line, { kind: 'message' }>;
  own: string | null;
}) {
  switch (line.kind) {
    case 'notice':
      return <p className="chat-notice">{line.text}</p>;
    case 'action':
      return <ActionLine action={line.action} />;
    case 'whisper':
      return <WhisperLine whisper={line.whisper} own={own} />;
    default:
      return line satisfies never;
  }
}

function ActionLine({ action }: { action: ServerMessageOf<'action'> }) {
  return (
    <p className="chat-action-line">
      <ShieldIcon />
      <span>
        <b>{action.actor}</b> {actionWords(action.action, action.target)}
        {action.reason !== null && <span className="chat-quiet">: {action.reason}</span>}
      </span>
      {action.undoable && <UndoButton action={action.id} />}
    </p>
  );
}

function WhisperLine({
  whisper,
  own,
}: {
  whisper: ServerMessageOf<'whisper'>;
  own: string | null;
}) {
  const { draft, emotes, openSheet, settings } = usePanel();
  const mine = whisper.from.name === own;
  const other = mine ? whisper.to.name : whisper.from.name;
  return (
    <div className="chat-row-body chat-whisper">
      <p className="chat-whisper-mark">
        <WhisperIcon />
        {mine ? 'Whisper to ' : 'Whisper from '}
        <button
          type="button"
          className="chat-name"
          style={mine ? {} : { color: authorColor(whisper.from) }}
          onClick={() => openSheet({ kind: 'card', name: other })}
        >
          {other}
        </button>
        <button
          type="button"
          className="chat-inline-button"
          onClick={() => draft({ replyTo: null, text: `/whisper ${other} ` })}
        >
          {mine ? 'Write again' : 'Answer'}
        </button>
      </p>
      {settings.timestamps && <Time at={whisper.at} />}
      <MessageText text={whisper.text} emotes={emotes} animations={settings.animations} own={own} />
    </div>
  );
}
