import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { openHeif } from '../../../containers/worker/pipeline/formats/heif/libheif.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { type ImageFormat, sniffFormat } from '../../../shared/domain/formats/image-format.ts';
import type { RemovedMetadata } from '../../../shared/domain/removed-metadata.ts';
import type { Work } from '../../../shared/uploads/metadata/work.ts';
import {
  isStreamed,
  metadataRemover,
  type PlannedFormat,
  plannedRemover,
} from '../../../shared/uploads/remove-metadata.ts';

import { MARK } from './personal-metadata.ts';

interface Options {
  /** The lengths of the pieces in which the file comes, over and over. */
  lengths?: number[];
  format?: ImageFormat | undefined;
  /** What counts the work that it takes. */
  work?: Work;
}

/** Sends a file through what removes its metadata. */
export async function removeFrom(
  file: Buffer,
  { lengths = [64 * 1024], format = sniffFormat(file), work }: Options = {},
): Promise<{ out: Buffer; removed: RemovedMetadata[] }> {
  if (!format) throw new Error('The file has no known format.');
  const read = async (offset: number, length: number) => file.subarray(offset, offset + length);
  const remover = isStreamed(format)
    ? metadataRemover(format, work)
    : await plannedRemover(format as PlannedFormat, { size: file.length, read }, work);
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

/** A damage: a byte set, or more than it was, or bytes overwritten by others of the file, or the end cut off. */
type Damage = { at: number } & (
  | { value: number }
  | { more: number }
  | { from: number; length: number }
  | { isEnd: true }
);

/** Damages of a file, but not to its first bytes, which tell the format. */
function damages(file: Buffer): fc.Arbitrary<Damage[]> {
  const at = fc.integer({ min: 16, max: file.length - 1 });
  const one = fc.oneof(
    { weight: 4, arbitrary: fc.record({ at, value: fc.integer({ min: 0, max: 255 }) }) },
    { weight: 2, arbitrary: fc.record({ at, more: fc.integer({ min: -8, max: 8 }) }) },
    { weight: 1, arbitrary: fc.record({ at, from: at, length: fc.integer({ min: 1, max: 8 }) }) },
  );
  const end = fc.record({ at, isEnd: fc.constant<true>(true) });
  return fc
    .tuple(fc.array(one, { minLength: 1, maxLength: 3 }), fc.option(end, { freq: 5 }))
    .map(([list, last]) => (last ? [...list, last] : list));
}

function damaged(file: Buffer, list: Damage[]): Buffer {
  const broken = Buffer.from(file);
  let end = file.length;
  for (const damage of list) {
    if ('value' in damage) broken[damage.at] = damage.value;
    else if ('more' in damage) broken[damage.at] = ((broken[damage.at] ?? 0) + damage.more) & 255;
    else if ('from' in damage) broken.copy(broken, damage.at, damage.from, damage.from + damage.length);
    else end = damage.at;
  }
  return broken.subarray(0, end);
}

/**
 * Damages are the same each time: some, of more bytes than random ones have, make a text of something else, and nobody can tell.
 */
const SEED = 20261130;

/** Whatever is done to a file, either nothing is left of what is to be removed, or the file is refused. */
export async function expectNoneAfterDamage(file: Buffer, numRuns: number): Promise<void> {
  const format = sniffFormat(file);
  const property = fc.asyncProperty(damages(file), async (list) => {
    const broken = damaged(file, list);
    try {
      const { out } = await removeFrom(broken, { format });
      expect(out).to.have.lengthOf(broken.length);
      expect(out.includes(MARK), 'has the mark').to.equal(false);
    } catch (error) {
      if (!(error instanceof ImageServiceError)) throw error;
      expect(error.code).to.equal('image_unreadable');
    }
  });
  await fc.assert(property, { numRuns, seed: SEED });
}

/** The pixels of all frames. */
export async function pixelsOf(file: Buffer): Promise<Buffer> {
  if (sniffFormat(file) !== 'heic')
    return sharp(file, { animated: true, failOn: 'none' }).raw({ depth: 'ushort' }).toBuffer();
  const image = openHeif(file);
  const pixels = Buffer.alloc(image.width * image.height * image.channels);
  image.decode(pixels);
  return pixels;
}
