import { type FileHandle, open } from 'node:fs/promises';
import { type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';
import { sniffFormat } from '../../../shared/domain/image-format.ts';
import { cutGifEnd } from './whole-gif.ts';

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): 32 bits of size and the type, then 64 bits of size if that is 1. */
const BOX_HEADER_BYTES = 16;

/** Boxes at the top of a file that are looked at; an AVIF has three or four. */
const MOST_BOXES = 64;

/**
 * Refuses an AVIF or a GIF that ends before its data do: their decoders paint or leave out what is missing and say nothing. Those of the
 * other formats tell by themselves.
 */
export async function checkWholeFile(path: string, code: ErrorCode = 'image_unreadable'): Promise<void> {
  await using file = await open(path);
  const { size: fileSize } = await file.stat();
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  await file.read(header, 0, BOX_HEADER_BYTES, 0);
  const findEnd = CUT_ENDS[sniffFormat(header) ?? ''];
  const end = await findEnd?.(file, fileSize);
  if (end === undefined) return;
  throw new ImageServiceError(
    code,
    `The image is cut: it has ${fileSize} bytes, and its data go on to ${end} at least.`,
  );
}

/** By format: where data end that go on behind the end of a file. */
const CUT_ENDS: Record<string, (file: FileHandle, fileSize: number) => Promise<number | undefined>> = {
  avif: cutAvifEnd,
  gif: cutGifEnd,
};

async function cutAvifEnd(file: FileHandle, fileSize: number): Promise<number | undefined> {
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  let offset = 0;
  for (let box = 0; box < MOST_BOXES && offset < fileSize; box += 1) {
    await file.read(header, 0, BOX_HEADER_BYTES, offset);
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
