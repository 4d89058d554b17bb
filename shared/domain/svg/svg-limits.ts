import { ImageServiceError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { embeddedTexts, importsData, linksData } from './svg-embedded.ts';
import { type Bytes, readMarkup, type SvgMarkup } from './svg-markup.ts';
import { readSvgRoot } from './svg-root.ts';
import { comparisonsOf, type Held } from './svg-selectors.ts';
import { checkTexts } from './svg-texts.ts';
import { checkElements, type SvgTree } from './svg-tree.ts';

/** The most bytes of a drawing with all embedded ones. It bounds the work, because base64 makes embedded text shorter at each level. */
const MOST_BYTES = 4 * LIMITS.svgBytes;

/** The deepest nesting of embedded drawings. */
const MOST_LEVELS = 16;

const refused = (detail: string, facts = {}): ImageServiceError =>
  new ImageServiceError('image_unreadable', detail, facts);

/** Yields a drawing and those that it embeds. librsvg may put their elements into one tree, where every sheet applies to all. */
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
  if (!root && text.includes('<!DOCTYPE'))
    throw refused('The SVG embeds a document whose DOCTYPE is not that of an SVG.');
  const head = text.slice(0, root?.offset ?? 0);
  const markup = readMarkup(text, root?.offset ?? 0);
  if (importsStyles(head, markup)) {
    throw refused('The SVG takes a style sheet from a data URL. Write its rules into a style element.');
  }
  const values = [...markup.values, head];
  if (!head.includes('<!ATTLIST')) return { ...markup, values, bytes: text.length };
  // A DOCTYPE may give attributes to every element, and those of an ancestor are read for each of its descendants.
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

/**
 * Refuses a drawing with too many elements, too long texts, or style sheets that would take librsvg, which cannot be interrupted, too long to
 * match. Returns the size of the tree that librsvg holds.
 */
export function checkSvgLimits(svg: string): SvgTree {
  const drawings = [...drawingsIn(svg)];
  const sum = (of: (drawing: (typeof drawings)[number]) => number) =>
    drawings.reduce((total, drawing) => total + of(drawing), 0);
  const tree = { elements: sum(({ elements }) => elements), bytes: sum(({ bytes }) => bytes) };
  checkElements(tree);
  checkTexts(sum(({ textSquares }) => textSquares));
  const { elements } = tree;
  const bytesOf = (of: (drawing: SvgMarkup) => Bytes): Bytes => {
    const own = sum((drawing) => of(drawing).own);
    // In one tree, every element may be an ancestor or sibling of every other.
    if (drawings.some(({ isOpen }) => isOpen)) return { own, above: own * elements, around: own * elements };
    return { own, above: sum((drawing) => of(drawing).above), around: sum((drawing) => of(drawing).around) };
  };
  const held: Held = {
    elements,
    // It is not known where an embedded drawing is inserted.
    siblingsBefore: drawings.length > 1 ? elements ** 2 / 2 : sum(({ siblingsBefore }) => siblingsBefore),
    depth: sum(({ depth }) => depth),
    mostChildren: sum(({ mostChildren }) => mostChildren),
    classes: bytesOf(({ classes }) => classes),
    tags: bytesOf(({ tags }) => tags),
  };
  const actual = Math.ceil(sum(({ sheets }) => sheets.reduce((total, sheet) => total + comparisonsOf(sheet, held), 0)));
  const limit = LIMITS.svgStyleComparisons;
  if (actual <= limit) return tree;
  const detail = `The style sheets of the SVG have so many selectors for so many elements that it may take ${actual} comparisons to match them; the limit is ${limit}. Write styles as attributes, or simplify the drawing.`;
  throw refused(detail, { limit, actual });
}
