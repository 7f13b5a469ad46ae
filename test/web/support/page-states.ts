import type { Page } from 'playwright-core';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';
import type { ServerEvent } from '../../../platform/protocol/events.ts';
import type { PlayerState } from '../../../web/client/player/engine/types.ts';
import type { ChatScene } from './chat-scenes.ts';
import { chatStates } from './chat-states.ts';
import { liveChannel, manyChannels, offlineChannel } from './fixture-channels.ts';
import type { FixturePeople } from './fixture-people.ts';

/** One page in one state that people meet. */
export interface PageState {
  name: string;
  path: string;
  channels: ChannelDetails[];
  /** What the player is doing; absent where the page has none. */
  player?: Partial<PlayerState>;
  /** What the event stream says once the page is there. */
  event?: ServerEvent;
  /** Who is signed in; absent: nobody. */
  people?: FixturePeople;
  /** What the chat is doing; absent: a full one, read without being signed in. */
  chat?: ChatScene;
  /** What is done once the page is there, after `press`. */
  act?: (page: Page) => Promise<void>;
  /** What is clicked once the page is there. */
  press?: string;
  /** Visible once the state is reached. */
  shows: string;
}

export const QUALITIES = [
  { id: -1, label: 'Auto', height: null },
  { id: 0, label: 'Source (1080p60)', height: 1080 },
  { id: 1, label: '360p', height: 360 },
  { id: -2, label: 'Audio only', height: null },
];

export const PLAYING: Partial<PlayerState> = {
  status: 'playing',
  latencySeconds: 0.42,
  atLiveEdge: true,
  qualities: QUALITIES,
  activeQuality: 0,
};

const house = manyChannels();
const watch = (name: string, player: Partial<PlayerState>, shows: string): PageState => ({
  name,
  path: '/harbour_lofi',
  channels: house,
  player,
  shows,
});

export const PAGE_STATES: PageState[] = [
  { name: 'home-empty', path: '/', channels: [], shows: 'text=The stage is yours' },
  {
    name: 'home-one',
    path: '/',
    channels: [liveChannel('harbour_lofi'), offlineChannel('live', { lastLiveAt: null })],
    shows: '.live-card',
  },
  { name: 'home-many', path: '/', channels: house, shows: '.live-card' },
  watch('watch-live', PLAYING, '.live-badge[data-live=true]'),
  watch(
    'watch-captions',
    { ...PLAYING, captionsAvailable: true, captionsOn: true },
    '[aria-label=Captions]',
  ),
  watch('watch-behind', { ...PLAYING, atLiveEdge: false, latencySeconds: 14 }, 'text=Go live'),
  watch('watch-muted', { ...PLAYING, muted: true, mutedByAutoplay: true }, '.unmute-pill'),
  watch('watch-audio-only', { ...PLAYING, selectedQuality: -2 }, '.overlay-audio'),
  watch('watch-blocked', { status: 'blocked', qualities: QUALITIES }, '.overlay-tap'),
  watch('watch-loading', { status: 'loading' }, '.lamps-busy'),
  watch(
    'watch-reconnecting',
    { ...PLAYING, status: 'reconnecting' },
    'text=Reconnecting >> visible=true',
  ),
  {
    ...watch(
      'watch-ended',
      { ...PLAYING, status: 'ended' },
      '.player >> text=The stream has ended',
    ),
    event: {
      type: 'stream.offline',
      data: { channel: 'harbour_lofi', streamId: 'harbour_lofi-1', endedAt: Date.now() },
    },
  },
  watch(
    'watch-error',
    {
      status: 'error',
      error: 'This browser has no decoder for the stream. Try the newest Chrome or Firefox.',
    },
    'text=Try again',
  ),
  {
    name: 'watch-offline',
    path: '/kitchen_table',
    channels: house,
    shows: 'text=kitchen_table is off stage',
  },
  {
    name: 'watch-starting',
    path: '/kitchen_table',
    channels: [offlineChannel('kitchen_table', { state: 'starting' })],
    shows: 'text=Places, please',
  },
  { name: 'watch-missing', path: '/nobody_here', channels: house, shows: 'text=No channel called' },
  {
    ...watch('watch-following', PLAYING, 'text=Sign out'),
    people: { name: 'stage_left', following: true, followers: 12_840 },
    press: '.account-button',
  },
  {
    ...watch('watch-how-to-follow', PLAYING, '.follow-how >> text=Sign in'),
    press: '.follow-button',
  },
  { name: 'sign-in', path: '/signin', channels: house, shows: 'text=Sign in with a link' },
  {
    name: 'sign-in-link',
    path: '/signin/good',
    channels: house,
    shows: 'text=Welcome, stage_left',
  },
  {
    name: 'sign-in-instead',
    path: '/signin/good',
    channels: house,
    people: { name: 'balcony_seat', following: false, followers: 3 },
    shows: 'text=You are signed in as balcony_seat now',
  },
  { name: 'sign-in-used', path: '/signin/used', channels: house, shows: 'text=signs nobody in' },
  { name: 'not-found', path: '/a/b/c', channels: house, shows: 'text=Nothing is staged here' },
  {
    name: 'embed-live',
    path: '/embed/harbour_lofi',
    channels: house,
    player: PLAYING,
    shows: '.live-badge[data-live=true]',
  },
  {
    name: 'embed-offline',
    path: '/embed/kitchen_table',
    channels: house,
    shows: 'text=kitchen_table is off stage',
  },
  ...chatStates({ path: '/harbour_lofi', channels: house, player: PLAYING }),
  {
    name: 'chat-window',
    path: '/harbour_lofi/chat',
    channels: house,
    chat: 'member',
    shows: 'text=are typing',
  },
];
