import { ImageServiceError } from '../../../../../shared/domain/errors.ts';
import type { AvifItem, AvifItems, Extent } from '../../../../../shared/domain/formats/avif-items.ts';
import type { Decoded } from '../../../../../shared/domain/original.ts';
import type { FileWindow } from '../file-window.ts';

/** Types of open bitstream units that begin a frame: its header, the whole of it, or a list of tiles (AV1, 6.2.2). */
const FRAME_UNITS = new Set([3, 6, 8]);

/** Most bytes of a `leb128()` (AV1, 4.10.5). */
const MOST_SIZE_BYTES = 8;

/** How to read the data of a coded item. */
export interface ItemData {
  meta: Buffer;
  window: FileWindow;
  /** Hears of each unit. */
  count: () => void;
}

/** Reads bytes of the data of an item, each further on than the one before. */
export function byteReader(
  extents: Extent[],
  { meta, window }: Pick<ItemData, 'meta' | 'window'>,
): (at: number) => Promise<number> {
  let extent = 0;
  let begun = 0;
  return async (at) => {
    for (let length = extents[extent]?.length ?? 0; at >= begun + length && extent < extents.length; ) {
      begun += length;
      extent += 1;
      length = extents[extent]?.length ?? 0;
    }
    const { offset, isInMeta } = extents[extent] ?? { offset: 0, isInMeta: true };
    const place = offset + at - begun;
    if (isInMeta) return meta[place] ?? 0;
    if (!window.holds(place, 1)) await window.load(place);
    return window.byte(place);
  };
}

export const bytesIn = (extents: Extent[]): number => extents.reduce((sum, { length }) => sum + length, 0);

/** The frames in the data of a coded item, of which there is one unless it has layers: libaom decodes all to show the last. */
export async function countFrames({ extents }: Pick<AvifItem, 'extents'>, data: ItemData): Promise<number> {
  const { count } = data;
  const total = bytesIn(extents);
  const byteAt = byteReader(extents, data);
  let frames = 0;
  for (let at = 0; at < total; ) {
    count();
    const head = await byteAt(at);
    if (FRAME_UNITS.has((head >> 3) & 15)) frames += 1;
    at += head & 4 ? 2 : 1;
    // Without a size it goes on to the end.
    if (!(head & 2)) break;
    let size = 0;
    for (let place = 0, more = true; more && place < MOST_SIZE_BYTES; place += 1, at += 1) {
      const byte = await byteAt(at);
      size += (byte & 0x7f) * 2 ** (7 * place);
      more = (byte & 0x80) !== 0;
    }
    at += size;
  }
  return Math.max(1, frames);
}

/** libheif lets a coded image be larger than its item says by that, the largest block of AV1, on both sides. */
const CODED_MARGIN = 128;

/**
 * Frames that a decoder keeps beside the one it decodes (AV1, NUM_REF_FRAMES), and what each takes of the memory of that: at most its own
 * pixels, 3 bytes of 18, or 6 of 25 where they are deep.
 */
const KEPT_FRAMES = 8;
const OF_KEPT = 1 / 4;

export const DERIVED_ITEM_TYPES: ReadonlySet<string> = new Set(['grid', 'iovl', 'iden']);

const NOTHING: Decoded = { pixels: 0, mostPixels: 0, bytes: 0 };

const plus = (a: Decoded, b: Decoded): Decoded => ({
  pixels: a.pixels + b.pixels,
  mostPixels: Math.max(a.mostPixels, b.mostPixels),
  bytes: a.bytes + b.bytes,
});

/**
 * The pixels that libheif decodes for the image that is shown: each tile as often as it is referenced, every image from which it is derived, directly or
 * not, and the transparency of all of these. A grid may have more cells than its canvas has room for: libheif decodes them all before it cuts. Refuses
 * an image that is derived from itself, and an item that is decoded and has no size.
 */
export function decodedPixels({ primary, byId }: AvifItems, frames: ReadonlyMap<number, number>): Decoded {
  const known = new Map<string, Decoded | 'open'>();

  /** The pixels decoded for an item, which may be a part of another one. */
  const decodedOf = (id: number, isPart: boolean): Decoded => {
    const key = `${id} ${isPart}`;
    const found = known.get(key);
    if (found === 'open') throw unreadableHeif('is derived from itself');
    if (found) return found;
    known.set(key, 'open');
    const item = byId.get(id);
    const decoded = item ? sum(id, item, isPart) : NOTHING;
    known.set(key, decoded);
    return decoded;
  };

  const sum = (id: number, item: AvifItem, isPart: boolean): Decoded => {
    if (!item.size) throw unreadableHeif('tells no size');
    const { width, height } = item.size;
    const isDerived = DERIVED_ITEM_TYPES.has(item.type);
    const frameCount = frames.get(id) ?? 1;
    const margin = isPart && !isDerived ? CODED_MARGIN : 0;
    const own = {
      // The derived image itself has the pixels of the result, which are counted elsewhere.
      pixels: isDerived && !isPart ? 0 : (width + margin) * (height + margin) * frameCount,
      mostPixels: Math.ceil(width * height * (1 + OF_KEPT * Math.min(KEPT_FRAMES, frameCount - 1))),
      bytes: item.extents.reduce((bytes, { length }) => bytes + length, 0),
    };
    const parts = (isDerived ? item.parts : []).map((part) => decodedOf(part, true));
    return [...parts, ...item.alphas.map((alpha) => decodedOf(alpha, isPart))].reduce(plus, own);
  };

  const shown = [...byId].filter(([, { isHidden, isAttached, size }]) => !isHidden && !isAttached && size);
  const first = shown.find(([id]) => id === primary);
  const all = (first ? [first] : shown).map(([id, item]) => {
    const decoded = decodedOf(id, false);
    const pixels = Math.ceil(item.alphas.length > 0 ? decoded.pixels / 2 : decoded.pixels);
    return { ...decoded, pixels: Math.min(pixels, Number.MAX_SAFE_INTEGER) };
  });
  return all.reduce((a, b) => (b.pixels > a.pixels ? b : a), NOTHING);
}

export const unreadableHeif = (what: string): ImageServiceError =>
  new ImageServiceError('image_unreadable', `The image cannot be decoded: a part of it ${what}.`);
