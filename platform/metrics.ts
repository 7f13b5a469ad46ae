import { Registry } from 'prom-client';

/** The one registry behind `/metrics`. Totals and distributions only: no channel, user or key labels. */
export const metrics = new Registry();
