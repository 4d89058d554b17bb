import { ImageServiceError } from '../errors.ts';
import type { Size } from '../geometry.ts';
import { LIMITS } from '../limits.ts';
import { Uncountable } from './svg-documents.ts';
import { ANY_EXTENT, type Extent, joinExtents, NO_EXTENT, type Region, shareOf } from './svg-filter-regions.ts';
import { type LineCost, NO_LINES } from './svg-lines.ts';
import { type Part, type References, readReferences } from './svg-references.ts';

/** The work of librsvg for a drawing, with all references expanded. */
export interface Painting {
  elements: number;
  /** Layers that are drawn separately and then laid over what is beneath. */
  layers: number;
  /** Nanoseconds per pixel of the canvas, beside those layers. */
  canvasNs: number;
  /** Nanoseconds per pixel of the canvas for regions that references repeat, each of which may be as large as the canvas. */
  regionNs: number;
  /** Nanoseconds for lines: independent of the size, and per pixel of a side. */
  lineNs: number;
  sideNs: number;
  /** Pixels of pictures: counted as often as they are shown, and of those that are decoded. */
  pictured: number;
  pictures: number;
}

/** The cost of one part, with everything that it refers to. */
interface Cost extends Omit<Painting, 'pictures'>, LineCost {
  /** The part of `regionNs` for regions that no reference repeats. Their sizes are not known, and they may be small. */
  writtenNs: number;
  shapes: number;
  writtenShapes: number;
  vertices: number;
  filtering: Part['filtering'];
  extent: Extent;
}

/**
 * Nanoseconds on one core (librsvg 2.63, measured at 4 to 100 megapixels, as command-costs.ts says). librsvg gives every layer and mask a
 * surface of the whole canvas, and libvips draws the drawing again for each tile of it. Operations between such large surfaces are slower.
 */
const ELEMENT_NS = 20_000;
const LAYER_NS = 5;
/** The additional cost of a layer on a canvas of several tiles. */
const LARGE_LAYER_NS = 4;
const INNER_LAYER_NS = 17;
const MASK_NS = 60;
const FILTER_NS = 10;
const PATTERN_NS = 3;
const DRAWING_NS = 5;
/** Per pixel of a picture: when it is decoded, and each time it is shown. Measured: 3 ns if it becomes very small, 24 at a quarter of its side, 53 at two thirds. */
const DECODED_NS = 25;
const SHOWN_NS = 40;

/** A filter function; the figures are those of primitives in svg-filter-primitives.ts. */
const FUNCTION = { each: 220, all: 15 };

/** The side, in pixels, of the tiles in which libvips draws a drawing (svgload.c, TILE_SIZE). */
const TILE = 2000;

/** A circle of references through more parts than this counts as endless. librsvg does not follow a reference back to its beginning. */
const MOST_IN_CIRCLE = 32;

const NOTHING: Cost = {
  ...NO_LINES,
  elements: 0,
  layers: 0,
  canvasNs: 0,
  regionNs: 0,
  pictured: 0,
  writtenNs: 0,
  shapes: 0,
  writtenShapes: 0,
  vertices: 0,
  filtering: { each: 0, all: 0 },
  extent: NO_EXTENT,
};
const ENDLESS: Cost = { ...NOTHING, elements: Number.POSITIVE_INFINITY };

const unreadable = (detail: string, facts = {}): ImageServiceError =>
  new ImageServiceError('image_unreadable', detail, facts);

/** Estimates the work of drawing an SVG, in time linear in its length. */
export function paintingOf(svg: string): Painting {
  try {
    const references = readReferences(svg);
    const { elements, layers, canvasNs, regionNs, writtenNs, pictured, ...lines } = costOf(references);
    const { lineNs, sideNs, coverNs } = lines;
    const again = regionNs > writtenNs ? regionNs - writtenNs : 0;
    const { pictures } = references;
    return { elements, layers, canvasNs: canvasNs + coverNs, regionNs: again, lineNs, sideNs, pictured, pictures };
  } catch (error) {
    if (error instanceof Uncountable) throw unreadable(`The SVG ${error.message}`);
    throw error;
  }
}

/** The most seconds that librsvg takes to draw it at a size. */
export function secondsToPaint(painting: Painting, { width, height }: Size): number {
  const { elements, layers, canvasNs, regionNs, lineNs, sideNs, pictured, pictures } = painting;
  const [across, down] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
  const canvas = width * height * (layers * LAYER_NS + canvasNs + regionNs);
  const each = elements * ELEMENT_NS + lineNs + canvas + pictured * SHOWN_NS;
  // A tile contains only the part of a line at its height.
  const lines = Math.max(across * height, down * width) * sideNs;
  return (across * down * each + lines + pictures * DECODED_NS) / 1e9;
}

