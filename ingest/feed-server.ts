import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../platform/clock.ts';
import { SourceFeed } from './source-feed.ts';
import { UnreadFeeds } from './unread-feeds.ts';

/** The loopback listener that the transcoder reads sources from. */
export class FeedServer {
  readonly #feeds = new Map<string, SourceFeed>();
  readonly #unread: UnreadFeeds;
  readonly #server: Server;

  constructor(clock: Clock = systemClock) {
    this.#unread = new UnreadFeeds(clock);
    this.#server = createServer({ noDelay: true, keepAlive: false }, (request, response) => {
      const id = /^\/source\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? '';
      const feed = this.#feeds.get(id);
      if (feed !== undefined && request.method === 'GET') {
        feed.serve(response);
        this.#unread.drop(feed);
      } else if (feed !== undefined && request.method === 'HEAD') feed.describe(response);
      else response.writeHead(404, { Connection: 'close' }).end('This source is over.\n');
    });
    this.#server.requestTimeout = 10_000;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: '127.0.0.1', port: 0 }, resolve);
    });
  }

  open(id: string): SourceFeed {
    const feed: SourceFeed = new SourceFeed(id, {
      onUnread: () => this.#unread.keep(feed),
      onForgotten: () => this.#feeds.delete(id),
    });
    this.#feeds.set(id, feed);
    return feed;
  }

  urlOf(feed: SourceFeed): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/source/${feed.id}`;
  }

  close(): void {
    for (const feed of this.#feeds.values()) feed.end();
    this.#unread.clear();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
