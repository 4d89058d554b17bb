import { ImageServiceError } from '../../../../../shared/domain/errors.ts';
import { asStill, BRANDS_BYTES, isSequence } from '../../../../../shared/domain/formats/avif-brands.ts';
import {
  type AvifItem,
  type AvifItems,
  type Extent,
  readAvifItems,
} from '../../../../../shared/domain/formats/avif-items.ts';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import type { Decoded } from '../../../../../shared/domain/original.ts';
import type { Warning } from '../../../../../shared/domain/warnings.ts';
import { cicpOfNclx } from '../../colour/cicp.ts';
import type { DeclaredColours } from '../../colour/declared-colours.ts';
import type { FileWindow } from '../file-window.ts';
import { type ByteRange, MOST_INFLATED, openMetadataCounter } from '../metadata-counter.ts';
import { openPartCounter } from '../part-counter.ts';
import { countFrames, decodedPixels, type ItemData } from './decoded-pixels.ts';

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): 32 bits of size and the type, then 64 bits of size if that is 1. */
const BOX_HEADER_BYTES = 16;

/** The coding of a format's images, and how their data are walked through. */
export interface Coding {
  type: string;
  countFrames(item: AvifItem, data: ItemData): Promise<number>;
  /** Refuses items that its decoder does not decode. */
  check?(items: AvifItems): void;
}

/** See `walkItems`. */
export const walkAvif = (window: FileWindow): ReturnType<typeof walkItems> =>
  walkItems(window, { type: 'av01', countFrames });

/**
 * Returns where an AVIF's boxes would end, if that is after the end of the file, or else its decoded pixels and its colours. Refuses one of more boxes than
 * LIMITS, which libheif goes through each time it opens the file, and an animation that has no still image.
 */
export async function walkItems(window: FileWindow, coding: Coding): Promise<ItemFacts> {
  const { fileSize } = window;
  const isAnimation = isSequence(await window.copy(0, BRANDS_BYTES));
  const count = openPartCounter('avifBoxes');
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  let found: ItemFacts | undefined;
  let offset = 0;
  while (offset < fileSize) {
    count();
    header.fill(0).set(await window.bytes(offset, BOX_HEADER_BYTES));
    const size = boxSize(header, fileSize - offset);
    if (size < 8 || offset + size > fileSize) {
      // Bytes that are no box are ignored after the last byte that is shown.
      if (found?.dataEnd === undefined || found.dataEnd > offset) return { end: offset + size };
      break;
    }
    if (header.toString('latin1', 4, 8) === 'meta') {
      if (found) throw new ImageServiceError('image_unreadable', 'The image tells twice of what it consists.');
      const contentAt = offset + (header.readUInt32BE(0) === 1 ? BOX_HEADER_BYTES : BOX_HEADER_BYTES / 2);
      found = await readMeta(window, { at: contentAt, length: offset + size - contentAt }, coding);
    }
    offset += size;
  }
  if (!found && isAnimation) throw animation();
  const { dataEnd: _behind, ...facts } = found ?? {};
  return { ...facts, ...(isAnimation && { warnings: [FIRST_FRAME], rewrite: asStill }) };
}

const FIRST_FRAME: Warning = {
  code: 'first_frame_only',
  detail: 'The original is an animated AVIF; its first frame is shown.',
};

/** Facts that the boxes of an AVIF or a HEIF show. */
interface ItemFacts {
  end?: number;
  decoded?: Decoded;
  colours?: DeclaredColours;
  /** The offset after the last byte of its items. */
  dataEnd?: number;
  warnings?: Warning[];
  rewrite?: (file: Buffer) => Buffer;
}

const animation = (): ImageServiceError =>
  new ImageServiceError(
    'unsupported_image',
    'The image is an animated AVIF without a still image, and frames of one are not read here. Send one of them, or the animation as WebP or GIF.',
  );

/** 0 stands for the rest of the file. */
function boxSize(header: Buffer, rest: number): number {
  const size = header.readUInt32BE(0);
  if (size === 0) return rest;
  return size === 1 ? Number(header.readBigUInt64BE(8)) : size;
}

async function readMeta(window: FileWindow, { at, length: bytes }: ByteRange, coding: Coding): Promise<ItemFacts> {
  const limit = LIMITS.avifMetaBytes;
  if (bytes > limit) {
    const detail = `The meta box of the image has ${bytes} bytes; the limit is ${limit}.`;
    throw new ImageServiceError('image_unreadable', detail, { limit, actual: bytes, unit: 'bytes' });
  }
  const meta = await window.copy(at, bytes);
  const count = openPartCounter('avifParts');
  const items = readAvifItems(meta, { countItem: openPartCounter('avifItems'), count });
  await countMetadata(items, window, at);
  const frames = new Map<number, number>();
  coding.check?.(items);
  for (const [id, item] of items.byId)
    if (item.type === coding.type) frames.set(id, await coding.countFrames(item, { meta, window, count }));
  const shown = items.byId.get(items.primary);
  const cicp = shown?.nclx && !shown.hasProfile ? cicpOfNclx(shown.nclx) : undefined;
  const ends = [...items.byId.values()].flatMap(({ extents }) => extents.map(endOf));
  return {
    decoded: decodedPixels(items, frames),
    dataEnd: Math.max(0, ...ends),
    ...(cicp && { colours: { cicp, primary: items.primary } }),
  };
}

/** In the file; a length of 0 stands for the rest of it. */
const endOf = ({ offset, length, isInMeta }: Extent): number => {
  if (isInMeta) return 0;
  return length === 0 ? Number.POSITIVE_INFINITY : offset + length;
};

/** Bytes before the EXIF of an item: how far its TIFF header is behind them (ISO/IEC 23008-12, A.2.1). */
const EXIF_OFFSET_BYTES = 4;

/** Metadata are items beside the image. */
async function countMetadata({ byId }: AvifItems, window: FileWindow, metaAt: number): Promise<void> {
  const metadata = openMetadataCounter(window);
  for (const { type, extents, isDeflated } of byId.values()) {
    if (!METADATA_TYPES.includes(type)) continue;
    const stretches = extents.map(({ offset, length, isInMeta }) => ({
      at: isInMeta ? metaAt + offset : offset,
      // The rest of the file.
      length: length || window.fileSize - offset,
    }));
    const bytes = stretches.reduce((sum, { length }) => sum + length, 0);
    if (type === 'Exif') await metadata.addExif(withoutFirst(stretches, EXIF_OFFSET_BYTES));
    else metadata.add(isDeflated ? bytes * MOST_INFLATED : bytes);
  }
}

const METADATA_TYPES = ['Exif', 'mime', 'uri '];

function withoutFirst([first, ...others]: ByteRange[], bytes: number): ByteRange[] {
  if (!first) return [];
  const { at, length } = first;
  return length <= bytes
    ? withoutFirst(others, bytes - length)
    : [{ at: at + bytes, length: length - bytes }, ...others];
}
