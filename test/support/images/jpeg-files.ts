import type { Sharp } from 'sharp';
import { photograph } from './picture.ts';

/** The range of a segment in a JPEG: from its 0xff to after its last byte, and for SOS to where its data begin. */
export interface Segment {
  marker: number;
  at: number;
  end: number;
}

const SOS = 0xda;
export const EOI = 0xd9;

/** The segments and the end of a JPEG that an encoder has written. */
export function segmentsOf(jpeg: Buffer): Segment[] {
  const found: Segment[] = [];
  for (let at = 2; at < jpeg.length; ) {
    const marker = jpeg[at + 1] ?? 0;
    if (jpeg[at] !== 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 1;
      continue;
    }
    const end = marker === EOI ? at + 2 : at + 2 + jpeg.readUInt16BE(at + 2);
    found.push({ marker, at, end });
    at = end;
  }
  return found;
}

/** The offset at which the data of the first scan begin. */
export const firstScan = (jpeg: Buffer): number => segmentsOf(jpeg).find(({ marker }) => marker === SOS)?.end ?? 0;

export const inserted = (whole: Buffer, at: number, bytes: Buffer): Buffer =>
  Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)]);

export const patched = (whole: Buffer, at: number, ...bytes: number[]): Buffer => {
  const copy = Buffer.from(whole);
  copy.set(bytes, at);
  return copy;
};

const picture = (): Sharp => photograph(120, 96);

/** JPEGs of the same picture, in each way to store one. */
export const JPEGS: Record<string, () => Promise<Buffer>> = {
  sequential: () => picture().jpeg().toBuffer(),
  'in full colour, with EXIF': () =>
    picture()
      .withExif({ IFD0: { Copyright: 'Ada' } })
      .jpeg({ chromaSubsampling: '4:4:4' })
      .toBuffer(),
  progressive: () => picture().jpeg({ progressive: true }).toBuffer(),
  'progressive by mozjpeg': () => picture().jpeg({ mozjpeg: true }).toBuffer(),
  grey: () => picture().grayscale().toColourspace('b-w').jpeg().toBuffer(),
  CMYK: () => photograph(40, 32).toColourspace('cmyk').jpeg().toBuffer(),
};
