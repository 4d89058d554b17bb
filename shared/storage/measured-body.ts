import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { StoredObject } from './object-store.ts';

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
