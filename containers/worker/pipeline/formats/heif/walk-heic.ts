import { ImageServiceError } from '../../../../../shared/domain/errors.ts';
import type { AvifItem, AvifItems } from '../../../../../shared/domain/formats/avif-items.ts';
import type { FileWindow } from '../file-window.ts';
import { byteReader, bytesIn, DERIVED_ITEM_TYPES, type ItemData, unreadableHeif } from './decoded-pixels.ts';
import { walkItems } from './walk-avif.ts';

/** HEVC, all that is decoded of HEIF beside AVIF. */
const CODED = 'hvc1';

/** Other codings of a HEIF (ISO/IEC 23008-12, and MP4 Registration Authority). */
const OTHER_CODECS: Readonly<Record<string, string>> = {
  jpeg: 'JPEG',
  avc1: 'H.264',
  av01: 'AV1',
  j2k1: 'JPEG 2000',
  vvc1: 'H.266',
  unci: 'no compression',
  lhv1: 'layers of HEVC',
};

/** See `walkItems`. */
export const walkHeic = (window: FileWindow): ReturnType<typeof walkItems> =>
  walkItems(window, { type: CODED, countFrames, check: checkCodecs });

/** Refuses an image with a part in another coding. */
function checkCodecs({ primary, byId }: AvifItems): void {
  const seen = new Set<number>();
  const next = [primary];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    const item = byId.get(id);
    if (!item || seen.has(id)) continue;
    seen.add(id);
    if (item.type !== CODED && !DERIVED_ITEM_TYPES.has(item.type)) {
      const what = OTHER_CODECS[item.type] ?? JSON.stringify(item.type);
      const detail = `The HEIF holds its image in ${what}; only HEVC is decoded of HEIF, and AV1 of AVIF. Export the picture as JPEG.`;
      throw new ImageServiceError('image_unreadable', detail);
    }
    next.push(...item.parts, ...item.alphas);
  }
  if (!byId.has(primary)) throw unreadableHeif('is named as its image, and is not there');
}

/** Types of units that hold a piece of a picture (ITU-T H.265, 7.4.2.2), and the flag of the first piece. */
const LAST_PICTURE_UNIT = 31;
const FIRST_PIECE = 0x80;

/** The pictures in the data of an item. There should be one, but libde265 decodes as many as there are. */
async function countFrames({ extents, lengthBytes = 4 }: AvifItem, data: ItemData): Promise<number> {
  const total = bytesIn(extents);
  const byteAt = byteReader(extents, data);
  let frames = 0;
  for (let at = 0; at < total; ) {
    data.count();
    let length = 0;
    for (let place = 0; place < lengthBytes; place += 1) length = length * 256 + (await byteAt(at + place));
    at += lengthBytes;
    if (length === 0 || at + length > total) throw unreadableHeif('has data that go on behind their end');
    const type = ((await byteAt(at)) >> 1) & 63;
    if (type <= LAST_PICTURE_UNIT && length > 2 && (await byteAt(at + 2)) & FIRST_PIECE) frames += 1;
    at += length;
  }
  return Math.max(1, frames);
}
