import { once } from 'node:events';
import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { CommandError } from '../command-line.ts';

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
  /** Without them, an answer may take as long and be as large as it likes, as long as it is not silent. */
  limits?: Limits | undefined;
}

/** How long a request and its answer may take together, and how large the body of the answer may be. */
export interface Limits {
  totalMs: number;
  bytes: number;
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
export async function exchange(url: URL, outgoing: Outgoing): Promise<Answer> {
  const { method, headers, body, onSent, signal, limits } = outgoing;
  const protocol = url.protocol as keyof typeof agents;
  const length = body && { 'content-length': String(body.length) };
  const options = { method, headers: { ...length, ...headers }, agent: agents[protocol], timeout: SILENCE_MS };
  const request = { 'http:': http, 'https:': https }[protocol].request(url, { ...options, ...(signal && { signal }) });
  let isOver = false;
  const lost = (error: NodeJS.ErrnoException) => {
    if (signal?.aborted) return error;
    const reason = isOver ? `not whole within ${(limits?.totalMs ?? 0) / 1000} s` : (error.code ?? error.message);
    return new ConnectionLost(`${url.host} does not answer: ${reason}`, { cause: error });
  };
  const end = () => {
    isOver = true;
    request.destroy();
  };
  const timer = limits && setTimeout(end, limits.totalMs);
  // After the response has begun, reading it fails too, and says so.
  request.on('error', () => undefined);
  request.on('timeout', () => request.destroy(new Error(`nothing has come for ${SILENCE_MS / 1000} s`)));
  const answered = once(request, 'response').catch((error) => Promise.reject(lost(error)));
  const unread = writeBody(request, body, onSent).then(() => new Promise<never>(() => undefined));
  try {
    const [response] = (await Promise.race([answered, unread])) as [IncomingMessage];
    const bytes = await read(response, limits).catch((error) =>
      Promise.reject(error instanceof CommandError ? error : lost(error)),
    );
    return { status: response.statusCode ?? 0, headers: response.headers, body: bytes };
  } finally {
    clearTimeout(timer);
    // A request that was refused before its body was sent leaves its connection unusable.
    if (!request.writableFinished) request.destroy();
    answered.catch(() => undefined);
    unread.catch(() => undefined);
  }
}

async function read(response: IncomingMessage, limits: Limits | undefined): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  // Leaving the loop destroys the connection.
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (limits && length > limits.bytes)
      throw new CommandError(`The answer is larger than ${limits.bytes} bytes, which no answer to this is.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
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
