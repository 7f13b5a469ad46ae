import { setTimeout as delay } from 'node:timers/promises';
import type { ReturnOrder, ReturnReport } from './chat-return.ts';
import { ReturningClient, returned } from './chat-returning.ts';
import { median } from './statistics.ts';

const CONNECTS_AT_ONCE = 200;
const BEFORE_MS = 2_000;
const AFTER_MS = 1_500;
/** Whoever is not back by then is not counted as back. */
const PATIENCE_MS = 60_000;
const TEXT =
  ' what a move, did you all see that one just now from the very far end of the stage'.padEnd(
    90,
    '!',
  );

async function measure(order: ReturnOrder): Promise<ReturnReport> {
  const entered = new Map<ReturningClient, () => void>();
  /** Who is in again, and the offset up to which it has to hear to have its gap. */
  const due = new Map<ReturningClient, number>();
  const backAt: number[] = [];
  let droppedAt = 0;
  let newest = 0;
  const settle = (client: ReturningClient) => {
    const target = due.get(client);
    if (target === undefined || client.last < target) return;
    due.delete(client);
    backAt.push(performance.now() - droppedAt);
  };
  const make = (token: string | null) =>
    new ReturningClient({
      ...{ wire: order.wire, port: order.port, token },
      // The system's choice: to find a port of a given address beside thousands of closed ones takes
      // it a millisecond each.
      localAddress: '',
      onIn(client) {
        entered.get(client)?.();
        if (droppedAt === 0) return;
        due.set(client, newest);
        settle(client);
      },
      onHeard(client) {
        if (client.last > newest) newest = client.last;
        if (droppedAt > 0) settle(client);
      },
    });
  const enterAll = async (clients: ReturningClient[]) => {
    for (let from = 0; from < clients.length; from += CONNECTS_AT_ONCE)
      await Promise.all(
        clients.slice(from, from + CONNECTS_AT_ONCE).map(
          (client) =>
            new Promise<void>((resolve) => {
              entered.set(client, resolve);
              client.connect();
            }),
        ),
      );
  };
  const speakers = order.tokens.map(make);
  const audience = Array.from({ length: order.sockets }, () => make(null));
  await enterAll(speakers);
  await enterAll(audience);

  let said = 0;
  const talking = setInterval(() => {
    speakers[said % speakers.length]?.send(`said ${said}`, `m${said}${TEXT}`);
    said += 1;
  }, 1_000 / order.rate);
  await delay(BEFORE_MS);
  droppedAt = performance.now();
  for (const client of audience) client.drop();
  while (backAt.length < audience.length && performance.now() - droppedAt < PATIENCE_MS)
    await delay(5);
  await delay(AFTER_MS);
  clearInterval(talking);
  await delay(AFTER_MS);
  const behind = audience.reduce((sum, { last }) => sum + Math.max(0, newest - last), 0);
  const isComplete = backAt.length === audience.length;
  return {
    ...returned,
    lost: returned.lost + behind,
    allBackMs: isComplete ? Math.max(...backAt) : null,
    medianBackMs: median(backAt),
    said,
  };
}

process.once('message', async (order: ReturnOrder) => {
  process.send?.(await measure(order));
});
