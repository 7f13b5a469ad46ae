import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createTokenSigner,
  MAX_TOKEN_LIFETIME_MS,
  type TokenSigner,
} from '../../platform/token.ts';
import { createManualClock } from '../support/manual-clock.ts';

const SECRET = new Uint8Array(32).fill(7);
const HOUR_MS = 3_600_000;
const clock = createManualClock();
const claims = (fields: object = {}) => ({
  userId: 'user-1',
  tokenId: 'token-1',
  issuedAt: clock.now(),
  expiresAt: clock.now() + HOUR_MS,
  ...fields,
});

let signer: TokenSigner;
beforeAll(async () => {
  signer = await createTokenSigner({ secret: SECRET, clock });
});

/** A token as ours are, but for what the test changes. */
function forge(
  changed: Partial<Record<keyof JWTPayload, unknown>> = {},
  header: { alg: string } = { alg: 'HS256' },
) {
  const { iss, aud, sub, jti, iat, exp } = {
    iss: 'footlight',
    aud: 'footlight-api',
    sub: 'user-1',
    jti: 'token-1',
    iat: clock.now() / 1000,
    exp: clock.now() / 1000 + 3_600,
    ...changed,
  };
  const payload: JWTPayload = Object.fromEntries(
    Object.entries({ iss, aud, sub, jti, iat, exp }).filter(([, value]) => value !== undefined),
  );
  return new SignJWT(payload).setProtectedHeader({ ...header, typ: 'JWT' });
}

describe('a token', () => {
  it('says what was signed, to the millisecond', async () => {
    const signed = claims({ expiresAt: clock.now() + 12_345 });
    expect(await signer.check(await signer.sign(signed))).toEqual(signed);
  });

  it('counts for every signer of the same secret', async () => {
    const other = await createTokenSigner({ secret: SECRET, clock });
    expect(await other.check(await signer.sign(claims()))).toEqual(claims());
  });

  it('is expired at the end of its time, and not before', async () => {
    const later = createManualClock();
    const timed = await createTokenSigner({ secret: SECRET, clock: later });
    const token = await signer.sign(claims({ expiresAt: clock.now() + 10_000 }));
    later.advance(9_000);
    expect(await timed.check(token)).toMatchObject({ userId: 'user-1' });
    later.advance(1_000);
    await expect(timed.check(token)).rejects.toMatchObject({ code: 'token_expired', status: 401 });
  });

  it('made by hand as ours are made counts: the forgeries below fail by what they change', async () => {
    expect(await signer.check(await forge().sign(SECRET))).toMatchObject({ userId: 'user-1' });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['nothing', () => ''],
    ['no token', () => 'hello'],
    ['dots', () => '..'],
    ['markup', () => '<script>.<script>.<script>'],
    ['another secret', () => forge().sign(new Uint8Array(32).fill(8))],
    ['another algorithm', () => forge({}, { alg: 'HS512' }).sign(new Uint8Array(64).fill(7))],
    ['another audience', () => forge({ aud: 'footlight-rooms' }).sign(SECRET)],
    ['another issuer', () => forge({ iss: 'elsewhere' }).sign(SECRET)],
    ['no subject', () => forge({ sub: undefined }).sign(SECRET)],
    ['no id', () => forge({ jti: undefined }).sign(SECRET)],
    ['no end', () => forge({ exp: undefined }).sign(SECRET)],
    ['no beginning', () => forge({ iat: undefined }).sign(SECRET)],
    [
      'a life longer than any that is given out',
      () => forge({ exp: (clock.now() + MAX_TOKEN_LIFETIME_MS + HOUR_MS) / 1000 }).sign(SECRET),
    ],
    ['more text than a token has', () => forge({ jti: 'x'.repeat(2_000) }).sign(SECRET)],
  ])('with %s is invalid', async (_, make) => {
    await expect(signer.check(await make())).rejects.toMatchObject({
      code: 'token_invalid',
      status: 401,
    });
  });

  it('that claims to need no signature (alg none) is invalid', async () => {
    const unsigned = new UnsecuredJWT()
      .setIssuer('footlight')
      .setAudience('footlight-api')
      .setSubject('user-1')
      .setJti('token-1')
      .setIssuedAt()
      .setExpirationTime('1h')
      .encode();
    await expect(signer.check(unsigned)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('whose payload was changed behind its signature is invalid', async () => {
    const [header, , signature] = (await signer.sign(claims())).split('.');
    const [, payload] = (await signer.sign(claims({ userId: 'somebody-else' }))).split('.');
    await expect(signer.check(`${header}.${payload}.${signature}`)).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });
});
