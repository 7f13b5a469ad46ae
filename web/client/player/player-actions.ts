import type { RefObject } from 'react';
import type { PlayerEngine, PlayerState } from './engine/types.ts';
import { requestMedia } from './media-requests.ts';
import type { ShortcutAction } from './shortcuts.ts';

const VOLUME_STEP = 0.05;

interface PlayerParts {
  video: RefObject<HTMLVideoElement | null>;
  controller: RefObject<HTMLElement | null>;
  help: RefObject<HTMLDialogElement | null>;
  engine: PlayerEngine | null;
  state: PlayerState;
  toggleTheatre: (() => void) | null;
}

/** What each shortcut asks of the engine, of media-chrome or of the page. */
export function playerActions(parts: PlayerParts): (action: ShortcutAction) => void {
  const { video, controller, engine, state } = parts;
  const ask = (type: string, detail?: unknown) => requestMedia(controller.current, type, detail);
  const seek = (seconds: number) => {
    if (video.current !== null) ask('mediaseekrequest', seekTarget(video.current, seconds));
  };
  const volume = (step: number) => {
    if (video.current === null) return;
    ask('mediavolumerequest', Math.min(1, Math.max(0, video.current.volume + step)));
  };
  const wishes: Record<ShortcutAction, () => void> = {
    'toggle-play': () => ask(video.current?.paused ? 'mediaplayrequest' : 'mediapauserequest'),
    'toggle-mute': () => ask(video.current?.muted ? 'mediaunmuterequest' : 'mediamuterequest'),
    fullscreen: () =>
      ask(
        document.fullscreenElement === null
          ? 'mediaenterfullscreenrequest'
          : 'mediaexitfullscreenrequest',
      ),
    theatre: () => parts.toggleTheatre?.(),
    'volume-up': () => volume(VOLUME_STEP),
    'volume-down': () => volume(-VOLUME_STEP),
    'back-5': () => seek(-5),
    'forward-5': () => seek(5),
    'back-10': () => seek(-10),
    'forward-10': () => seek(10),
    captions: () => {
      if (state.captionsAvailable) engine?.setCaptions(!state.captionsOn);
    },
    help: () => parts.help.current?.showModal(),
  };
  return (action) => wishes[action]();
}

/** Seconds on the element's timeline, within what can be sought to. */
function seekTarget(video: HTMLVideoElement, by: number): number {
  const { seekable, currentTime } = video;
  if (seekable.length === 0) return currentTime;
  const end = seekable.end(seekable.length - 1);
  return Math.min(Math.max(currentTime + by, seekable.start(0)), end);
}
