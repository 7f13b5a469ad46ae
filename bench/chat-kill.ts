import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchResult, goal, say } from './result.ts';
import { numbersFrom } from './support/arguments.ts';
import { makePeople } from './support/chat-people.ts';
import { ChatLedger, ChatSurvivor } from './support/chat-survivor.ts';
import { manyProcesses, oneProcess, type Victim } from './support/chat-victims.ts';

export const describe = 'kill -9 under load: the one process, a chat node and its archiver, Redis';

/** Between two deaths everybody is back and some have spoken. */
const ACKS_BETWEEN = 40;
const ARCHIVE_WAIT_MS = 30_000;

interface Outcome {
  acked: number;
  lost: number;
  repeated: number;
}

async function survive(
  name: string,
  start: () => Promise<Victim>,
  { kills, speakers }: { kills: number; speakers: number },
): Promise<Outcome> {
  const victim = await start();
  const ledger = new ChatLedger();
  const clients: ChatSurvivor[] = [];
  try {
    const tokens = await makePeople(victim.dataDir, speakers, victim.databaseUrl);
    for (const token of [...tokens, null, null]) {
      clients.push(new ChatSurvivor({ ports: victim.ports, token, ledger }));
    }
    const running = clients.map((client) => client.run());
    for (let kill = 1; kill <= kills; kill++) {
      await untilMore(ledger);
      await delay(randomInt(100));
      await victim.kill();
      say(`chat-kill: ${name}: killed ${kill} times, ${ledger.acked.size} acknowledged`);
    }
    await untilMore(ledger);
    for (const client of clients) client.stop();
    await Promise.all(running);
    say(`chat-kill: ${name}: refused: ${JSON.stringify(Object.fromEntries(ledger.refusals))}`);
    const outcome = await holdAgainstArchive(victim, ledger, clients);
    say(`chat-kill: ${name}: ${JSON.stringify(outcome)}`);
    return outcome;
  } finally {
    for (const client of clients) client.stop();
    await victim.stop();
  }
}

async function untilMore(ledger: ChatLedger): Promise<void> {
  const enough = ledger.acked.size + ACKS_BETWEEN;
  const deadline = Date.now() + 60_000;
  while (ledger.acked.size < enough) {
    if (Date.now() > deadline) throw new Error('Nobody was acknowledged for a minute.');
    await delay(5);
  }
}

/** What was told, against what is kept for good. */
async function holdAgainstArchive(
  victim: Victim,
  ledger: ChatLedger,
  clients: ChatSurvivor[],
): Promise<Outcome> {
  const archive = await victim.openArchive();
  const read = async () => {
    const rows = await archive
      .selectFrom('chat_messages')
      .select(['id', 'offset', 'body'])
      .where('kind', '=', 'message')
      .execute();
    return rows.map((row) => ({ ...row, text: String(JSON.parse(row.body).text) }));
  };
  const missing = (kept: Set<string>) =>
    [...ledger.acked].filter(([, { message, offset }]) => !kept.has(`${message} ${offset}`)).length;
  const deadline = Date.now() + ARCHIVE_WAIT_MS;
  for (;;) {
    const rows = await read();
    const lost = missing(new Set(rows.map((row) => `${row.id} ${row.offset}`)));
    if (lost > 0 && Date.now() < deadline) {
      await delay(200);
      continue;
    }
    await archive.destroy();
    const idOf = new Map(rows.map((row) => [row.text, row.id]));
    const wrong = clients.flatMap(({ shown }) =>
      [...shown].filter(([text, id]) => idOf.has(text) && idOf.get(text) !== id),
    );
    const repeated = rows.length - idOf.size + ledger.repeated + wrong.length;
    return { acked: ledger.acked.size, lost, repeated };
  }
}

export async function run(args: string[]): Promise<BenchResult> {
  const order = numbersFrom(args, { kills: 20, speakers: 60 });
  const outcomes = {
    oneProcess: await survive('one process', oneProcess, order),
    chatNode: await survive('chat node', () => manyProcesses('node'), order),
    redis: await survive('Redis', () => manyProcesses('redis'), order),
  };
  const ours = Object.fromEntries(
    Object.entries(outcomes).flatMap(([victim, outcome]) =>
      Object.entries(outcome).map(([what, count]) => [
        `${victim}${what.charAt(0).toUpperCase()}${what.slice(1)}`,
        count,
      ]),
    ),
  );
  const sum = (what: keyof Outcome) =>
    Object.values(outcomes).reduce((total, outcome) => total + outcome[what], 0);
  return {
    bench: 'chat-kill',
    ours: { acked: sum('acked'), lost: sum('lost'), repeated: sum('repeated'), ...ours },
    peer: null,
    why: 'socket.io and its Redis adapter keep no message: what is sent while a node is away is gone.',
    ratio: null,
    goals: [
      goal('acknowledged messages lost', sum('lost'), 'most', 0),
      goal('messages shown or kept twice', sum('repeated'), 'most', 0),
    ],
    setting: order,
  };
}
