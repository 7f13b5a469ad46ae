import { BellIcon, CheckIcon } from '../shell/icons.tsx';
import type { LiveNotification } from './use-live-notification.ts';

export function NotifyButton({ notification }: { notification: LiveNotification }) {
  const { wish, toggle } = notification;
  if (wish === 'unsupported') return null;
  if (wish === 'refused') {
    return (
      <p className="notify-note" role="status">
        This browser blocks notifications from here. Allow them in its site settings, then reload.
      </p>
    );
  }
  const on = wish === 'on';
  return (
    <>
      <button
        type="button"
        className={on ? 'button' : 'button button-primary'}
        aria-pressed={on}
        onClick={toggle}
      >
        {on ? <CheckIcon /> : <BellIcon />}
        {on ? 'You will be notified' : 'Notify me when it goes live'}
      </button>
      <p className="notify-note">
        {on
          ? 'Keep this page open, in the background if you like.'
          : 'Works while this page is open.'}
      </p>
    </>
  );
}
