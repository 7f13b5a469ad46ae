import { createServer } from 'node:net';

/** Ports that nobody listens on now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  return Promise.all(servers.map(({ port, close }) => close().then(() => port)));
}

/** Below the ports that the kernel gives to outgoing connections by itself. */
const SERVER_PORTS = { first: 20_000, count: 12_000 };

/** By this process, so that two who ask at once get different ones. */
const given = new Set<number>();

/**
 * Ports that stay free while a server that ended is started again: nothing has them by chance.
 */
export async function serverPorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = SERVER_PORTS.first + Math.floor(Math.random() * SERVER_PORTS.count);
    if (given.has(port)) continue;
    const listening = await listenOn(port).catch(() => null);
    if (listening === null) continue;
    given.add(port);
    await listening.close();
    found.push(port);
  }
  return found;
}

const listenAnywhere = () => listenOn(0);

function listenOn(wanted: number): Promise<{ port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, '0.0.0.0', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no port'));
      resolve({
        port: address.port,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}
