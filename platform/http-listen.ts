import type { Server } from 'node:http';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';

const BACKLOG = 4_096;

/** @throws AppError `port_unusable`, naming the setting and the cure. */
export function listen(server: Server, { host, httpPort }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, host, httpPort)));
    server.listen({ host, port: httpPort, backlog: BACKLOG }, () => resolve());
  });
}

const LISTEN_FAULTS: Record<string, { problem: string; cure: string }> = {
  EADDRINUSE: {
    problem: 'is taken by another program',
    cure: 'Stop that program, or set HTTP_PORT to a free port.',
  },
  EACCES: {
    problem: 'may not be opened by this user',
    cure: 'Set HTTP_PORT to a port above 1023.',
  },
  EADDRNOTAVAIL: {
    problem: 'cannot be opened, because HOST is no address of this machine',
    cure: 'Set HOST to one of its addresses, or leave it out.',
  },
};

function listenFault(error: Error, host: string, port: number): AppError {
  const known = 'code' in error ? LISTEN_FAULTS[String(error.code)] : undefined;
  const problem = known?.problem ?? `cannot be opened (${error.message})`;
  const cure = known?.cure ?? 'Check HOST and HTTP_PORT.';
  return new AppError({
    code: 'port_unusable',
    message: `HTTP_PORT ${port} on ${host} ${problem}. ${cure}`,
    cause: error,
  });
}
