import { ImageServiceError } from './errors.ts';
import { LIMITS } from './limits.ts';

const STYLE = /<(?:[\w.-]+:)?style\b/g;
const STYLE_END = '</';

const count = (text: string, character: string, [from, to]: readonly [number, number]): number => {
  let found = 0;
  for (let at = text.indexOf(character, from); at >= 0 && at < to; at = text.indexOf(character, at + 1)) found += 1;
  return found;
};

/** How often a selector may be held against an element: every one against each. Counted by the signs that end a selector and begin an element, never too few. */
function styleMatches(svg: string): number {
  let selectors = 0;
  for (const { index } of svg.matchAll(STYLE)) {
    const end = svg.indexOf(STYLE_END, index);
    const range = [index, end < 0 ? svg.length : end] as const;
    selectors += count(svg, '{', range) + count(svg, ',', range);
  }
  return selectors * count(svg, '<', [0, svg.length]);
}

/** Refuses a drawing whose style sheets librsvg, which nothing interrupts, would hold against its elements for too long. */
export function checkStyles(svg: string): void {
  const actual = styleMatches(svg);
  const limit = LIMITS.svgStyleMatches;
  if (actual <= limit) return;
  const detail = `The style sheets of the SVG have so many selectors for so many elements that ${actual} pairs of both are to be compared; the limit is ${limit}. Write styles as attributes, or simplify the drawing.`;
  throw new ImageServiceError('image_unreadable', detail, { limit, actual });
}
