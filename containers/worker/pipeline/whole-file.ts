import { open } from 'node:fs/promises';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { type ImageFormat, sniffFormat } from '../../../shared/domain/image-format.ts';
import { type FileWindow, openWindow } from './file-window.ts';
import { openTally } from './tally.ts';
import { cutGifEnd } from './whole-gif.ts';

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): 32 bits of size and the type, then 64 bits of size if that is 1. */
const BOX_HEADER_BYTES = 16;

/** By format: where data end that go on behind the end of a file. */
const CUT_ENDS: Partial<Record<ImageFormat, (window: FileWindow) => Promise<number | undefined>>> = {
  avif: cutAvifEnd,
  gif: cutGifEnd,
};

/**
 * Refuses an AVIF or a GIF that ends before its data do: their decoders paint or leave out what is missing and say nothing. Those of the
 * other formats tell by themselves.
 */
export async function checkWholeFile(path: string): Promise<void> {
  await using file = await open(path);
  const { size: fileSize } = await file.stat();
  const window = openWindow(file, fileSize);
  const format = sniffFormat(await window.bytes(0, BOX_HEADER_BYTES));
  const end = format && (await CUT_ENDS[format]?.(window));
  if (end === undefined) return;
  throw new ImageServiceError(
    'image_unreadable',
    `The image is cut: it has ${fileSize} bytes, and its data go on to ${end} at least.`,
  );
}

/** Refuses one of more boxes than LIMITS, too: libheif goes through them each time it opens the file. */
async function cutAvifEnd(window: FileWindow): Promise<number | undefined> {
  const { fileSize } = window;
  const count = openTally('avifBoxes');
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  let offset = 0;
  while (offset < fileSize) {
    count();
    header.fill(0).set(await window.bytes(offset, BOX_HEADER_BYTES));
    const size = boxSize(header, fileSize - offset);
    if (size < 8 || offset + size > fileSize) return offset + size;
    offset += size;
  }
  return undefined;
}

/** 0 stands for the rest of the file. */
function boxSize(header: Buffer, rest: number): number {
  const size = header.readUInt32BE(0);
  if (size === 0) return rest;
  return size === 1 ? Number(header.readBigUInt64BE(8)) : size;
}
