import { collectDefaultMetrics, Registry } from 'prom-client';

/** The one registry behind `/metrics`. Totals and distributions only: no channel, user or key labels. */
export const metrics = new Registry();

/** Adds what Node knows of its own process: CPU, memory, event loop. Called once, by the server. */
export const collectProcessMetrics = (): void => collectDefaultMetrics({ register: metrics });
