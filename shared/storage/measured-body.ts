import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { PutOptions, StoredObject } from './object-store.ts';

/**
 * Measures a body while somebody else reads it. Call it in the same tick in which the body is piped on, because it sets the body
 * flowing; what it answers gives the measures once the body has ended.
 */
export function measure(body: Readable): () => StoredObject {
  const hash = createHash('sha256');
  let contentLength = 0;
  body.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    contentLength += chunk.length;
  });
  return () => ({ contentLength, checksumSha256: hash.digest('base64') });
}

/** The body was of another length than told beforehand. */
export class LengthError extends Error {
  override readonly name = 'LengthError';

  constructor(told: number, actual: number) {
    super(`the body was said to have ${told} bytes and had ${actual}`);
  }
}

/** Passes the measures on if the length is the one that was told. */
export function checkLength(measured: StoredObject, { contentLength }: PutOptions): StoredObject {
  if (contentLength === undefined || contentLength === measured.contentLength) return measured;
  throw new LengthError(contentLength, measured.contentLength);
}
