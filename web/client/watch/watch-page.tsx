import './watch.css';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { useChannel } from '../channels/use-channel.ts';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { Stage } from '../shell/stage.tsx';
import { AlsoLive } from './also-live.tsx';
import { ChannelStage } from './channel-stage.tsx';
import { NotifyButton } from './notify-button.tsx';
import { SideColumn } from './side-column.tsx';
import { StreamInfo } from './stream-info.tsx';
import { useKeptFlag } from './use-kept-flag.ts';
import { useLiveNotification } from './use-live-notification.ts';
import { useDocumentTitle, useTheatre } from './use-page-state.ts';

export function WatchPage({ channel }: { channel: string }) {
  const view = useChannel(channel);
  switch (view.kind) {
    case 'loading':
      return <main id="main" className="watch" aria-busy="true" />;
    case 'missing':
      return <NotFoundPage channel={channel} />;
    case 'failed':
      return (
        <main id="main" className="centred-page">
          <Stage lit={false}>
            <h1>The house is dark</h1>
            <p className="lede" role="alert">
              {view.reason} This page keeps trying by itself.
            </p>
          </Stage>
        </main>
      );
    case 'ready':
      return <ChannelPage channel={view.channel} />;
    default:
      return view satisfies never;
  }
}

function ChannelPage({ channel }: { channel: ChannelDetails }) {
  const theatre = useTheatre();
  const [chatOpen, setChatOpen] = useKeptFlag('footlight-chat-open', true);
  const notification = useLiveNotification(channel);
  useDocumentTitle(channel);
  const notify = <NotifyButton notification={notification} />;
  return (
    <main id="main" className="watch" data-theatre={theatre.on} data-chat={chatOpen}>
      <div className="watch-main">
        <div className="watch-player">
          <ChannelStage channel={channel} theatre={theatre} whileOff={notify} />
        </div>
        <StreamInfo channel={channel} onShowChat={chatOpen ? null : () => setChatOpen(true)} />
      </div>
      {chatOpen && <SideColumn channel={channel.channel} onCollapse={() => setChatOpen(false)} />}
      <AlsoLive channel={channel.channel} />
    </main>
  );
}