/** Refuses a drawing that would take librsvg, which cannot be interrupted, too long at a size. It throws `rendition_too_costly`, because a smaller size may be possible. */
export function checkPainting(painting: Painting, size: Size): void {
  if (painting.pictures > LIMITS.inputPixels) {
    const facts = { limit: LIMITS.inputPixels, actual: painting.pictures, unit: 'pixels' as const };
    throw unreadable(
      `The pictures that the SVG embeds have ${facts.actual} pixels together; the limit is ${facts.limit}.`,
      facts,
    );
  }
  const limit = LIMITS.svgDrawingSeconds;
  const actual = Math.ceil(secondsToPaint(painting, size));
  if (actual <= limit) return;
  const seconds = Number.isFinite(actual) && actual < 1e9 ? `${actual}` : 'more than a billion';
  const detail = `The SVG has so many elements, lines, references, masks, filters and pictures that it may take ${seconds} seconds to draw at ${size.width} × ${size.height} pixels; the limit is ${limit}. Ask for fewer pixels, or simplify the drawing.`;
  throw new ImageServiceError('rendition_too_costly', detail, {
    unit: 'seconds',
    limit,
    actual: Math.min(actual, Number.MAX_SAFE_INTEGER),
  });
}

/** The cost of a drawing with all references expanded. The cost of each part is computed once, however often it is referred to. */
function costOf(references: References): Cost {
  const { root } = references;
  const costs = new Map<Part, Cost>();
  const known = (part: Part) => costs.get(part) ?? NOTHING;
  for (const circle of circlesOf(root)) {
    if (circle.length > MOST_IN_CIRCLE) for (const part of circle) costs.set(part, ENDLESS);
    // A path through a circle visits each of its parts once at most.
    else for (const _ of circle) for (const part of circle) costs.set(part, costOfPart(part, { ...references, known }));
  }
  return known(root);
}

interface Known extends Omit<References, 'root'> {
  known: (part: Part) => Cost;
}

/** The cost of a part whose lines are drawn enlarged. */
function enlarged(cost: Cost, scale: number): Cost {
  if (scale === 1) return cost;
  const { sideNs, mostSideNs, coverNs, mostCoverNs } = cost;
  // A part that is infinitely small where it is defined may be as large as the canvas where it is used.
  if (!Number.isFinite(scale)) return { ...cost, sideNs: mostSideNs, coverNs: mostCoverNs };
  return {
    ...cost,
    sideNs: Math.min(mostSideNs, scale * sideNs),
    coverNs: Math.min(mostCoverNs, scale * scale * coverNs),
  };
}

function costOfPart(part: Part, references: Known): Cost {
  const { known, mostScale, mostMarkerScale } = references;
  const cost: Cost = { ...NOTHING, ...ownOf(part) };
  for (const child of part.children) addChild(cost, known(child));
  for (const used of part.uses) {
    const { shapes, vertices } = known(used);
    add(cost, enlarged(known(used), used.isFramed ? part.shownBox : part.shownScale / used.scale));
    cost.shapes += shapes;
    cost.vertices += vertices;
    cost.extent = ANY_EXTENT;
  }
  for (const drawing of part.drawings)
    addRegion(cost, inner(enlarged(known(drawing), part.shownBox)), { ns: DRAWING_NS });
  for (const marker of part.markers) {
    // Placing a marker takes as long as an element (measured).
    add(cost, enlarged(known(marker), mostMarkerScale / marker.scale), cost.vertices);
    cost.elements += cost.vertices;
  }
  for (const paint of part.paints) {
    const ns = paint.role === 'pattern' ? PATTERN_NS : 0;
    const content = inner(enlarged(known(paint), mostScale / paint.scale));
    addRegion(cost, content, { ns, times: cost.shapes, written: cost.writtenShapes });
  }
  return isolated(part, cost, references);
}

const ownOf = ({ elements, shapes, vertices, lines, pictured, filtering, extent }: Part) => ({
  ...lines,
  elements,
  shapes,
  writtenShapes: shapes,
  vertices,
  pictured,
  filtering: { ...filtering },
  extent,
});

