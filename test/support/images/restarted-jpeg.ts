import sharp, { type Sharp } from 'sharp';
import { firstScan, inserted, patched, segmentsOf } from './jpeg-files.ts';

const [FRAME, SCAN] = [0xc0, 0xda];
const BLOCK = 8;
/** Rows of pixels between two restart markers: several rows of blocks. */
const RESTARTED_ROWS = 4 * BLOCK;

/**
 * A grey JPEG with a restart marker after each strip, composed of JPEGs of the picture's strips. The picture must be a whole number of
 * strips.
 */
export async function restartedJpeg(picture: Sharp, [width, height]: [number, number]): Promise<Buffer> {
  const grey = await picture.grayscale().toColourspace('b-w').png().toBuffer();
  const strips: Buffer[] = [];
  for (let top = 0; top < height; top += RESTARTED_ROWS)
    strips.push(
      await sharp(grey)
        .extract({ left: 0, top, width, height: RESTARTED_ROWS })
        .toColourspace('b-w')
        .jpeg({ optimiseCoding: false })
        .toBuffer(),
    );
  const [first = Buffer.alloc(0)] = strips;
  const frameAt = segmentsOf(first).find(({ marker }) => marker === FRAME)?.at ?? 0;
  const tall = patched(first.subarray(0, firstScan(first)), frameAt + 5, height >> 8, height & 255);
  const scanAt = segmentsOf(first).find(({ marker }) => marker === SCAN)?.at ?? 0;
  const interval = Math.ceil(width / BLOCK) * (RESTARTED_ROWS / BLOCK);
  const head = inserted(tall, scanAt, Buffer.from([0xff, 0xdd, 0, 4, interval >> 8, interval & 255]));
  const data = strips.flatMap((strip, index) => [
    ...(index > 0 ? [Buffer.from([0xff, 0xd0 + ((index - 1) % 8)])] : []),
    strip.subarray(firstScan(strip), -2),
  ]);
  return Buffer.concat([head, ...data, Buffer.from([0xff, 0xd9])]);
}
