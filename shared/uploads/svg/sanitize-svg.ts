import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { ImageServiceError } from '../../domain/errors.ts';
import { limitSvgBytes } from '../inspect-svg.ts';
import { openFairTurns } from './fair-turns.ts';
import type { SanitizingAnswer } from './sanitize-svg-thread.ts';
import { limitThread } from './thread-limit.ts';

/** A drawing without what could run a program or load something, and words for what was removed, such as `script`. */
export interface SanitizedSvg {
  svg: Buffer;
  removed: string[];
}

/** Seconds that a drawing may take of a processor, and in all where the machine is busy. */
const LIMIT = { processorSeconds: 2, seconds: 10 };
/** Milliseconds that a thread may take to load its packages. */
const LOADING_MS = 60_000;
/** Megabytes of objects that the thread may hold, which 50,000 ordinary elements take. */
const MEMORY_MB = 256;
/** Drawings that wait at the same time, each with its bytes. */
const MOST_WAITING = 8;
/** Seconds after which a drawing that was refused may be sent again. */
const RETRY_AFTER_SECONDS = LIMIT.seconds;
/** Milliseconds after which a thread without work ends. Of 155 MB that it had taken, 20 went back to the system (measured). */
const IDLE_MS = 60_000;

type Pool = Piscina<Uint8Array | undefined, SanitizingAnswer>;

/** One thread, which starts when it is first needed. */
let pool: Pool | undefined;
const turns = openFairTurns({
  most: MOST_WAITING,
  tooManyOfSender: () =>
    new ImageServiceError(
      'too_many_uploads_at_once',
      `${MOST_WAITING} SVGs are waiting to be sanitised, and nobody else has more of them. Send this one when another has ended.`,
      { limit: MOST_WAITING, unit: 'uploads', retryAfterSeconds: RETRY_AFTER_SECONDS },
    ),
  tooManySenders: () => unavailable(`${MOST_WAITING} SVGs are waiting to be sanitised already.`),
});

function openPool(): Pool {
  const opened: Pool = new Piscina({
    filename: fileURLToPath(new URL('sanitize-svg-thread.ts', import.meta.url)),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    // Otherwise a thread waits for the next drawing without going back to its event loop, and what jsdom holds weakly is never released.
    atomics: 'disabled',
    // The options of the process are for streams; and the thread needs no credentials, which are in the environment.
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 16 },
  });
  // Of a thread that runs out of memory while it is being ended for its time, whose drawing has had its answer.
  opened.on('error', () => undefined);
  return opened;
}

/**
 * Sanitises an SVG in a thread, one after the other; the turn goes round the senders. Throws `payload_too_large` beyond LIMITS.svgBytes,
 * `image_unreadable` for what is no well-formed SVG or takes more than its time or memory, `too_many_uploads_at_once` when too many of the sender
 * wait, and `service_unavailable` when those of too many senders do, or the service stops.
 */
export async function sanitizeSvg(svg: Uint8Array, sender: string): Promise<SanitizedSvg> {
  limitSvgBytes({ contentLength: svg.length });
  pool ??= openPool();
  const current = pool;
  return turns.take(sender, () => inThread(current, svg));
}

/** Ends the thread. What it works on and what waits for it fails with `service_unavailable`. */
export async function closeSvgSanitizer(): Promise<void> {
  const closing = pool;
  pool = undefined;
  await closing?.destroy();
}

async function inThread(current: Pool, svg: Uint8Array): Promise<SanitizedSvg> {
  const isOpen = () => current === pool;
  try {
    if (!isOpen()) throw stopping();
    await current.run(undefined, { signal: AbortSignal.timeout(LOADING_MS) });
    const answer = await runLimited(current, svg);
    if ('refusal' in answer) {
      const { code, detail, facts } = answer.refusal;
      throw new ImageServiceError(code, detail, facts);
    }
    return { svg: Buffer.from(answer.svg), removed: answer.removed };
  } catch (error) {
    throw isOpen() ? error : stopping();
  }
}

async function runLimited(current: Pool, svg: Uint8Array): Promise<SanitizingAnswer> {
  const [thread] = current.threads;
  if (!thread) throw stopping();
  const limit = limitThread(thread, LIMIT);
  try {
    return await current.run(svg, { signal: limit.signal });
  } catch (error) {
    throw threadFailure(error as NodeJS.ErrnoException, limit.signal.aborted);
  } finally {
    limit.stop();
  }
}

/** The error for a drawing with which the thread has ended. A new thread starts for the next drawing. */
function threadFailure(cause: NodeJS.ErrnoException, isLate: boolean): ImageServiceError {
  const advice = 'Simplify the drawing, or upload it as a PNG.';
  if (isLate) {
    const { processorSeconds: limit } = LIMIT;
    const detail = `The SVG takes more than ${limit} seconds of a processor to sanitise. ${advice}`;
    return new ImageServiceError('image_unreadable', detail, { limit, unit: 'seconds', cause });
  }
  const reason = cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `takes more than ${MEMORY_MB} MB` : 'ends the thread';
  return new ImageServiceError('image_unreadable', `The SVG ${reason} when it is sanitised. ${advice}`, { cause });
}

const unavailable = (why: string): ImageServiceError =>
  new ImageServiceError('service_unavailable', `${why} Try again in a few seconds.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

const stopping = (): ImageServiceError => unavailable('The service is stopping.');
