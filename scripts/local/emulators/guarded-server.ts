import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type ListenOptions, Server as SocketServer } from 'node:net';

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

const isSignedWith = (accessKeyId: string, { headers: { authorization = '' } }: IncomingMessage): boolean =>
  authorization.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`);

/**
 * Lets through to whoever answers a server's requests only those that are signed with that access key, which no web page and nobody else on
 * this machine knows. Signatures are not checked: who knows the key is one of ours.
 */
export function guardServer(server: Server, accessKeyId: string): void {
  const answerers = server.listeners('request') as Answerer[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!isSignedWith(accessKeyId, request)) {
      response.writeHead(403, { connection: 'close' }).end();
      return;
    }
    for (const answer of answerers) answer.call(server, request, response);
    // dynalite 4 throws past everybody when whoever asks goes away in the middle of a request.
    request.removeAllListeners('error');
    request.on('error', () => response.destroy());
  });
}

/**
 * Starts what listens on all addresses of this machine on loopback instead, and answers its server too. fauxqs 2.4.1 takes a host, and
 * listens on 0.0.0.0 whatever that is.
 */
export async function startOnLoopback<Started>(
  start: () => Promise<Started>,
): Promise<{ started: Started; server: Server }> {
  const { listen } = SocketServer.prototype;
  let server: Server | undefined;
  SocketServer.prototype.listen = function (this: Server, ...args: unknown[]) {
    const [options] = args as [ListenOptions | undefined];
    if (options?.host !== '0.0.0.0') return Reflect.apply(listen, this, args);
    server = this;
    return Reflect.apply(listen, this, [{ ...options, host: '127.0.0.1' }, ...args.slice(1)]);
  } as typeof listen;
  try {
    const started = await start();
    if (!server) throw new Error('What was to listen on loopback listens elsewhere.');
    return { started, server };
  } finally {
    SocketServer.prototype.listen = listen;
  }
}
