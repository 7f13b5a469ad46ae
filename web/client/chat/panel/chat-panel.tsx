import './panel.css';
import './lines.css';
import './composer.css';
import './sheets.css';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { usePictureDelay } from '../../player/picture-delay.ts';
import type { ChatClient, PageWish } from '../chat-client.ts';
import { Banners } from './banners.tsx';
import { useEmotes } from './emotes.ts';
import { Foot } from './foot.tsx';
import { Head } from './head.tsx';
import { Log } from './log.tsx';
import { type Draft, type Panel, PanelProvider, type SheetName } from './panel-context.ts';
import { keepSettings, readSettings, type Settings } from './settings.ts';
import { Sheets } from './sheets.tsx';
import { StatusLine } from './status-line.tsx';
import { Toast, useToast } from './toast.tsx';
import { useClient } from './use-client.ts';

interface ChatPanelProps {
  channel: string;
  /** True: a window of its own. */
  poppedOut: boolean;
  /** Beside the title, before the panel's own buttons end. */
  aside?: ReactNode;
}

/** A channel's chat. */
export function ChatPanel(props: ChatPanelProps) {
  const client = useClient(props.channel);
  if (client === null) return <div className="chat" aria-busy="true" />;
  return <OpenPanel {...props} client={client} />;
}

const NO_DRAFT: Draft = { count: 0, replyTo: null, text: null };

function OpenPanel({ channel, poppedOut, aside, client }: ChatPanelProps & { client: ChatClient }) {
  const emotes = useEmotes(channel);
  const [settings, change] = useSettings();
  const [sheet, openSheet] = useState<SheetName | null>(null);
  const [draft, setDraft] = useState(NO_DRAFT);
  const toast = useToast();
  const frame = useRef<HTMLDivElement>(null);
  useHeldToPicture(client, settings.withPicture);
  const { tell } = toast;
  const panel = useMemo<Panel>(
    () => ({
      ...{ channel, client, emotes, settings, change, openSheet },
      draft: (next) => setDraft((was) => ({ ...next, count: was.count + 1 })),
      wish: (wish, done) => ask(client, wish, (words, good) => tell(good ? done : words, good)),
    }),
    [channel, client, emotes, settings, change, tell],
  );
  return (
    <PanelProvider value={panel}>
      <div ref={frame} className="chat" data-font-size={settings.fontSize}>
        <Head poppedOut={poppedOut} sheet={sheet} aside={aside} />
        <StatusLine />
        <div className="chat-stage">
          <Banners />
          <Log onLeave={() => frame.current?.querySelector('textarea')?.focus()} />
          <Sheets sheet={sheet} onClose={() => openSheet(null)} />
          <Toast toast={toast} />
        </div>
        <Foot draft={draft} />
      </div>
    </PanelProvider>
  );
}

async function ask(
  client: ChatClient,
  wish: PageWish,
  tell: (reason: string, good: boolean) => void,
): Promise<boolean> {
  const answer = await client.wish(wish);
  tell(answer.done ? '' : answer.reason, answer.done);
  return answer.done;
}

function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  const [settings, setSettings] = useState(readSettings);
  useEffect(() => keepSettings(settings), [settings]);
  const change = useCallback(
    (next: Partial<Settings>) => setSettings((was) => ({ ...was, ...next })),
    [],
  );
  return [settings, change];
}

function useHeldToPicture(client: ChatClient, wanted: boolean): void {
  const seconds = usePictureDelay();
  const delayMs = wanted && seconds !== null ? Math.round(seconds * 1_000) : null;
  useEffect(() => client.setDelay(delayMs), [client, delayMs]);
}
