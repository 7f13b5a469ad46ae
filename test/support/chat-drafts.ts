import type { Draft } from '../../chat/log/broker.ts';

let made = 0;

/** A message by somebody; every one is another, unless `fields` say so. */
export function draftOf(fields: Partial<Draft> = {}): Draft {
  made += 1;
  const { id = `m${made}`, author = 'u1', at = 1_700_000_000_000 + made } = fields;
  return {
    kind: 'message',
    ...{ id, author, at },
    clientId: `c${made}`,
    body: JSON.stringify({ id, at, author: { id: author, name: author, roles: [] }, text: 'hi' }),
    ...fields,
  };
}