/** Adds the cost of masks, filters and opacity that apply to a part as a whole. */
function isolated(part: Part, cost: Cost, { known, inherits, mostScale }: Known): Cost {
  const share = (region: Region) => (inherits ? 1 : shareOf(region, cost.extent, part.frame));
  const times = inherits ? 1 + cost.elements : 1;
  const isLayer =
    part.isLayer || part.functions > 0 || part.own.some(({ role, isBoxed }) => role !== 'clipPath' || isBoxed);
  const whole = isLayer ? { ...inner(cost), layers: times } : cost;
  addRegion(whole, NOTHING, { ns: isLayer ? LARGE_LAYER_NS : 0, times });
  for (const asked of part.own) {
    const { filtering } = known(asked);
    const content = inner(enlarged(known(asked), mostScale / asked.scale));
    if (asked.role === 'filter') {
      whole.canvasNs += times * (FILTER_NS + filtering.all);
      addRegion(whole, content, { ns: filtering.each, times, written: times * (1 - share(asked.region)) });
      whole.extent = ANY_EXTENT;
    } else {
      whole.canvasNs += asked.role === 'mask' ? times * MASK_NS : 0;
      addRegion(whole, content, { ns: asked.role === 'pattern' ? PATTERN_NS : 0, times });
    }
  }
  const { functions } = part;
  whole.canvasNs += functions && times * functions * (FILTER_NS + FUNCTION.all);
  // The region of a filter function is the whole canvas, however small the box is.
  addRegion(whole, NOTHING, { ns: functions && functions * FUNCTION.each, times, written: 0 });
  if (functions > 0) whole.extent = ANY_EXTENT;
  return whole;
}

/** The cost of the same content on a surface inside another. */
const inner = (cost: Cost): Cost => ({
  ...cost,
  layers: 0,
  canvasNs: cost.canvasNs + cost.layers * INNER_LAYER_NS,
});

/** Multiplies; 0 times infinity is 0. */
const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

function add(to: Cost, more: Cost, times = 1): void {
  to.elements += product(times, more.elements);
  to.layers += product(times, more.layers);
  to.canvasNs += product(times, more.canvasNs);
  to.regionNs += product(times, more.regionNs);
  to.pictured += product(times, more.pictured);
  to.lineNs += product(times, more.lineNs);
  to.sideNs += product(times, more.sideNs);
  to.mostSideNs += product(times, more.mostSideNs);
  to.coverNs += product(times, more.coverNs);
  to.mostCoverNs += product(times, more.mostCoverNs);
}

function addChild(to: Cost, child: Cost): void {
  add(to, child);
  to.shapes += child.shapes;
  to.vertices += child.vertices;
  to.writtenNs += child.writtenNs;
  to.writtenShapes += child.writtenShapes;
  to.extent = joinExtents(to.extent, child.extent);
  to.filtering = { each: to.filtering.each + child.filtering.each, all: to.filtering.all + child.filtering.all };
}

/** Adds content on a surface of its own, which costs `ns` per pixel and is drawn `times` times; `written` of these are not repeated by references. */
function addRegion(
  to: Cost,
  content: Cost,
  { ns, times = 1, written = times }: { ns: number; times?: number; written?: number },
): void {
  add(to, content, times);
  to.regionNs += product(times, ns);
  to.writtenNs += product(written, ns);
}

const referredTo = ({ children, uses, drawings, own, paints, markers }: Part): Part[] => [
  ...children,
  ...uses,
  ...drawings,
  ...own,
  ...paints,
  ...markers,
];

/**
 * The strongly connected components of the parts that can be reached from a part, each after those that it refers to. (Tarjan, Depth-first
 * search and linear graph algorithms, 1972; without recursion, because chains of references may be longer than a stack allows.)
 */
function circlesOf(root: Part): Part[][] {
  interface Visit {
    part: Part;
    lowest: number;
    index: number;
    isOpen: boolean;
  }
  const visits = new Map<Part, Visit>();
  const open: Visit[] = [];
  const circles: Part[][] = [];
  const enter = (part: Part) => {
    const index = visits.size;
    const visit: Visit = { part, lowest: index, index, isOpen: true };
    visits.set(part, visit);
    open.push(visit);
    return { visit, rest: referredTo(part) };
  };
  const stack = [enter(root)];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { visit, rest } = top;
    const next = rest.pop();
    if (next) {
      const known = visits.get(next);
      if (!known) stack.push(enter(next));
      else if (known.isOpen) visit.lowest = Math.min(visit.lowest, known.index);
      continue;
    }
    stack.pop();
    const below = stack.at(-1)?.visit;
    if (below) below.lowest = Math.min(below.lowest, visit.lowest);
    if (visit.lowest < visit.index) continue;
    const circle = open.splice(open.lastIndexOf(visit));
    for (const each of circle) each.isOpen = false;
    circles.push(circle.map(({ part }) => part));
  }
  return circles;
}
