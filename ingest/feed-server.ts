import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../platform/clock.ts';
import { LOOPBACK, urlHost } from '../platform/internal-address.ts';
import { SourceFeed } from './source-feed.ts';
import { UnreadFeeds } from './unread-feeds.ts';

const MOST_CONNECTIONS = 4_096;

/**
 * The listener that transcoders read sources from: on loopback, or where they run elsewhere, on the
 * one address that they share with ingest. A source's id is its secret.
 */
export class FeedServer {
  readonly #feeds = new Map<string, SourceFeed>();
  readonly #unread: UnreadFeeds;
  readonly #server: Server;
  readonly #host: string;

  constructor(clock: Clock = systemClock, host: string = LOOPBACK) {
    this.#host = host;
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
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: this.#host, port: 0 }, resolve);
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
    return `http://${urlHost(this.#host)}:${port}/source/${feed.id}`;
  }

  close(): void {
    for (const feed of this.#feeds.values()) feed.end();
    this.#unread.clear();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
