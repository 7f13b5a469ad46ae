import { flushCompileCache } from 'node:module';
import { FIRST_CHANNEL, openBackends } from './backends.ts';
import { type Config, loadConfig, readEnvironment, type ServiceName } from './platform/config.ts';
import type { Context } from './platform/context.ts';
import { watchNotices } from './platform/db/notices.ts';
import { AppError, messageOf } from './platform/errors.ts';
import { createHttpApp } from './platform/http-app.ts';
import { type LauncherFacts, launcherFacts } from './platform/launcher-facts.ts';
import { createLog, type Log } from './platform/log.ts';
import { collectProcessMetrics } from './platform/metrics.ts';
import { requirePrograms } from './platform/required-programs.ts';
import { createShutdown, type Shutdown } from './platform/shutdown.ts';
import { onStopSignal } from './platform/stop-signals.ts';
import { createServices, type Services } from './services.ts';

const NEED_FFMPEG = new Set<ServiceName>(['ingest', 'transcoder']);
/** Everything, children included, is gone 10 s after the signal; this leaves room to say so. */
const STOP_DEADLINE_MS = 9_000;

/** Config, then backends, then the chosen services. Every part is stopped when a later one fails. */
async function start(config: Config, log: Log, shutdown: Shutdown): Promise<LauncherFacts> {
  const { context, catchUp } = await openBackends({ config, log, shutdown });
  collectProcessMetrics();

  const services = createServices(context);
  const started = { all: false };
  const http = createHttpApp({
    config,
    log,
    health: {
      words: () => readyWords(context, services),
      cures: () => services.cures,
      isStarted: () => started.all,
    },
    rawRoutes: services.rawRoutes,
    upgradeRoutes: services.upgradeRoutes,
    routers: services.routers,
  });
  shutdown.add('http', () => http.close());
  await http.listen();
  for (const service of services.inStartOrder) {
    shutdown.add(service.name, () => service.stop());
    await service.start();
  }
  const notices = watchNotices(context);
  shutdown.add('notices', () => notices.stop());
  await catchUp();
  started.all = true;

  log.info({ httpPort: config.httpPort, rtmpPort: config.rtmpPort }, 'ready');
  // Now, since a process that is killed writes nothing (the launcher turned the cache on).
  flushCompileCache();
  const streamKey = await context.channels.streamKeyOf(FIRST_CHANNEL);
  const notes = Object.values(services.cures);
  return launcherFacts(config, { name: FIRST_CHANNEL, streamKey }, notes);
}

async function readyWords(
  { db, redis }: Context,
  services: Services,
): Promise<Record<string, string>> {
  const database = await db
    .selectFrom('channels')
    .select('id')
    .limit(1)
    .execute()
    .then(
      () => 'ok',
      () => 'failing',
    );
  const words = services.inStartOrder.map((one) => [one.name, one.readiness()] as const);
  return {
    database,
    ...(redis !== null && { redis: redis.readiness() }),
    ...Object.fromEntries(words),
    ...services.absent,
  };
}

function fail(log: Log, error: unknown): void {
  process.exitCode = 1;
  if (!(error instanceof AppError)) {
    log.fatal({ err: error }, 'start failed');
    return;
  }
  log.fatal({ code: error.code, reason: error.message }, 'start failed');
  process.stderr.write(`Footlight cannot start. ${messageOf(error)}\n`);
}

function readConfig(): Config {
  try {
    const env = readEnvironment(process.cwd());
    const config = loadConfig(env);
    if (config.services.some((name) => NEED_FFMPEG.has(name))) requirePrograms(env['PATH'] ?? '');
    return config;
  } catch (error) {
    fail(createLog('info'), error);
    process.exit();
  }
}

/**
 * Runs the product until it is stopped, and then ends the process: 0, or 1 when it could not
 * start. `onReady` is given what people have to know, the stream key included.
 */
export async function run(onReady: (facts: LauncherFacts) => void): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  const shutdown = createShutdown(log);
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'programming error');
    process.exit(1);
  });

  const starting = start(config, log, shutdown);
  const stop = async (cause: string): Promise<never> => {
    log.info({ cause }, 'stopping');
    setTimeout(() => {
      log.error({}, 'stopping took too long');
      process.exit(1);
    }, STOP_DEADLINE_MS);
    await starting.catch(() => undefined);
    await shutdown.run();
    log.info({}, 'stopped');
    process.exit();
  };
  onStopSignal({
    stop: (cause) => void stop(cause),
    force: () => process.exit(1),
  });

  try {
    onReady(await starting);
  } catch (error) {
    fail(log, error);
    await shutdown.run();
    process.exit();
  }
}

if (import.meta.main) await run((facts) => process.send?.(facts));
