import express, { type Router } from 'express';
import { AppError } from '../../platform/errors.ts';
import { identityOf, requireIdentity } from '../../platform/http-identity.ts';
import { limitWrites } from '../../platform/http-rate.ts';
import { type Me, meChangeSchema, type SignInCodeFacts } from '../../platform/protocol/api.ts';
import { noStore, only } from './cross-origin.ts';
import type { WebContext } from './web-context.ts';

/** The only body has one field. */
const BODY_LIMIT = '1kb';

/** `/v1/me`, and whom a sign-in link is for. */
export function createMeRoutes(context: WebContext): Router {
  const { accounts, signInCodes } = context;
  const router = express.Router();

  const me = async (userId: string | undefined): Promise<Me> => {
    const user = userId === undefined ? null : await accounts.userById(userId);
    return { user: user && { id: user.id, name: user.name, color: user.color } };
  };

  router.all('/v1/me', noStore, only('GET', 'HEAD', 'PATCH'));
  router.get('/v1/me', async (req, res) => {
    res.json(await me(identityOf(req)?.userId));
  });
  router.patch('/v1/me', limitWrites(), express.json({ limit: BODY_LIMIT }), async (req, res) => {
    const { userId } = requireIdentity(req);
    const change = meChangeSchema.safeParse(req.body);
    if (!change.success) throw colorInvalid();
    await accounts.setColor(userId, change.data.color?.toLowerCase() ?? null);
    res.json(await me(userId));
  });

  router.use('/v1/sign-in-codes', noStore);
  router.get('/v1/sign-in-codes/:code', async (req, res) => {
    const { userId, expiresAt } = await signInCodes.read(req.params.code);
    const name = (await accounts.userById(userId))?.name;
    // Its user is gone, and the code with them.
    if (name === undefined) throw new TypeError('a sign-in code without its user');
    res.json({ name, expiresAt } satisfies SignInCodeFacts);
  });
  return router;
}

const colorInvalid = () =>
  new AppError({
    code: 'color_invalid',
    message: 'The colour is written as `#rrggbb`, or null for none: send {"color":"#ffb35c"}.',
    status: 400,
  });
