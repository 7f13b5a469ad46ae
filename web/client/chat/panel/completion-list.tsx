import type { Choice, Completion } from './completion.ts';
import { EmoteImage } from './emote-image.tsx';
import { usePanel } from './panel-context.ts';
import type { Box } from './use-box.ts';

export const optionId = (listId: string, index: number): string => `${listId}-${index}`;

/** What may be typed next; the box keeps the focus and moves in it. */
export function CompletionList({ box, completion }: { box: Box; completion: Completion }) {
  return (
    <div id={box.listId} className="chat-completion" role="listbox" aria-label="Suggestions">
      {completion.choices.map((choice, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled in the box, which has the focus
        <div
          key={choice.insert}
          id={optionId(box.listId, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === box.picked}
          ref={index === box.picked ? intoSight : null}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => box.choose(choice)}
        >
          <ChoiceWords choice={choice} />
        </div>
      ))}
    </div>
  );
}

const intoSight = (option: HTMLElement | null) => option?.scrollIntoView({ block: 'nearest' });

function ChoiceWords({ choice }: { choice: Choice }) {
  const { settings } = usePanel();
  switch (choice.kind) {
    case 'command':
      return (
        <>
          <span className="chat-choice-name">
            <b>/{choice.command.name}</b> {choice.command.usage}
          </span>
          <span className="chat-choice-help">{choice.command.help}</span>
        </>
      );
    case 'person':
      return <b>{choice.name}</b>;
    case 'emote':
      return (
        <span className="chat-choice-emote">
          <EmoteImage emote={choice.emote} animations={settings.animations} />:{choice.emote.name}:
        </span>
      );
    default:
      return choice satisfies never;
  }
}
