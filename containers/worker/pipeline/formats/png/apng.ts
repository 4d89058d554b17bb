import { LIMITS } from '../../../../../shared/domain/limits.ts';
import type { Warning } from '../../../../../shared/domain/warnings.ts';
import { chunkData, HEADER_END, readChunks, writeChunk } from './png-chunks.ts';

/** Chunks of an animated PNG, and bytes of their data (PNG, third edition, 11.3.6). */
const LENGTHS: Record<string, number> = { acTL: 8, fcTL: 26 };

/** The pixels that are decoded for an animated PNG, and the warnings about it. */
export interface ApngFacts {
  warnings?: Warning[];
  rewrite?: (png: Buffer) => Buffer;
}

const warningOf = (shown: string): Warning => ({
  code: 'first_frame_only',
  detail: `The original is an animated PNG (APNG); ${shown}.`,
});
const FIRST_FRAME = warningOf('its first frame is shown');
const DEFAULT_IMAGE = warningOf(
  'the picture is shown that it has for programs that do not animate, which is no frame of it',
);

/** Finds which of its pictures browsers show first. A PNG is animated if it has an acTL before its pixels that says so. */
export function collectApngFacts() {
  let [isAnimated, isBehindPixels, frames] = [false, false, 0];
  let first: { frame: Buffer; isDefault: boolean; hasData: boolean } | undefined;
  return {
    isOne: (type: string, length: number): boolean => LENGTHS[type] === length,
    /** A type, data and a checksum. */
    add(chunk: Buffer): void {
      const [type, data] = [chunk.toString('latin1', 0, 4), chunkData(chunk)];
      if (!data) return;
      if (type === 'acTL') isAnimated ||= !isBehindPixels && data.readUInt32BE(0) > 0;
      else {
        first ??= { frame: data, isDefault: !isBehindPixels, hasData: false };
        frames += 1;
      }
    },
    pixels(type: string): void {
      if (type === 'IDAT') isBehindPixels = true;
      if (type === 'fdAT' && first) first.hasData = true;
    },
    /** Takes the bytes of the file up to the end of IHDR. */
    facts(header: Buffer, fileSize: number): ApngFacts {
      if (!isAnimated || !first) return {};
      if (first.isDefault) return frames > 1 ? { warnings: [FIRST_FRAME] } : {};
      const isShown = first.hasData && isWhole(first.frame, header) && fileSize <= LIMITS.rewrittenBytes;
      if (!isShown) return { warnings: [DEFAULT_IMAGE] };
      return { rewrite: withFirstFrame, ...(frames > 1 && { warnings: [FIRST_FRAME] }) };
    },
  };
}

/** Whether a frame is as large as the image: its number is followed by its sides and its offsets. */
const isWhole = (frame: Buffer, header: Buffer): boolean =>
  frame.subarray(4, 12).equals(header.subarray(16, 24)) && frame.readUInt32BE(12) === 0 && frame.readUInt32BE(16) === 0;

/** Bytes of the number that stands before the data of a frame. */
const NUMBER_BYTES = 4;

/** A PNG that has the data of the first frame for its pixels. */
function withFirstFrame(png: Buffer): Buffer {
  const before: Buffer[] = [];
  const data: Buffer[] = [];
  const behind: Buffer[] = [];
  let frames = 0;
  for (const { type, bytes } of readChunks(png)) {
    if (type === 'fcTL') frames += 1;
    else if (type === 'fdAT' && frames === 1)
      data.push(writeChunk('IDAT', bytes.subarray(8 + NUMBER_BYTES, 8 + bytes.readUInt32BE(0))));
    else if (!['acTL', 'fdAT', 'IDAT'].includes(type)) (frames === 0 ? before : behind).push(bytes);
  }
  return Buffer.concat([png.subarray(0, HEADER_END), ...before, ...data, ...behind]);
}
