import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Database } from './db/database.ts';

const SECRET_BYTES = 32;

/**
 * The secret that every process on this database signs with: whoever asks first makes it. It is
 * never logged and never leaves the process.
 *
 * @param purpose one secret for each, so that what is signed for one counts for no other
 */
export async function signingSecret(
  { db, clock }: { db: Database; clock: Clock },
  purpose: string,
): Promise<Uint8Array<ArrayBuffer>> {
  await db
    .insertInto('signing_secrets')
    .values({
      purpose,
      secret: randomBytes(SECRET_BYTES).toString('base64url'),
      created_at: clock.now(),
    })
    .onConflict((conflict) => conflict.column('purpose').doNothing())
    .execute();
  const { secret } = await db
    .selectFrom('signing_secrets')
    .select('secret')
    .where('purpose', '=', purpose)
    .executeTakeFirstOrThrow();
  return Uint8Array.from(Buffer.from(secret, 'base64url'));
}
