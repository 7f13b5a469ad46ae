import { START } from '../../../web/client/player/engine/player-store.ts';
import type {
  CreatePlayerEngine,
  PlayerEngine,
  PlayerState,
} from '../../../web/client/player/engine/types.ts';

/** What the page asked for, in order: `play`, `selectQuality 2`. */
type Wishes = string[];

declare global {
  interface Window {
    scriptedEngine: { set: (change: Partial<PlayerState>) => void; wishes: Wishes };
    firstPlayerState: Partial<PlayerState> | undefined;
  }
}

/** Stands in for the real engine where a test has to hold the page in one state. */
export const createPlayerEngine: CreatePlayerEngine = ({ video }) => {
  let state: PlayerState = { ...START, ...window.firstPlayerState };
  const listeners = new Set<() => void>();
  const wishes: Wishes = [];
  const wish = (words: string) => {
    wishes.push(words);
  };
  const set = (change: Partial<PlayerState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  paint(video);
  window.scriptedEngine = { set, wishes };
  const engine: PlayerEngine = {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
    streamChanged: (fact) => wish(`streamChanged ${fact.live} ${fact.interrupted}`),
    play: () => wish('play'),
    pause: () => wish('pause'),
    goLive: () => wish('goLive'),
    selectQuality: (id) => wish(`selectQuality ${id}`),
    setCaptions: (on) => wish(`setCaptions ${on}`),
    retry: () => wish('retry'),
    destroy: () => listeners.clear(),
  };
  return engine;
};

/** A moving picture without a stream: a canvas, captured. */
function paint(video: HTMLVideoElement): void {
  const canvas = document.createElement('canvas');
  canvas.width = 1280;
  canvas.height = 720;
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  const draw = () => {
    const sky = pen.createLinearGradient(0, 0, 0, 720);
    sky.addColorStop(0, '#17243f');
    sky.addColorStop(0.55, '#5b4a78');
    sky.addColorStop(1, '#e0906a');
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 1280, 720);
    pen.fillStyle = '#ffe3b0';
    pen.beginPath();
    pen.arc(860, 430, 86, 0, Math.PI * 2);
    pen.fill();
    pen.fillStyle = '#1a1626';
    pen.beginPath();
    pen.moveTo(0, 720);
    for (let x = 0; x <= 1280; x += 40) {
      pen.lineTo(x, 520 + 60 * Math.sin(x / 130) + 36 * Math.sin(x / 47));
    }
    pen.lineTo(1280, 720);
    pen.fill();
  };
  draw();
  window.setInterval(draw, 200);
  video.muted = true;
  video.srcObject = canvas.captureStream(5);
  void video.play().catch(() => {});
}
