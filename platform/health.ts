import { Router } from 'express';
import { metrics } from './metrics.ts';

/** What `/readyz` and `/metrics` tell. */
export interface Health {
  /** One word a part; only `ok`, `off` and `missing` let the product be ready. */
  words(): Promise<Record<string, string>>;
  /** A sentence for each part that is missing: how to get it. */
  cures(): Record<string, string>;
  isStarted(): boolean;
}

/** `/healthz` (the process answers), `/readyz` (every part that is needed works), `/metrics`. */
export function createHealthRouter(health: Health): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const words = await health.words();
    const ready = health.isStarted() && Object.values(words).every(isBearable);
    const cures = health.cures();
    res
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ ready, ...words, ...(Object.keys(cures).length > 0 && { cures }) });
  });
  router.get('/metrics', async (_req, res) => {
    res
      .set('Cache-Control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.metrics());
  });
  return router;
}

const isBearable = (word: string): boolean => ['ok', 'off', 'missing'].includes(word);
