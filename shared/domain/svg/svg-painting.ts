import { ImageServiceError } from '../errors.ts';
import type { Size } from '../geometry.ts';
import { LIMITS } from '../limits.ts';
import { Uncountable } from './svg-documents.ts';
import { type LineCost, NO_LINES } from './svg-lines.ts';
import { type Part, type References, readReferences } from './svg-references.ts';
import { ANY_EXTENT, type Extent, joinExtents, NO_EXTENT, type Region, shareOf } from './svg-regions.ts';

/** What librsvg draws for a drawing, all that references ask for expanded. */
export interface Painting {
  elements: number;
  /** Layers that are drawn by themselves and laid over what is beneath. */
  layers: number;
  /** Nanoseconds for each pixel of the canvas, beside those layers. */
  canvasNs: number;
  /** The same of what references ask for again: it may be as large as the canvas. */
  regionNs: number;
  /** Nanoseconds for lines: whatever the size is, and for each pixel of a side. */
  lineNs: number;
  sideNs: number;
  /** Pixels of pictures, as often as they are shown, and of all that are decoded. */
  pictured: number;
  pictures: number;
}

/** Of one part, with all that it asks for. */
interface Cost extends Omit<Painting, 'pictures'>, LineCost {
  /** Of the regions, those that stand in the text and not behind a reference: nobody knows how small they are. */
  writtenNs: number;
  shapes: number;
  writtenShapes: number;
  vertices: number;
  filtering: Part['filtering'];
  extent: Extent;
}

/**
 * Nanoseconds on one core (librsvg 2.63, measured at 4 to 100 megapixels, as command-costs.ts says). librsvg gives every layer and mask a
 * surface of the whole canvas, and libvips has the drawing drawn anew for each tile of it. Between surfaces of that size all is slower.
 */
const ELEMENT_NS = 20_000;
const LAYER_NS = 5;
/** What a layer takes more that is as large as a canvas of several tiles. */
const LARGE_LAYER_NS = 4;
const INNER_LAYER_NS = 17;
const MASK_NS = 60;
const FILTER_NS = 10;
const PATTERN_NS = 3;
const DRAWING_NS = 5;
/** For each pixel of a picture: when it is decoded, and each time it is shown. Measured: 3 ns where it becomes very small, 24 to a quarter of its side, 53 to two thirds. */
const DECODED_NS = 25;
const SHOWN_NS = 40;

/** A function of a filter, as primitives in svg-primitives.ts. */
const FUNCTION = { each: 220, all: 15 };

/** Pixels to a side of the tiles in which libvips has a drawing drawn (svgload.c, TILE_SIZE). */
const TILE = 2000;

/** References in a circle of more parts than that are counted as without an end. librsvg follows none to its beginning. */
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

/** What a drawing asks for, counted in a time that grows with its length. */
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

/** Seconds that librsvg takes at most to draw it in that size. */
export function secondsToPaint(painting: Painting, { width, height }: Size): number {
  const { elements, layers, canvasNs, regionNs, lineNs, sideNs, pictured, pictures } = painting;
  const [across, down] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
  const canvas = width * height * (layers * LAYER_NS + canvasNs + regionNs);
  const each = elements * ELEMENT_NS + lineNs + canvas + pictured * SHOWN_NS;
  // A tile has only what of a line is at its height.
  const lines = Math.max(across * height, down * width) * sideNs;
  return (across * down * each + lines + pictures * DECODED_NS) / 1e9;
}

/** Refuses a drawing that librsvg, which nothing interrupts, would draw for too long in that size: `rendition_too_costly`, as a smaller one may be made. */
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
  const detail = `The SVG asks for so much by its elements, lines, references, masks, filters and pictures that it may take ${seconds} seconds to draw at ${size.width} × ${size.height} pixels; the limit is ${limit}. Ask for fewer pixels, or simplify the drawing.`;
  throw new ImageServiceError('rendition_too_costly', detail, {
    unit: 'seconds',
    limit,
    actual: Math.min(actual, Number.MAX_SAFE_INTEGER),
  });
}

/** What is drawn for a part and all that it refers to. Each part is counted once, however often it is referred to. */
function costOf(references: References): Cost {
  const { root } = references;
  const costs = new Map<Part, Cost>();
  const known = (part: Part) => costs.get(part) ?? NOTHING;
  for (const circle of circlesOf(root)) {
    if (circle.length > MOST_IN_CIRCLE) for (const part of circle) costs.set(part, ENDLESS);
    // A way through a circle comes by each part of it once at most.
    else for (const _ of circle) for (const part of circle) costs.set(part, costOfPart(part, { ...references, known }));
  }
  return known(root);
}

interface Known extends Omit<References, 'root'> {
  known: (part: Part) => Cost;
}

/** The cost of a part where its lines are so many times as large as they stand. */
function enlarged(cost: Cost, scale: number): Cost {
  if (scale === 1) return cost;
  const { sideNs, mostSideNs, coverNs, mostCoverNs } = cost;
  // What stands so small that nothing of it is left may be as large as the canvas elsewhere.
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
    // To place one takes as long as an element (measured).
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

/** What is masked, filtered or transparent as a whole, and what that asks for. */
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
  // The region of a function is all of the canvas, however small the box is.
  addRegion(whole, NOTHING, { ns: functions && functions * FUNCTION.each, times, written: 0 });
  if (functions > 0) whole.extent = ANY_EXTENT;
  return whole;
}

/** The same on a surface within another. */
const inner = (cost: Cost): Cost => ({
  ...cost,
  layers: 0,
  canvasNs: cost.canvasNs + cost.layers * INNER_LAYER_NS,
});

/** Nothing of what is endless is nothing. */
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

/** What is drawn on a surface of its own, which costs that many nanoseconds a pixel; so often, of which so often as it is written. */
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
 * The parts that a part comes to, each behind all those that it comes to itself; parts that come to each other, together. (Tarjan, Depth-first
 * search and linear graph algorithms, 1972; without recursion, because references may be longer than a stack.)
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
