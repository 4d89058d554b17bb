import { ImageServiceError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { embeddedTexts, importsData, linksData } from './svg-embedded.ts';
import { type Bytes, readMarkup, type SvgMarkup } from './svg-markup.ts';
import { readSvgRoot } from './svg-root.ts';
import { comparisonsOf, type Held } from './svg-selectors.ts';
import { checkElements, type SvgTree } from './svg-tree.ts';

/** Text that is read of one drawing, what it embeds included: what is in base64 is shorter each time it is embedded. */
const MOST_BYTES = 4 * LIMITS.svgBytes;

/** How deep drawings may be embedded in each other. */
const MOST_LEVELS = 16;

const refused = (detail: string, facts = {}): ImageServiceError =>
  new ImageServiceError('image_unreadable', detail, facts);

/** A drawing and those it embeds, whose elements librsvg may have in one tree, where every sheet is for all. */
function* drawingsIn(svg: string): Generator<SvgMarkup & { bytes: number }> {
  let rest = MOST_BYTES;
  let level = [svg];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_LEVELS) throw refused(`The SVG embeds drawings ${depth} deep; the limit is ${MOST_LEVELS}.`);
    const next: string[] = [];
    for (const text of level) {
      rest -= text.length;
      if (rest < 0) throw refused(`The SVG and the drawings that it embeds have more than ${MOST_BYTES} bytes.`);
      const markup = readDrawing(text);
      yield markup;
      for (const value of [...markup.values, ...markup.sheets]) next.push(...embeddedTexts(value));
    }
    level = next;
  }
}

function readDrawing(text: string): SvgMarkup & { bytes: number } {
  const root = readSvgRoot(Buffer.from(text, 'latin1'));
  if (!root && text.includes('<!DOCTYPE')) throw refused('The SVG embeds a document whose DOCTYPE is of no SVG.');
  const head = text.slice(0, root?.offset ?? 0);
  const markup = readMarkup(text, root?.offset ?? 0);
  if (importsStyles(head, markup)) {
    throw refused('The SVG takes a style sheet from a data URL. Write its rules into a style element.');
  }
  const values = [...markup.values, head];
  if (!head.includes('<!ATTLIST')) return { ...markup, values, bytes: text.length };
  // A DOCTYPE may give every element attributes, and what is given to an ancestor is read for each of its descendants.
  const given = head.length * (markup.elements + markup.siblingsBefore + markup.depth * markup.elements);
  return {
    ...markup,
    values,
    bytes: text.length,
    classes: withMore(markup.classes, given),
    tags: withMore(markup.tags, given),
  };
}

const withMore = ({ own, above, around }: Bytes, more: number): Bytes => ({
  own: own + more,
  above: above + more,
  around: around + more,
});

const importsStyles = (head: string, { sheets, instructions }: SvgMarkup): boolean =>
  sheets.some(importsData) || instructions.some(linksData) || linksData(head);

function checkTexts(actual: number): void {
  const limit = LIMITS.svgTextSquares;
  if (actual <= limit) return;
  const detail = `The texts of the SVG are so long that the squares of their bytes are ${actual} together; the limit is ${limit}. Write a text in several elements.`;
  throw refused(detail, { limit, actual });
}

/**
 * Refuses a drawing of too many elements, and one whose texts, or whose style sheets librsvg, which nothing interrupts, would hold against its
 * elements for too long. Answers what librsvg holds of it.
 */
export function checkStyles(svg: string): SvgTree {
  const drawings = [...drawingsIn(svg)];
  const sum = (of: (drawing: (typeof drawings)[number]) => number) =>
    drawings.reduce((total, drawing) => total + of(drawing), 0);
  const tree = { elements: sum(({ elements }) => elements), bytes: sum(({ bytes }) => bytes) };
  checkElements(tree);
  checkTexts(sum(({ textSquares }) => textSquares));
  const { elements } = tree;
  const bytesOf = (of: (drawing: SvgMarkup) => Bytes): Bytes => {
    const own = sum((drawing) => of(drawing).own);
    // In one tree, every element may stand around every other.
    if (drawings.some(({ isOpen }) => isOpen)) return { own, above: own * elements, around: own * elements };
    return { own, above: sum((drawing) => of(drawing).above), around: sum((drawing) => of(drawing).around) };
  };
  const held: Held = {
    elements,
    // Where an embedded one begins is not known.
    siblingsBefore: drawings.length > 1 ? elements ** 2 / 2 : sum(({ siblingsBefore }) => siblingsBefore),
    depth: sum(({ depth }) => depth),
    mostChildren: sum(({ mostChildren }) => mostChildren),
    classes: bytesOf(({ classes }) => classes),
    tags: bytesOf(({ tags }) => tags),
  };
  const actual = Math.ceil(sum(({ sheets }) => sheets.reduce((total, sheet) => total + comparisonsOf(sheet, held), 0)));
  const limit = LIMITS.svgStyleComparisons;
  if (actual <= limit) return tree;
  const detail = `The style sheets of the SVG have so many selectors for so many elements that it may take ${actual} comparisons to hold one against the other; the limit is ${limit}. Write styles as attributes, or simplify the drawing.`;
  throw refused(detail, { limit, actual });
}
