import './watch.css';
import { useState } from 'react';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { useChannel } from '../channels/use-channel.ts';
import { useWatching } from '../channels/use-watching.ts';
import { Player } from '../player/player.tsx';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { Stage } from '../shell/stage.tsx';
import { NotifyButton } from './notify-button.tsx';
import { OfflineStage } from './offline-stage.tsx';
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
  const opened = useOpened(channel.live);
  const theatre = useTheatre();
  const [chatOpen, setChatOpen] = useKeptFlag('footlight-chat-open', true);
  const notification = useLiveNotification(channel);
  useWatching(channel.channel, opened);
  useDocumentTitle(channel);
  const notify = <NotifyButton notification={notification} />;
  return (
    <main id="main" className="watch" data-theatre={theatre.on} data-chat={chatOpen}>
      <div className="watch-main">
        <div className="watch-player">
          {opened ? (
            <Player
              channel={channel.channel}
              src={`/live/${channel.channel}/index.m3u8`}
              fact={channel}
              poster={channel.thumbnail}
              theatre={theatre}
              afterEnd={notify}
            />
          ) : (
            <OfflineStage channel={channel}>{notify}</OfflineStage>
          )}
        </div>
        <StreamInfo channel={channel} onShowChat={chatOpen ? null : () => setChatOpen(true)} />
      </div>
      {chatOpen && <SideColumn channel={channel.channel} onCollapse={() => setChatOpen(false)} />}
    </main>
  );
}

/** True from the first time the channel is live: the player then stays over ends and returns. */
function useOpened(live: boolean): boolean {
  const [opened, setOpened] = useState(live);
  if (live && !opened) setOpened(true);
  return opened || live;
}
