/** Stands in for an ingest worker that hangs before it listens. */
for (;;) Math.random();
