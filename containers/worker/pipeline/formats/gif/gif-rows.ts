import type { FrameArea } from '../../../../../shared/domain/formats/gif-blocks.ts';
import type { Size } from '../../../../../shared/domain/geometry.ts';
import { decodeLzw } from './gif-lzw.ts';
import type { GifData } from './read-gif.ts';

/** Where the rows of an interlaced frame begin, and how far apart they are (GIF89a specification, appendix E). */
const INTERLACED = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;
const IN_ORDER = [[0, 1]] as const;

const passesOf = ({ isInterlaced }: FrameArea) => (isInterlaced ? INTERLACED : IN_ORDER);

const within = (length: number, most: number): number => Math.max(0, Math.min(length, most));

/** How much of a frame lies on the screen. */
const onScreen = ({ left, top, width, height }: FrameArea, screen: Size): Size => ({
  width: within(screen.width - left, width),
  height: within(screen.height - top, height),
});

/** The rows of a frame in the order in which they are stored. */
export const storedRows = (place: FrameArea): number[] =>
  passesOf(place).flatMap(([from, step]) =>
    Array.from({ length: rowsOfPass(place.height, from, step) }, (_, index) => from + index * step),
  );

const rowsOfPass = (height: number, from: number, step: number): number =>
  Math.max(0, Math.ceil((height - from) / step));

/** How many rows of a frame, as they are stored, have to be decoded until the last one that is on the screen. */
export function rowsToDecode(place: FrameArea, screen: Size): number {
  const seen = onScreen(place, screen);
  if (seen.width === 0) return 0;
  let [before, rows] = [0, 0];
  for (const [from, step] of passesOf(place)) {
    const ofPass = rowsOfPass(seen.height, from, step);
    if (ofPass > 0) rows = before + ofPass;
    before += rowsOfPass(place.height, from, step);
  }
  return rows;
}

/** How many pixels of a frame are decoded on the way to those on the screen, and lie beside it. */
export function hiddenPixels(place: FrameArea, screen: Size): number {
  const seen = onScreen(place, screen);
  return place.width * rowsToDecode(place, screen) - seen.width * seen.height;
}

/** How many of the rows that have to be decoded the data of a frame lack. */
export function missingRows(frame: FrameArea & GifData, screen: Size): number {
  const rows = rowsToDecode(frame, screen);
  if (rows === 0) return 0;
  return rows - Math.floor(decodeLzw(frame, frame.width * rows) / frame.width);
}
