import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { ImageServiceError, INCOMPLETE_BODY } from '../domain/errors.ts';

type Stream = Readable | Writable;

/**
 * The streams by which the body of one request arrives. They have one owner, which hears their errors for as long as they live, and they end
 * together: by `end`, which the first error of any of them calls too. What then still comes from the client is let go by, so that it
 * can finish sending and read the answer. A connection that ends early ends them with `incomplete_body`.
 */
export class UploadStreams {
  readonly #request: IncomingMessage;
  readonly #owned = new Set<Stream>();
  readonly #promised = new Set<(reason: Error) => void>();
  #reason: Error | undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
    request.on('error', () => this.end(cutOff()));
    // Not `complete`, which it also is when its last bytes came and were never read: whatever follows them may end the connection first.
    request.once('close', () => {
      if (!request.readableEnded) this.end(cutOff());
    });
    if (request.destroyed) this.end(cutOff());
  }

  /** Takes a stream over. `explain` makes of its own error the one that the client is to be told. */
  own<Owned extends Stream>(stream: Owned, explain: (error: Error) => Error = (error) => error): Owned {
    if (this.#owned.has(stream)) return stream;
    this.#owned.add(stream);
    // Never removed: an error may come after everybody else has stopped to listen, and without a listener it ends the process.
    stream.on('error', (error: Error) => this.end(explain(error)));
    if (this.#reason) stream.destroy(this.#reason);
    return stream;
  }

  /** Has one stream read from another, and takes it over. */
  connect<Next extends Writable>(from: Readable, to: Next): Next {
    this.own(to);
    if (!this.#reason) from.pipe(to);
    return to;
  }

  /** Has a stream read what the client sends, and takes it over. */
  open<First extends Writable>(first: First): First {
    return this.connect(this.#request, first);
  }

  /** A promise that rejects when the streams end early, whether or not somebody waits for it by then. */
  promise<Value>(): PromiseWithResolvers<Value> {
    const promised = Promise.withResolvers<Value>();
    promised.promise.catch(() => undefined);
    if (this.#reason) promised.reject(this.#reason);
    else this.#promised.add(promised.reject);
    return promised;
  }

  /** Ends the upload before its time, once and for all: everybody who reads one of its streams or waits for one of its promises gets the reason. */
  end(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#request.unpipe();
    this.#request.resume();
    for (const stream of this.#owned) stream.destroy(reason);
    for (const reject of this.#promised) reject(reason);
  }

  /** Does work with what arrives; if that fails, so does everything that still arrives. */
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
