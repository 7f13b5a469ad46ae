import { expect, test } from 'vitest';
import { type PendingConnection, PendingConnections } from '../../ingest/pending-connections.ts';
import { INGEST_LIMITS } from '../../ingest/worker-messages.ts';
import { createManualClock } from '../support/manual-clock.ts';

const LIMITS = {
  ...INGEST_LIMITS,
  maxPending: 5,
  maxPendingPerAddress: 3,
  handshakeMs: 10,
  publishMs: 20,
};

function open() {
  const clock = createManualClock();
  const cuts: string[] = [];
  const pending = new PendingConnections<PendingConnection>(LIMITS, clock, ({ address }, reason) =>
    cuts.push(`${address} ${reason}`),
  );
  const add = (address: string, handshakeDone = false) => {
    const connection = { address, connection: { handshakeDone } };
    pending.add(connection);
    return connection;
  };
  return { clock, cuts, pending, add };
}

test('the fourth of one address costs the most idle one its place, be it of the same IPv6 network only', () => {
  const { cuts, add } = open();
  add('2001:db8::1', true);
  for (const address of ['2001:db8::2', '2001:db8::3', '2001:db8::4']) add(address);
  expect(cuts).toEqual(['2001:db8::2 crowded']);
  add('2001:db8:0:1::1');
  expect(cuts).toHaveLength(1);
});

test('beyond the bound of all the most idle one goes, wherever it is from', () => {
  const { cuts, pending, add } = open();
  for (let host = 1; host <= 6; host++) add(`192.0.2.${host}`, host < 3);
  expect(cuts).toEqual(['192.0.2.3 crowded']);
  expect(pending.size).toBe(5);
});

test('a handshake has its deadline, and a publish command one behind it', () => {
  const { clock, cuts, pending, add } = open();
  add('192.0.2.1');
  add('192.0.2.2', true);
  const publishes = add('192.0.2.3', true);
  clock.advance(11);
  pending.sweep();
  expect(cuts).toEqual(['192.0.2.1 silent']);
  pending.forget(publishes);
  clock.advance(20);
  pending.sweep();
  expect(cuts).toEqual(['192.0.2.1 silent', '192.0.2.2 no_publish']);
  expect([...pending.from('192.0.2.2')]).toEqual([]);
});
