import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { type ImageFormat, sniffFormat } from '../../../shared/domain/formats/image-format.ts';
import type { RemovedMetadata } from '../../../shared/domain/removed-metadata.ts';
import {
  isStreamed,
  metadataRemover,
  type PlannedFormat,
  plannedRemover,
} from '../../../shared/uploads/remove-metadata.ts';

interface Options {
  /** The lengths of the pieces in which the file comes, over and over. */
  lengths?: number[];
  format?: ImageFormat | undefined;
}

/** Sends a file through what removes its metadata. */
export async function removeFrom(
  file: Buffer,
  { lengths = [64 * 1024], format = sniffFormat(file) }: Options = {},
): Promise<{ out: Buffer; removed: RemovedMetadata[] }> {
  if (!format) throw new Error('The file has no known format.');
  const read = async (offset: number, length: number) => file.subarray(offset, offset + length);
  const remover = isStreamed(format)
    ? metadataRemover(format)
    : await plannedRemover(format as PlannedFormat, { size: file.length, read });
  const [out] = await Promise.all([buffer(remover), pipeline(Readable.from(cut(file, lengths)), remover)]);
  return { out, removed: remover.removed() };
}

function* cut(file: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let at = 0, piece = 0; at < file.length; piece += 1) {
    const length = lengths[piece % lengths.length] ?? file.length;
    yield file.subarray(at, at + length);
    at += length;
  }
}

/** Lengths of pieces of a file: some short ones, so that every place is an end at some time. */
export const pieces = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: length })), {
    minLength: 1,
    maxLength: 8,
  });

/** Ways of damaging a file: bytes changed, moved by a little, overwritten by others of the file, or cut off. Its first bytes tell the format. */
export function damaged(file: Buffer): fc.Arbitrary<Buffer> {
  const place = fc.integer({ min: 16, max: file.length - 1 });
  const byte = fc.integer({ min: 0, max: 255 });
  const act = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(place, byte).map(
        ([at, value]) =>
          (bytes: Buffer) =>
            void bytes.fill(value, at, at + 1),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(place, fc.integer({ min: -8, max: 8 })).map(([at, more]) => (bytes: Buffer) => {
        bytes[at] = ((bytes[at] ?? 0) + more) & 255;
      }),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(place, place, fc.integer({ min: 1, max: 8 })).map(
        ([at, from, length]) =>
          (bytes: Buffer) =>
            void bytes.copy(bytes, at, from, from + length),
      ),
    },
  );
  const end = fc.oneof({ weight: 4, arbitrary: fc.constant(file.length) }, { weight: 1, arbitrary: place });
  return fc.tuple(fc.array(act, { minLength: 1, maxLength: 3 }), end).map(([acts, length]) => {
    const broken = Buffer.from(file);
    for (const change of acts) change(broken);
    return broken.subarray(0, length);
  });
}
