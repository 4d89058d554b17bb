import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/**
 * Sends a body by the SDK, which hears nothing of a body that fails, and does not survive one that is given to it and fails: so it gets a
 * stream that cannot fail, and its request is aborted. Resolves when request and body have both ended well, fails with the body's error.
 */
export async function sendBody<Answer>(
  body: Readable,
  send: (body: Readable, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const sent = body.pipe(new PassThrough());
  const failure = new AbortController();
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
