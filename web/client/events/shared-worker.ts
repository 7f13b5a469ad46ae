import { createSharedStream, type Deliver } from './shared-stream.ts';
import { TAB_GONE_AFTER_MS, type ToWorker } from './worker-messages.ts';

/** The worker that holds the event stream of all tabs; it lives as long as any of them. */
const stream = createSharedStream();

function welcome(port: MessagePort): void {
  const deliver: Deliver = (event) => port.postMessage(event);
  let gone: ReturnType<typeof setTimeout> | undefined;
  const leave = () => {
    clearTimeout(gone);
    stream.leave(deliver);
  };
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    clearTimeout(gone);
    gone = setTimeout(leave, TAB_GONE_AFTER_MS);
    if (data.kind === 'leave') return leave();
    stream.wish(deliver, data.wish, data.fresh);
    if (data.kind === 'wake') stream.wake();
  };
  // Newer browsers tell when the tab at the other end is gone, crashes included.
  port.addEventListener('close', leave);
}

globalThis.addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0];
  if (port !== undefined) welcome(port);
});
