import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { ImageServiceError, INCOMPLETE_BODY } from '../domain/errors.ts';

type Stream = Readable | Writable;

/**
 * The streams by which the body of one request arrives. They have one owner, which listens for their errors for as long as they live, and they
 * end together: by `end`, which is also called by the first error of any of them. What the client still sends then is read and dropped,
 * so that it can finish sending and read the answer. A connection that closes early ends the streams with `incomplete_body`.
 */
export class UploadStreams {
  readonly #request: IncomingMessage;
  readonly #owned = new Set<Stream>();
  readonly #promised = new Set<(reason: Error) => void>();
  #reason: Error | undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
    request.on('error', () => this.end(cutOff()));
    // `complete` would not do, because it is true as well when the last bytes have come and nobody has read them: what follows them may close
    // the connection first.
    request.once('close', () => {
      if (!request.readableEnded) this.end(cutOff());
    });
    if (request.destroyed) this.end(cutOff());
  }

  /** Takes over a stream. `explain` turns an error of its own into the one for the client. */
  own<Owned extends Stream>(stream: Owned, explain: (error: Error) => Error = (error) => error): Owned {
    if (this.#owned.has(stream)) return stream;
    this.#owned.add(stream);
    // The listener is never removed: an error may come when nobody else listens any more, and without a listener it ends the process.
    stream.on('error', (error: Error) => this.end(explain(error)));
    if (this.#reason) stream.destroy(this.#reason);
    return stream;
  }

  /** Pipes one stream into another, and takes over the latter. */
  connect<Next extends Writable>(from: Readable, to: Next): Next {
    this.own(to);
    if (!this.#reason) from.pipe(to);
    return to;
  }

  /** Pipes what the client sends into a stream, and takes that over. */
  open<First extends Writable>(first: First): First {
    return this.connect(this.#request, first);
  }

  /** A promise that rejects when the streams end early. Nobody needs to wait for it by then. */
  promise<Value>(): PromiseWithResolvers<Value> {
    const promised = Promise.withResolvers<Value>();
    promised.promise.catch(() => undefined);
    if (this.#reason) promised.reject(this.#reason);
    else this.#promised.add(promised.reject);
    return promised;
  }

  /** Ends the upload early: every reader of its streams and everybody who waits for its promises gets the reason. Only the first call counts. */
  end(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#request.unpipe();
    this.#request.resume();
    for (const stream of this.#owned) stream.destroy(reason);
    for (const reject of this.#promised) reject(reason);
  }

  /** Does work on what arrives; if the work fails, all streams end with its error. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.end(error as Error);
      throw error;
    }
  }
}

const cutOff = (): ImageServiceError => new ImageServiceError(...INCOMPLETE_BODY);
