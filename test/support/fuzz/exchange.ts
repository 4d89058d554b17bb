import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FuzzAnswer, readAnswers } from './answers.ts';

/** How a client leaves a connection: after its answers, or before. */
export type Leaving =
  | { how: 'read' }
  | {
      /** `half-close` ends the sending side and goes on reading; `reset` is a TCP RST. */
      how: 'close' | 'reset' | 'half-close';
      /** Leaves when this many bytes have come, the first of which may answer `Expect`. 0 means as soon as everything is sent. */
      after: number;
    };

/** The bytes to send over one connection. */
export interface Exchange {
  bytes: Buffer;
  /** Positions at which the bytes are split. The bytes between two are written at once, followed by a turn of the event loop. */
  cuts?: readonly number[];
  leaving: Leaving;
  /** The methods of the requests in the bytes. */
  methods: readonly string[];
  /** The bytes are not HTTP from some point on. The server need not read them when it refuses, and TCP may then drop the answer. */
  mayBeReset?: boolean;
}

export interface Exchanged {
  answers: FuzzAnswer[];
  /** Why the client has no answer although it has waited for one. */
  unanswered?: string;
}

/** Milliseconds that a client waits for an answer: well above what a busy machine takes, but below the timeouts of the services. */
const PATIENCE_MS = 30_000;

/** Sends bytes over a new connection, and returns the answers. */
export async function runExchange(port: number, exchange: Exchange): Promise<Exchanged> {
  const { bytes, cuts = [], leaving, methods, mayBeReset = false } = exchange;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  // A client that is refused while it sends may be reset. Only what it has read by then counts.
  let failure: NodeJS.ErrnoException | undefined;
  socket.on('error', (error) => {
    failure = error;
  });
  const chunks: Buffer[] = [];
  const over = Promise.withResolvers<void>();
  const isRead = leaving.how === 'read';
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (isDone()) over.resolve();
  });
  const isDone = () => {
    const received = Buffer.concat(chunks);
    const { after = Number.POSITIVE_INFINITY } = leaving.how === 'close' || leaving.how === 'reset' ? leaving : {};
    return received.length >= after || readAnswers(received, methods).length >= methods.length;
  };
  socket.on('close', () => over.resolve());
  const timer = setTimeout(() => over.reject(new Error(`nothing came for ${PATIENCE_MS} ms`)), PATIENCE_MS);
  try {
    await once(socket, 'connect');
    await write(socket, bytes, cuts);
    if (leaving.how === 'half-close') socket.end();
    if (!isRead && leaving.how !== 'half-close' && leaving.after === 0) over.resolve();
    await over.promise;
    if (leaving.how === 'reset') socket.resetAndDestroy();
    const answers = readAnswers(Buffer.concat(chunks), methods);
    const wasReset = mayBeReset && ['ECONNRESET', 'EPIPE'].includes(failure?.code ?? '');
    if (!isRead || answers.length > 0 || wasReset) return { answers };
    return { answers, unanswered: failure?.message ?? 'the connection was closed' };
  } catch (error) {
    return { answers: [], unanswered: (error as Error).message };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function write(socket: Socket, bytes: Buffer, cuts: readonly number[]): Promise<void> {
  let sent = 0;
  for (const end of [...cuts, bytes.length]) {
    if (socket.destroyed || !socket.writable) return;
    if (end <= sent) continue;
    socket.write(bytes.subarray(sent, end));
    sent = end;
    await sleep(0);
  }
}
