import { useEffect, useRef, useState } from 'react';
import type { ChannelDetails } from '../../../platform/protocol/api.ts';

/** `unsupported`: no such API, or a page without HTTPS. `refused`: the browser will not ask again. */
export type NotificationWish = 'unsupported' | 'off' | 'on' | 'refused';

export interface LiveNotification {
  wish: NotificationWish;
  toggle: () => void;
}

const supported = () => 'Notification' in window && window.isSecureContext;

/** Shows a notification when the channel goes live, if asked to and while this page is open. */
export function useLiveNotification({ channel, title, live }: ChannelDetails): LiveNotification {
  const [wish, setWish] = useState<NotificationWish>(() => (supported() ? 'off' : 'unsupported'));
  const wasLive = useRef(live);

  useEffect(() => {
    const wentLive = live && !wasLive.current;
    wasLive.current = live;
    if (!wentLive || wish !== 'on' || document.visibilityState === 'visible') return;
    notify(channel, title);
  }, [channel, title, live, wish]);

  const toggle = async () => {
    if (wish === 'on') return setWish('off');
    const answer = await Notification.requestPermission();
    setWish(answer === 'granted' ? 'on' : answer === 'denied' ? 'refused' : 'off');
  };
  return { wish, toggle: () => void toggle() };
}

function notify(channel: string, title: string): void {
  try {
    const shown = new Notification(`${channel} is live`, {
      body: title,
      icon: '/favicon.svg',
      tag: `live-${channel}`,
    });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  } catch {
    // Chromium on Android has the API but only service workers may use it.
  }
}
