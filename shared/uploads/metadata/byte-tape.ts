import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { endsEarly } from './irremovable.ts';
import type { PassingBytes, Walk } from './passing-bytes.ts';
import type { Work } from './work.ts';

/** As many as are given at a time. */
export const ZEROS = Buffer.alloc(64 * 1024);

/** Room for chunks of a few bytes, which some clients send. */
const LEAST_BYTES = 4096;

/** Bytes that come in chunks, and that a walk goes along. */
export interface ByteTape {
  bytes: PassingBytes;
  /** Puts a chunk behind what is there. */
  feed(chunk: Buffer): void;
  /** Says that no more will come. */
  end(): void;
  /** The number of bytes that the walk has not passed. */
  left(): number;
  /** What the walk has passed since the last time. */
  given(): Buffer | undefined;
}

/** Opens a tape, which notes the kinds of what is overwritten. */
export function openTape({ work, note }: { work: Work; note: (kind: RemovedMetadata) => void }): ByteTape {
  // A copy of what came, in which bytes are overwritten: from `given` on they have been passed, from `at` on they wait, from `end` on there is room.
  let held = Buffer.alloc(0);
  let [given, at, end, before] = [0, 0, 0, 0];
  let hasEnded = false;

  function* some(): Walk<Buffer> {
    work.spend(1);
    if (work.mustPause()) yield 'pause';
    while (at === end && !hasEnded) yield 'bytes';
    return held.subarray(at, end);
  }
  function* look(length: number): Walk<Buffer> {
    work.spend(1);
    while (end - at < length && !hasEnded) yield 'bytes';
    return held.subarray(at, Math.min(end, at + length));
  }
  /** Takes so many bytes piece by piece; answers whether they were there. */
  function* each(length: number, use?: (piece: Buffer, from: number) => void): Walk<boolean> {
    for (let done = 0; done < length; ) {
      while (at === end && !hasEnded) yield 'bytes';
      if (at === end) return false;
      const many = Math.min(length - done, end - at, ZEROS.length);
      use?.(held.subarray(at, at + many), done);
      at += many;
      done += many;
      work.spend(1, many);
      if (work.mustPause()) yield 'pause';
    }
    return true;
  }
  const write = (piece: Buffer, instead: Buffer, kinds: RemovedMetadata[]) => {
    if (piece.equals(instead)) return;
    for (const kind of kinds) note(kind);
    piece.set(instead);
  };
  const bytes: PassingBytes = {
    position: () => before + at,
    some,
    look,
    *pass(length, show) {
      if (!(yield* each(length, show))) throw endsEarly();
    },
    *replace(instead, ...kinds) {
      const isWhole = yield* each(instead.length, (piece, from) =>
        write(piece, instead.subarray(from, from + piece.length), kinds),
      );
      if (!isWhole) throw endsEarly();
    },
    *erase(length, kind, mayEnd = false) {
      const isWhole = yield* each(length, (piece) => write(piece, ZEROS.subarray(0, piece.length), [kind]));
      if (!isWhole && !mayEnd) throw endsEarly();
    },
    countParts: (parts) => work.countParts(before + at, parts),
  };
  /** Puts what waits at the beginning of other memory. Tiny chunks have room for as many bytes more as there are, so that each is copied a few times only. */
  const move = (length: number) => {
    const more = Buffer.allocUnsafe(length);
    held.copy(more, 0, at, end);
    [held, before, end, at, given] = [more, before + at, end - at, 0, 0];
  };
  return {
    bytes,
    feed(chunk) {
      work.spend(1);
      const left = end - at;
      if (held.length - end < chunk.length)
        move(Math.max(LEAST_BYTES, left === 0 ? chunk.length : 2 * (left + chunk.length)));
      held.set(chunk, end);
      end += chunk.length;
    },
    end: () => {
      hasEnded = true;
    },
    left: () => end - at,
    given() {
      const passed = at > given ? held.subarray(given, at) : undefined;
      given = at;
      return passed;
    },
  };
}
