import './chat-page.css';
import { useEffect } from 'react';
import { useChannel } from '../../channels/use-channel.ts';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { ChatPanel } from './chat-panel.tsx';

/** A channel's chat in a window of its own. */
export function ChatPage({ channel }: { channel: string }) {
  const view = useChannel(channel);
  useEffect(() => {
    document.title = `Chat of ${channel} · Footlight`;
  }, [channel]);
  if (view.kind === 'missing') return <NotFoundPage channel={channel} />;
  return (
    <main id="main" className="chat-page">
      <h1 className="visually-hidden">Chat of {channel}</h1>
      <ChatPanel channel={channel} poppedOut />
    </main>
  );
}
