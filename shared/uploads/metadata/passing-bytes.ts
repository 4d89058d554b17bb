import { Transform, type TransformCallback } from 'node:stream';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { openTape } from './byte-tape.ts';
import { openWork, type Work } from './work.ts';

/** Steps of a walk along a file; each yields where bytes are needed that have not come yet, or where others are to have their turn. */
export type Walk<Result = void> = Generator<'bytes' | 'pause', Result, undefined>;

/** A file whose bytes pass once. Each is passed on as it is, or replaced by another, so that no offset changes. */
export interface PassingBytes {
  /** The offset of the next byte. */
  position(): number;
  /** So many of the next bytes, fewer only at the end of the file. They are held in memory, and are not to be read after they have been replaced. */
  look(length: number): Walk<Buffer>;
  /** The next bytes that are there, at least one, none only at the end of the file. */
  some(): Walk<Buffer>;
  /** Passes bytes on, and shows them piece by piece. */
  pass(length: number, show?: (piece: Buffer) => void): Walk;
  /** Gives other bytes instead of the next ones, and notes the kinds if they differ. */
  replace(bytes: Buffer, ...kinds: RemovedMetadata[]): Walk;
  /** Gives zeros instead, or as many as there are at the end of the file if `mayEnd`. */
  erase(length: number, kind: RemovedMetadata, mayEnd?: boolean): Walk;
  /** Counts parts of the file that begin here. A walk counts all that a file may have many of; how they come in pieces must make no difference. */
  countParts(parts?: number): void;
}

/** A stream that gives as many bytes as it takes. `removed` is complete when the stream has ended; it names what was there and is not any more. */
export type MetadataRemover = Transform & { removed(): RemovedMetadata[] };

/**
 * Makes a stream of a walk, which must go to the end of the file. What it holds is what it looks at, and a chunk. The event loop
 * has its turn in between, within a chunk too: streams go on without one while there are chunks.
 */
export function removerOf(walk: (bytes: PassingBytes) => Walk, work: Work = openWork()): MetadataRemover {
  const removed = new Set<RemovedMetadata>();
  const tape = openTape({ work, note: (kind) => removed.add(kind) });
  const walking = walk(tape.bytes);
  /** Goes on until bytes are needed, or up to the end, in a later turn if it is time. */
  const go = (done: TransformCallback, isWhole = false) => {
    try {
      const step = walking.next();
      if (step.value === 'pause') return void setImmediate(go, done, isWhole);
      if (isWhole && (!step.done || tape.left() > 0))
        throw new Error('A walk along an image ended before its file did.');
    } catch (error) {
      return done(error as Error);
    }
    done(null, tape.given());
  };
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      tape.feed(chunk);
      go(done);
    },
    flush(done) {
      tape.end();
      go(done, true);
    },
  });
  return Object.assign(stream, { removed: () => [...removed].sort() });
}
