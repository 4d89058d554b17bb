import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { StoredObject } from './object-store.ts';

/** Passes a body through unchanged while measuring it. `measured()` is true once the body has ended. */
export class MeasuredBody extends Transform {
  readonly #hash = createHash('sha256');
  #contentLength = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    this.#contentLength += chunk.length;
    done(null, chunk);
  }

  measured(): StoredObject {
    return { contentLength: this.#contentLength, checksumSha256: this.#hash.digest('base64') };
  }
}
