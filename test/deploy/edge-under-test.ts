import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { type NginxEdge, startNginxEdge } from '../../bench/support/nginx-edge.ts';
import { type CountingOrigin, startCountingOrigin } from './counting-origin.ts';

export interface Got {
  status: number | undefined;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** The committed edge in front of a counting origin, and how a viewer asks it. */
export interface EdgeUnderTest {
  origin: CountingOrigin;
  edge: NginxEdge;
  ask(path: string, headers?: Record<string, string>): ClientRequest;
  get(path: string, headers?: Record<string, string>): Promise<Got>;
  /** So many viewers at once, over plain HTTP/1.1. */
  audience(path: string, size: number): Promise<Got>[];
  /** A path below /live/ that no other test uses. */
  fresh(file: string): string;
  close(): Promise<void>;
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function startEdgeUnderTest(): Promise<EdgeUnderTest> {
  const origin = await startCountingOrigin();
  const edge = await startNginxEdge(origin.port);
  const agent = new Agent({ keepAlive: true });
  let unique = 0;
  const ask: EdgeUnderTest['ask'] = (path, headers = {}) =>
    request({ host: '127.0.0.1', port: edge.httpPort, path, headers, agent }).end();
  const get: EdgeUnderTest['get'] = async (path, headers) => {
    const [response] = (await once(ask(path, headers), 'response')) as [IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await bodyOf(response) };
  };
  return {
    origin,
    edge,
    ask,
    get,
    audience: (path, size) => Array.from({ length: size }, () => get(path)),
    fresh(file) {
      unique += 1;
      return `/live/show/s${unique}/${file}`;
    },
    async close() {
      agent.destroy();
      await edge.stop();
      await origin.close();
    },
  };
}
