import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** What it does to what passes through; changed at any time. */
export interface BetweenRules {
  /** `mute`: the upgrade passes and no frame after it. `deaf`: what the server says does not. */
  upgrades: 'pass' | 'refuse' | 'mute' | 'deaf';
  /** `gather`: an answer is passed on when it is complete, which an event stream never is. */
  streams: 'pass' | 'gather';
  /** Requests that last longer are answered with 504. Null: they may. */
  longestMs: number | null;
  /** Whoever comes is hung up on. */
  isDown: boolean;
  /** Where the server is. */
  port: number;
  /** What it answers itself at `/page`. */
  page: string | null;
}

/** Something between a page and the server. */
export interface Between {
  url: string;
  rules: BetweenRules;
  /** Upgrades and requests that came, as `GET text/event-stream`. */
  seen: string[];
  /** Cuts every line there is. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startBetween(
  port: number,
  rules: Partial<BetweenRules> = {},
): Promise<Between> {
  const sockets = new Set<Duplex>();
  const server = createServer((req, res) => forward(between, { req, res }));
  server.on('upgrade', (req, socket: Duplex) => passUpgrade(between, { req, socket }));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    if (between.rules.isDown) socket.destroy();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const between: Between = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rules: {
      upgrades: 'pass',
      streams: 'pass',
      longestMs: null,
      isDown: false,
      port,
      page: null,
      ...rules,
    },
    seen: [],
    cut,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
  return between;
}

function forward(
  { rules, seen }: Between,
  { req, res }: { req: IncomingMessage; res: ServerResponse },
): void {
  seen.push(`${req.method} ${req.headers.accept ?? ''}`);
  const { method, url: path, headers } = req;
  if (path === '/page' && rules.page !== null) {
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(rules.page);
    return;
  }
  const asked = request(
    { host: '127.0.0.1', port: rules.port, method, path, headers },
    (answer) => {
      const isGathered = rules.streams === 'gather';
      const chunks: Buffer[] = [];
      if (!isGathered) res.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      answer.on('data', (chunk: Buffer) => (isGathered ? chunks.push(chunk) : res.write(chunk)));
      answer.on('end', () => {
        if (isGathered) res.writeHead(answer.statusCode ?? 502, answer.headers);
        res.end(Buffer.concat(chunks));
      });
      answer.on('error', () => res.destroy());
    },
  );
  asked.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end()));
  if (rules.longestMs !== null) {
    const limit = setTimeout(() => {
      if (!res.headersSent) res.writeHead(504).end();
      asked.destroy();
    }, rules.longestMs);
    res.on('close', () => clearTimeout(limit));
  }
  res.on('close', () => asked.destroy());
  req.pipe(asked);
}

function passUpgrade(
  { rules, seen }: Between,
  { req, socket }: { req: IncomingMessage; socket: Duplex },
): void {
  seen.push('upgrade');
  if (rules.upgrades === 'refuse') {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    return;
  }
  const target = connect(rules.port, '127.0.0.1');
  const head = req.rawHeaders.flatMap((name, at, all) =>
    at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : [],
  );
  target.write(`GET ${req.url} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
  target.once('data', (answer: Buffer) => {
    socket.write(answer);
    const isMute = () => rules.upgrades === 'mute';
    const isDeaf = () => isMute() || rules.upgrades === 'deaf';
    target.on('data', (chunk: Buffer) => isDeaf() || socket.write(chunk));
    socket.on('data', (chunk: Buffer) => isMute() || target.write(chunk));
  });
  for (const [one, other] of [
    [target, socket],
    [socket, target],
  ] as const) {
    one.on('error', () => one.destroy());
    one.on('close', () => other.destroy());
  }
}
