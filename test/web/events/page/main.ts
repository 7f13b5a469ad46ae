import {
  type ServerEvent,
  subscribeEvents,
  watchChannel,
} from '../../../../web/client/events/event-stream.ts';

declare global {
  var events: ServerEvent[];
  var listen: (channel?: string) => void;
  var watch: (channel: string) => void;
  var unwatch: () => void;
}

globalThis.events = [];
globalThis.listen = (channel) => {
  subscribeEvents(
    (event) => globalThis.events.push(event),
    channel === undefined ? {} : { channel },
  );
};
globalThis.watch = (channel) => {
  globalThis.unwatch = watchChannel(channel);
};
