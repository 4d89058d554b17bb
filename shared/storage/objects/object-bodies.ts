import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { checkObjectLength } from './damaged-object.ts';
import type { CopyOptions, PutOptions, StoredObject } from './object-store.ts';

/**
 * Waits until a body has something to read or has ended, and fails as the body does. Whoever passes the body on can then still answer that it
 * cannot be read, which is impossible once the headers are sent. Nothing is consumed.
 */
export async function waitForFirstByte(body: Readable): Promise<void> {
  await once(body, 'readable');
}

/**
 * Measures a body while somebody else reads it. Call it in the same tick in which the body is piped on, because it sets the body
 * flowing. The function that it returns gives the length and the digest once the body has ended.
 */
export function measureBody(body: Readable): () => StoredObject {
  const hash = createHash('sha256');
  let contentLength = 0;
  body.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    contentLength += chunk.length;
  });
  return () => ({ contentLength, checksumSha256: hash.digest('base64') });
}

/** The body has another length than was declared for it. */
export class LengthError extends Error {
  override readonly name = 'LengthError';

  constructor(declared: number, actual: number) {
    super(`the body was said to have ${declared} bytes and had ${actual}`);
  }
}

/** Returns what was measured if the length is the declared one. */
export function checkBodyLength(measured: StoredObject, { contentLength }: PutOptions): StoredObject {
  if (contentLength === undefined || contentLength === measured.contentLength) return measured;
  throw new LengthError(contentLength, measured.contentLength);
}

/**
 * Sends a body with the SDK. The SDK does not notice that a body fails, and crashes if the body that it was given does. So it gets a stream
 * that cannot fail, and its request is aborted instead. Resolves when request and body have both ended well; rejects with the body's error, or
 * with LengthError, before all of the declared length was sent, if the declared length is wrong.
 */
export async function sendBody<Answer>(
  body: Readable,
  send: (body: Readable, signal: AbortSignal) => Promise<Answer>,
  contentLength?: number,
): Promise<Answer> {
  const failure = new AbortController();
  const sent = body.pipe(
    contentLength === undefined
      ? new PassThrough()
      : holdToLength(contentLength, (actual) => failure.abort(new LengthError(contentLength, actual))),
  );
  // The SDK may destroy the stream with an error before it reads and afterwards: without a listener that would end the process. The signal has the error.
  sent.on('error', () => undefined);
  const read = finished(body, { writable: false }).catch((error: unknown) => failure.abort(error));
  try {
    const answer = await send(sent, failure.signal);
    await read;
    failure.signal.throwIfAborted();
    return answer;
  } catch (error) {
    body.unpipe(sent);
    body.destroy();
    sent.destroy();
    throw failure.signal.aborted ? failure.signal.reason : error;
  }
}

/** Passes a body on but holds the last chunk back until the declared length has proved true; otherwise reports the actual length and passes nothing more. */
function holdToLength(declared: number, onWrongLength: (actual: number) => void): Transform {
  let bytes = 0;
  let held: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > declared) {
        onWrongLength(bytes);
        return;
      }
      const ready = held;
      held = chunk;
      done(null, ready);
    },
    flush(done) {
      if (bytes === declared) done(null, held);
      else onWrongLength(bytes);
    },
  });
}

/** Writes the body of an object into a new file. Nothing of the file is left when that fails, is aborted, or the body has another length than the record says. */
export async function saveBody(
  body: Readable,
  { key, path, contentLength, signal }: CopyOptions & { key: string; path: string },
): Promise<void> {
  try {
    const counted = (chunks: AsyncIterable<Buffer>) => exactly(chunks, { key, contentLength });
    await pipeline(body, counted, createWriteStream(path, { flags: 'wx' }), { signal });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function* exactly(
  chunks: AsyncIterable<Buffer>,
  { key, contentLength }: { key: string; contentLength: number },
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    // The rest of a body that is too long is not waited for.
    if (bytes > contentLength) break;
    yield chunk;
  }
  checkObjectLength(key, { found: bytes, recorded: contentLength });
}
