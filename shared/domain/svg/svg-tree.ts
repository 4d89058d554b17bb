import { ImageServiceError } from '../errors.ts';
import { LIMITS } from '../limits.ts';

/** What librsvg holds as long as a drawing is open, by which memory is counted. */
export interface SvgTree {
  /** With those of drawings that it embeds. */
  elements: number;
  /** Of the text, likewise. */
  bytes: number;
}

/**
 * Bytes of resident memory (librsvg 2.63 through sharp, one drawing of 20,000 to 600,000 elements to a process): 2,630 for an empty one, 400 more for
 * text behind it, 700 to 1,200 for what it sets of style or language, 3,400 for pictures; and what counting them before takes. Long attributes and paths take up to 40 for each byte of theirs.
 */
const FOR_AN_ELEMENT = 4200;
const FOR_A_BYTE = 50;

export const bytesOfTree = ({ elements, bytes }: SvgTree): number => FOR_AN_ELEMENT * elements + FOR_A_BYTE * bytes;

/** Refuses a drawing of which librsvg could hold more than a process has, before it is opened: `image_unreadable`. */
export function checkElements({ elements: actual }: SvgTree): void {
  const limit = LIMITS.svgElements;
  if (actual <= limit) return;
  const detail = `The SVG and the drawings that it embeds have ${actual} elements; the limit is ${limit}. Join paths, or simplify the drawing.`;
  throw new ImageServiceError('image_unreadable', detail, { limit, actual });
}
