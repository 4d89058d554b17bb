import { open } from 'node:fs/promises';
import { type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';
import { sniffFormat } from '../../../shared/domain/image-format.ts';

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): 32 bits of size and the type, then 64 bits of size if that is 1. */
const BOX_HEADER_BYTES = 16;

/** Boxes at the top of a file that are looked at; an AVIF has three or four. */
const MOST_BOXES = 64;

/**
 * Refuses an AVIF that ends before its data does: its decoder paints what is missing and says nothing. The decoders of the other
 * formats tell by themselves.
 */
export async function checkWholeFile(path: string, code: ErrorCode = 'image_unreadable'): Promise<void> {
  await using file = await open(path);
  const { size: fileSize } = await file.stat();
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  let offset = 0;
  for (let box = 0; box < MOST_BOXES && offset < fileSize; box += 1) {
    await file.read(header, 0, BOX_HEADER_BYTES, offset);
    if (box === 0 && sniffFormat(header) !== 'avif') return;
    const size = boxSize(header, fileSize - offset);
    if (size < 8 || offset + size > fileSize) {
      const detail = `The image is cut: it has ${fileSize} bytes, and its data end at ${offset + size}.`;
      throw new ImageServiceError(code, detail);
    }
    offset += size;
  }
}

/** 0 stands for the rest of the file. */
function boxSize(header: Buffer, rest: number): number {
  const size = header.readUInt32BE(0);
  if (size === 0) return rest;
  return size === 1 ? Number(header.readBigUInt64BE(8)) : size;
}
