import { once } from 'node:events';
import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';

/** Milliseconds without a byte in either direction after which a connection counts as lost. Completing an upload is silent for 20 s. */
const SILENCE_MS = 60_000;

/** Node applies NODE_USE_ENV_PROXY, which has it use HTTPS_PROXY and the like, to its own agents alone. */
const { env } = process;
const options = { keepAlive: true, ...(env.NODE_USE_ENV_PROXY === '1' && { proxyEnv: env }) };
const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };

/** A body of known length. `pieces` is called again each time the body is sent. */
export interface Body {
  length: number;
  pieces(): Iterable<Buffer> | AsyncIterable<Buffer>;
}

/** A request to send. */
export interface Outgoing {
  method: string;
  headers?: Record<string, string>;
  body?: Body;
  /** Gets the length of each piece when the connection has taken it. */
  onSent?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** No answer came, because the service cannot be reached or the connection broke. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

const PIECE_BYTES = 256 * 1024;

/** A body from memory, in pieces small enough to show progress. */
export const bodyOf = (bytes: Buffer): Body => ({
  length: bytes.length,
  *pieces() {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) yield bytes.subarray(start, start + PIECE_BYTES);
  },
});

/**
 * Sends one request and reads its answer, which may come before the body is sent. Node's `fetch` does not report the progress of a body.
 */
export async function exchange(url: URL, { method, headers, body, onSent, signal }: Outgoing): Promise<Answer> {
  const protocol = url.protocol as keyof typeof agents;
  const length = body && { 'content-length': String(body.length) };
  const options = { method, headers: { ...length, ...headers }, agent: agents[protocol], timeout: SILENCE_MS };
  const request = { 'http:': http, 'https:': https }[protocol].request(url, { ...options, ...(signal && { signal }) });
  const lost = (error: NodeJS.ErrnoException) => {
    if (signal?.aborted) return error;
    return new ConnectionLost(`${url.host} does not answer: ${error.code ?? error.message}`, { cause: error });
  };
  request.on('timeout', () => request.destroy(new Error(`nothing has come for ${SILENCE_MS / 1000} s`)));
  const answered = once(request, 'response').catch((error) => Promise.reject(lost(error)));
  const unread = writeBody(request, body, onSent).then(() => new Promise<never>(() => undefined));
  try {
    const [response] = (await Promise.race([answered, unread])) as [IncomingMessage];
    const bytes = await buffer(response).catch((error) => Promise.reject(lost(error)));
    return { status: response.statusCode ?? 0, headers: response.headers, body: bytes };
  } finally {
    // A request that was refused before its body was sent leaves its connection unusable.
    if (!request.writableFinished) request.destroy();
    answered.catch(() => undefined);
    unread.catch(() => undefined);
  }
}

/** Rejects only where the body cannot be read. A broken connection is reported by the request itself. */
async function writeBody(request: ClientRequest, body?: Body, onSent?: (bytes: number) => void): Promise<void> {
  const closed = new Promise((resolve) => request.once('close', resolve));
  for await (const piece of body?.pieces() ?? []) {
    if (request.destroyed) return;
    if (!request.write(piece)) {
      await Promise.race([new Promise((resolve) => request.once('drain', resolve)), closed]);
    }
    onSent?.(piece.length);
  }
  if (!request.destroyed) request.end();
}
