import { CardSheet } from './card-sheet.tsx';
import { ModerationSheet } from './moderation-sheet.tsx';
import type { SheetName } from './panel-context.ts';
import { PeopleSheet } from './people-sheet.tsx';
import { SettingsSheet } from './settings-sheet.tsx';
import { Sheet } from './sheet.tsx';
import { ThreadSheet } from './thread-sheet.tsx';

/** What lies over the messages just now. */
export function Sheets({ sheet, onClose }: { sheet: SheetName | null; onClose: () => void }) {
  switch (sheet?.kind) {
    case undefined:
      return null;
    case 'people':
      return (
        <Sheet title="People here" onClose={onClose}>
          <PeopleSheet />
        </Sheet>
      );
    case 'settings':
      return (
        <Sheet title="Chat settings" onClose={onClose}>
          <SettingsSheet />
        </Sheet>
      );
    case 'moderation':
      return (
        <Sheet title="Moderation" onClose={onClose}>
          <ModerationSheet />
        </Sheet>
      );
    case 'card':
      return (
        <Sheet key={sheet.name} title={sheet.name} onClose={onClose}>
          <CardSheet name={sheet.name} onClose={onClose} />
        </Sheet>
      );
    case 'thread':
      return (
        <Sheet title="Thread" onClose={onClose}>
          <ThreadSheet message={sheet.message} />
        </Sheet>
      );
    default:
      return sheet satisfies never;
  }
}
