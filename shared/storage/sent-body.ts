import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { LengthError } from './measured-body.ts';

/**
 * Sends a body by the SDK, which hears nothing of a body that fails, and does not survive one that is given to it and fails: so it gets a
 * stream that cannot fail, and its request is aborted. Resolves when request and body have both ended well, fails with the body's error;
 * with LengthError at once if it was told how long the body is and that was untrue: S3 would wait for the rest.
 */
export async function sendBody<Answer>(
  body: Readable,
  send: (body: Readable, signal: AbortSignal) => Promise<Answer>,
  contentLength?: number,
): Promise<Answer> {
  const sent = body.pipe(new PassThrough());
  const failure = new AbortController();
  let bytes = 0;
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const read = finished(body, { writable: false })
    .then(() => {
      if (contentLength !== undefined && bytes !== contentLength) throw new LengthError(contentLength, bytes);
    })
    .catch((error: unknown) => failure.abort(error));
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
