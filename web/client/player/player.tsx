import './player.css';
import './overlays.css';
import { type ReactNode, useEffect, useRef } from 'react';
import { ControlBar, type Theatre } from './control-bar.tsx';
import type { StreamFact } from './engine/types.ts';
import { requestMedia, useEngineRequests } from './media-requests.ts';
import { Announcement, Overlays } from './overlays.tsx';
import { tellPictureDelay } from './picture-delay.ts';
import { playerActions } from './player-actions.ts';
import { useShortcuts } from './shortcuts.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { useControls } from './use-controls.ts';
import { useEngine } from './use-engine.ts';

/** The engine asks for hls.js when it starts: by then it is on its way. */
void import('./engine/hls-playback.ts').catch(() => {});

/** media-chrome hides what lacks this attribute while the pointer rests. */
const ALWAYS_SHOWN = { noautohide: '' };

interface PlayerProps {
  channel: string;
  /** URL of the multivariant playlist. */
  src: string;
  fact: StreamFact;
  poster: string | null;
  /** Null: this page has no theatre (an embed). */
  theatre: Theatre | null;
  /** Shown when the stream has ended. */
  afterEnd?: ReactNode;
}

export function Player({ channel, src, fact, poster, theatre, afterEnd }: PlayerProps) {
  const frame = useRef<HTMLElement>(null);
  const controller = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const help = useRef<HTMLDialogElement>(null);
  const { engine, state } = useEngine({ video, channel, src, fact });
  const controls = useControls(state.status);
  useEngineRequests(frame, engine);
  useEffect(() => tellPictureDelay(state.latencySeconds), [state.latencySeconds]);
  useEffect(() => () => tellPictureDelay(null), []);
  useShortcuts(
    playerActions({
      video,
      controller,
      help,
      engine,
      state,
      toggleTheatre: theatre?.toggle ?? null,
    }),
  );
  return (
    <section ref={frame} className="player" aria-label="Player" data-status={state.status}>
      <media-controller
        ref={controller}
        defaultstreamtype="live"
        autohide="3"
        noautoseektolive
        nohotkeys
      >
        {/* biome-ignore lint/a11y/useMediaCaption: captions come with the stream */}
        <video ref={video} slot="media" playsInline poster={poster ?? undefined} />
        <div className="overlay-layer" slot="centered-chrome" {...ALWAYS_SHOWN}>
          <Overlays
            engine={engine}
            state={state}
            afterEnd={afterEnd}
            onUnmute={() => requestMedia(controller.current, 'mediaunmuterequest')}
          />
        </div>
        {controls && (
          <ControlBar
            engine={engine}
            state={state}
            theatre={theatre}
            onHelp={() => help.current?.showModal()}
          />
        )}
      </media-controller>
      <ShortcutsDialog dialog={help} theatre={theatre !== null} />
      <Announcement state={state} />
    </section>
  );
}
