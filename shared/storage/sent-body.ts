import { PassThrough, type Readable, Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import { LengthError } from './measured-body.ts';

/**
 * Sends a body by the SDK, which hears nothing of a body that fails, and does not survive one that is given to it and fails: so it gets a
 * stream that cannot fail, and its request is aborted. Resolves when request and body have both ended well, fails with the body's error;
 * with LengthError if it was told how long the body is and that was untrue, before all of that length was sent.
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
  // Who sends it may end it with an error before it reads, and after: without a listener that would end the process. Its error is the signal's.
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

/** Passes a body on and holds its last chunk back until its length is known to be true; tells of another one, and then passes nothing more. */
function holdToLength(told: number, onUntrue: (actual: number) => void): Transform {
  let bytes = 0;
  let held: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > told) {
        onUntrue(bytes);
        return;
      }
      const ready = held;
      held = chunk;
      done(null, ready);
    },
    flush(done) {
      if (bytes === told) done(null, held);
      else onUntrue(bytes);
    },
  });
}
