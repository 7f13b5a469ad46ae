import './home.css';
import { useEffect } from 'react';
import type { ChannelSummary } from '../../../platform/protocol/api.ts';
import { useChannels } from '../channels/use-channels.ts';
import { useNow } from '../format/use-now.ts';
import { Stage } from '../shell/stage.tsx';
import { LiveCard } from './live-card.tsx';
import { OfflineChannels } from './offline-channels.tsx';

const TICK_MS = 10_000;

export function HomePage() {
  const view = useChannels();
  const now = useNow(TICK_MS);
  const live = view.kind === 'ready' ? view.channels.filter((one) => one.live) : [];
  useEffect(() => {
    document.title = live.length === 0 ? 'Footlight' : `${live.length} live · Footlight`;
  }, [live.length]);

  if (view.kind === 'loading') return <main id="main" className="home" aria-busy="true" />;
  if (view.kind === 'failed') return <Unreachable reason={view.reason} />;
  const resting = view.channels.filter((one) => !one.live);
  return (
    <main id="main" className="home">
      {live.length === 0 ? <NobodyLive /> : <LiveNow channels={live} now={now} />}
      {resting.length > 0 && <OfflineChannels channels={resting} now={now} />}
    </main>
  );
}

/** One or two streams get more room each. */
const FEW = [undefined, 'one', 'two'];

function LiveNow({ channels, now }: { channels: ChannelSummary[]; now: number }) {
  return (
    <section aria-labelledby="live-now">
      <h1 id="live-now" className="page-title">
        Live now <span className="title-count">{channels.length}</span>
      </h1>
      <ul className="live-grid" data-few={FEW[channels.length]}>
        {channels.map((channel) => (
          <li key={channel.channel}>
            <LiveCard channel={channel} now={now} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function NobodyLive() {
  return (
    <Stage>
      <h1>The stage is yours</h1>
      <p className="lede">
        Nobody is live right now. Streams appear here by themselves the moment they start, about a
        second behind the broadcaster.
      </p>
      <p className="stage-hint">
        Going live? In OBS choose <b>Settings → Stream → Custom</b>, then enter the server and
        stream key of your channel. The server's administrator has both.
      </p>
    </Stage>
  );
}

function Unreachable({ reason }: { reason: string }) {
  return (
    <main id="main" className="centred-page">
      <Stage lit={false}>
        <h1>The house is dark</h1>
        <p className="lede" role="alert">
          {reason} This page keeps trying by itself.
        </p>
      </Stage>
    </main>
  );
}
