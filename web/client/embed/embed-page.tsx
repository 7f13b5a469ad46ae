import './embed.css';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import { useChannel } from '../channels/use-channel.ts';
import { LogoMark } from '../shell/logo.tsx';
import { Stage } from '../shell/stage.tsx';
import { ChannelStage } from '../watch/channel-stage.tsx';
import { useDocumentTitle } from '../watch/use-page-state.ts';

/** The player alone, for a frame on another site. */
export function EmbedPage({ channel }: { channel: string }) {
  const view = useChannel(channel);
  if (view.kind === 'loading') return <main id="main" className="embed" aria-busy="true" />;
  if (view.kind === 'ready') return <EmbeddedChannel channel={view.channel} />;
  return (
    <main id="main" className="embed">
      <Stage lit={false}>
        <h1>{view.kind === 'missing' ? `No channel called “${channel}”` : 'The house is dark'}</h1>
        {view.kind === 'failed' && (
          <p className="lede" role="alert">
            {view.reason} This page keeps trying by itself.
          </p>
        )}
      </Stage>
    </main>
  );
}

function EmbeddedChannel({ channel }: { channel: ChannelDetails }) {
  useDocumentTitle(channel);
  return (
    <main id="main" className="embed">
      <h1 className="visually-hidden">{channel.title || channel.channel}</h1>
      <ChannelStage channel={channel} theatre={null} whileOff={null} />
      <a className="embed-home" href={`/${channel.channel}`} target="_blank" rel="noopener">
        <LogoMark />
        <span>{channel.channel}</span>
        <span className="visually-hidden">on Footlight, in a new tab</span>
      </a>
    </main>
  );
}
