import type { OutputInfo } from 'sharp';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { collectGarbage } from '../garbage-collection.ts';

export interface Encoded {
  data: Buffer;
  info: OutputInfo;
}

/** Where looking begins if nothing else is asked for: sharp's own quality for JPEG and WebP. */
const HIGHEST_QUALITY = 80;

/** The highest quality, `from` at most, whose file has no more than `maxBytes`: by halving, so in eight encodings at most. */
export async function fitMaxBytes(
  encodeAt: (quality: number) => Promise<Encoded>,
  { maxBytes, from = HIGHEST_QUALITY }: { maxBytes: number; from?: number | undefined },
): Promise<Encoded & { quality: number }> {
  let best: (Encoded & { quality: number }) | undefined;
  let [low, high] = [1, from];
  for (let quality = from; low <= high; quality = Math.floor((low + high) / 2)) {
    collectGarbage();
    const encoded = await encodeAt(quality);
    if (encoded.data.length <= maxBytes) {
      best = { ...encoded, quality };
      low = quality + 1;
    } else {
      high = quality - 1;
      if (quality === 1) throw tooManyBytes(maxBytes, encoded.data.length);
    }
  }
  return best ?? fitMaxBytes(encodeAt, { maxBytes, from: 1 });
}

const tooManyBytes = (limit: number, actual: number): ImageServiceError =>
  new ImageServiceError(
    'output_over_max_bytes',
    `Even at quality 1 the result has ${actual} bytes; maxBytes is ${limit}. Resize it to fewer pixels.`,
    { limit, actual, unit: 'bytes' },
  );
