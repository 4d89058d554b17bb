import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { StoredObject } from '../../../shared/storage/objects/object-store.ts';

export const KiB = 1024;
export const MiB = 1024 * KiB;

/** The size of the pieces in which bodies arrive. */
const PIECE = 64 * KiB;

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE) yield bytes.subarray(start, start + PIECE);
}

/** A body that arrives in pieces, as over a network. */
export const bodyOf = (bytes: Buffer): Readable => Readable.from(piecesOf(bytes), { objectMode: false });

/** The result of a store for these bytes. */
export const storedObject = (bytes: Buffer): StoredObject => ({
  contentLength: bytes.length,
  checksumSha256: createHash('sha256').update(bytes).digest('base64'),
});

/** A body that gives these bytes and then breaks off, as when its sender has gone. */
export function brokenBody(bytes: Buffer, breakOff: (body: Readable) => void): Readable {
  const pieces = piecesOf(bytes);
  return new Readable({
    read() {
      const { value } = pieces.next();
      if (value) this.push(value);
      else setImmediate(() => breakOff(this));
    },
  });
}

/** A body that repeats the same piece, so that it needs no memory for its length. */
export function longBody(length: number): Readable {
  const piece = Buffer.alloc(256 * KiB, 'long');
  function* pieces() {
    for (let left = length; left > 0; left -= piece.length) {
      yield piece;
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}
