import { Transform } from 'node:stream';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { endsEarly } from './irremovable.ts';

/** Steps of a walk along a file; each yields where bytes are needed that have not come yet. */
export type Walk<Result = void> = Generator<undefined, Result, undefined>;

/** A file whose bytes pass once. Each is passed on as it is, or replaced by another, so that no offset changes. */
export interface PassingBytes {
  /** The offset of the next byte. */
  position(): number;
  /** So many of the next bytes, fewer only at the end of the file. They are held in memory. */
  look(length: number): Walk<Buffer>;
  /** The next bytes that are there, at least one, none only at the end of the file. */
  some(): Walk<Buffer>;
  /** Passes bytes on, and shows them piece by piece. */
  pass(length: number, show?: (piece: Buffer) => void): Walk;
  /** Gives other bytes instead of the next ones, and notes the kinds if they differ. */
  replace(bytes: Buffer, ...kinds: RemovedMetadata[]): Walk;
  /** Gives zeros instead, or as many as there are at the end of the file if `mayEnd`. */
  erase(length: number, kind: RemovedMetadata, mayEnd?: boolean): Walk;
}

/** A stream that gives as many bytes as it takes. `removed` is complete when the stream has ended; it names what was there and is not any more. */
export type MetadataRemover = Transform & { removed(): RemovedMetadata[] };

/** As many as are given at a time. */
export const ZEROS = Buffer.alloc(64 * 1024);

/** Makes a stream of a walk, which must go to the end of the file. What it holds is what it looks at, and a chunk. */
export function removerOf(walk: (bytes: PassingBytes) => Walk): MetadataRemover {
  const removed = new Set<RemovedMetadata>();
  const tape = openTape((kind) => removed.add(kind));
  const walking = walk(tape.bytes);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        tape.feed(chunk);
        walking.next();
        done(null, tape.given());
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        tape.end();
        if (!walking.next().done || tape.left() > 0)
          throw new Error('A walk along an image ended before its file did.');
        done(null, tape.given());
      } catch (error) {
        done(error as Error);
      }
    },
  });
  return Object.assign(stream, { removed: () => [...removed].sort() });
}

function openTape(note: (kind: RemovedMetadata) => void) {
  let waiting: Buffer[] = [];
  let available = 0;
  let hasEnded = false;
  let position = 0;
  let given: Buffer[] = [];

  /** Takes bytes of the first chunk away. */
  const take = (length: number): Buffer => {
    const first = waiting[0] ?? ZEROS.subarray(0, 0);
    const piece = first.subarray(0, length);
    if (piece.length === first.length) waiting.shift();
    else waiting[0] = first.subarray(length);
    available -= piece.length;
    position += piece.length;
    return piece;
  };
  const give = (piece: Buffer, instead: Buffer, kinds: RemovedMetadata[]) => {
    if (!piece.equals(instead)) for (const kind of kinds) note(kind);
    given.push(instead);
  };

  function* some(): Walk<Buffer> {
    while (available === 0 && !hasEnded) yield;
    return waiting[0] ?? ZEROS.subarray(0, 0);
  }
  function* look(length: number): Walk<Buffer> {
    while (available < length && !hasEnded) yield;
    if ((waiting[0]?.length ?? 0) < Math.min(length, available)) waiting = [Buffer.concat(waiting)];
    return (waiting[0] ?? ZEROS).subarray(0, Math.min(length, available));
  }
  /** Takes so many bytes piece by piece; answers whether they were there. */
  function* each(length: number, use: (piece: Buffer, from: number) => void): Walk<boolean> {
    for (let done = 0; done < length; ) {
      if ((yield* some()).length === 0) return false;
      const piece = take(Math.min(length - done, ZEROS.length));
      use(piece, done);
      done += piece.length;
    }
    return true;
  }
  const bytes: PassingBytes = {
    position: () => position,
    some,
    look,
    *pass(length, show) {
      const isWhole = yield* each(length, (piece) => {
        show?.(piece);
        given.push(piece);
      });
      if (!isWhole) throw endsEarly();
    },
    *replace(instead, ...kinds) {
      const isWhole = yield* each(instead.length, (piece, from) =>
        give(piece, instead.subarray(from, from + piece.length), kinds),
      );
      if (!isWhole) throw endsEarly();
    },
    *erase(length, kind, mayEnd = false) {
      const isWhole = yield* each(length, (piece) => give(piece, ZEROS.subarray(0, piece.length), [kind]));
      if (!isWhole && !mayEnd) throw endsEarly();
    },
  };
  return {
    bytes,
    feed: (chunk: Buffer) => {
      if (chunk.length === 0) return;
      waiting.push(chunk);
      available += chunk.length;
    },
    end: () => {
      hasEnded = true;
    },
    left: () => available,
    /** What has been given since the last time; one buffer, because each costs its readers as much as a large one. */
    given: (): Buffer | undefined => {
      const all = given.length > 0 ? Buffer.concat(given) : undefined;
      given = [];
      return all;
    },
  };
}
