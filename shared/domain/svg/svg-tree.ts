import { ImageServiceError } from '../errors.ts';
import { LIMITS } from '../limits.ts';

/** The size of the tree that librsvg holds while a drawing is open, for estimates of memory. */
export interface SvgTree {
  /** Elements, including those of embedded drawings. */
  elements: number;
  /** Bytes of the text, including that of embedded drawings. */
  bytes: number;
}

/**
 * Bytes of resident memory (librsvg 2.63 through sharp, one drawing of 20,000 to 600,000 elements in each process): 2,630 for an empty element, 400 more for
 * text after it, 700 to 1,200 for its style or language, 3,400 for pictures; and the memory for counting them before. Long attributes and paths take up to 40 for each of their bytes.
 */
const FOR_AN_ELEMENT = 4200;
const FOR_A_BYTE = 50;

export const bytesOfTree = ({ elements, bytes }: SvgTree): number => FOR_AN_ELEMENT * elements + FOR_A_BYTE * bytes;

/** Refuses a drawing for which librsvg could need more memory than a process has, before it is opened: `image_unreadable`. */
export function checkElements({ elements: actual }: SvgTree): void {
  const limit = LIMITS.svgElements;
  if (actual <= limit) return;
  const detail = `The SVG and the drawings that it embeds have ${actual} elements; the limit is ${limit}. Join paths, or simplify the drawing.`;
  throw new ImageServiceError('image_unreadable', detail, { limit, actual });
}
