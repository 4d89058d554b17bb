import { pictureSize } from '../formats/embedded-picture-size.ts';
import { openDrawing, Uncountable, withIncluded } from './svg-documents.ts';
import { type Effects, effectsOf, joinEffects, NO_EFFECTS } from './svg-effects.ts';
import { embeddedBytes } from './svg-embedded.ts';
import { primitiveOf } from './svg-filter-primitives.ts';
import {
  ANY_EXTENT,
  type Extent,
  isUpright,
  joinExtents,
  NO_EXTENT,
  placedBox,
  type Region,
  regionOf,
  UNBOUNDED,
  USUAL_REGION,
} from './svg-filter-regions.ts';
import { type Box, frameOfBox, frameOfRoot, scaled, transformed, viewBoxOf, WHOLE } from './svg-frames.ts';
import { costOfLines, type Frame, type LineCost, NO_LINES, scaleOf } from './svg-lines.ts';
import { readMarkup, resolved } from './svg-markup.ts';
import type { Outline } from './svg-outline.ts';
import { plainStyle, propertyOf, unitsOf } from './svg-properties.ts';
import { rulesOf } from './svg-selectors.ts';
import { CANVAS, costOfDashedBox, outlineOf, sideOf } from './svg-shapes.ts';
import { costlier, type Stroking, stroking, UNSTROKED } from './svg-strokes.ts';
import { mostUnits, type StyleSheetEffects, strokeOf, styleSheetEffects } from './svg-style-sheets.ts';
import { costOfText, type Font, fontOf, lettersOf, type SheetedFont, sheetedFont, USUAL_FONT } from './svg-texts.ts';
import { HREF, Uses } from './svg-uses.ts';

/** How an element is used by references to it. */
type Role = 'mask' | 'pattern' | 'clipPath' | 'filter' | 'marker' | 'other';

/** An element, together with the descendants that are not parts themselves. */
export interface Part {
  role: Role;
  /** Elements that are drawn with it, not counting those behind references. */
  elements: number;
  /** Those of them that are filled and stroked, and their vertices. */
  shapes: number;
  vertices: number;
  /** The cost of drawing their lines. */
  lines: LineCost;
  /** The scale of its coordinate system, compared with that of its drawing. */
  scale: number;
  /** Whether it has a viewBox, so that the cost of its lines is relative to its own box. */
  isFramed: boolean;
  /** How large it shows what it uses: without a viewBox as a scale, and with one in fractions of the canvas. */
  shownScale: number;
  shownBox: number;
  /** The pixels of the pictures that it shows. */
  pictured: number;
  /** For a filter: nanoseconds per pixel of its region, and per pixel of the canvas. */
  filtering: { each: number; all: number };
  /** For a filter: nanoseconds per square user unit of the canvas. */
  unitNs: number;
  /** Bytes of the texts in it. */
  letters: number;
  region: Region;
  /** The box of its own content, and its frame, including its own transform. */
  extent: Extent;
  frame: Frame;
  /** For a clip path: whether its units are those of the clipped element, which then needs a layer. */
  isBoxed: boolean;
  /** Parts inside it, which are drawn with it. */
  children: Part[];
  /** Parts that its elements show by reference, and drawings that they embed. */
  uses: Part[];
  drawings: Part[];
  own: Part[];
  paints: Part[];
  markers: Part[];
  isLayer: boolean;
  /** The cost of filter functions, in blurs. */
  functions: number;
}

export interface References {
  root: Part;
  /** Whether an element inherits, by `inherit`, a property that is not inherited otherwise. */
  inherits: boolean;
  /** The largest scale of any part, and of any marker. */
  mostScale: number;
  mostMarkerScale: number;
  /** The pixels of all embedded pictures, each counted once. */
  pictures: number;
}

/** Elements that are not drawn where they are defined. */
const UNDRAWN = new Set('defs symbol mask pattern clipPath filter marker linearGradient radialGradient'.split(' '));
/** Elements whose content inherits from where it is defined, and not from the elements that refer to it. */
const ROLES: ReadonlyMap<string, Role> = new Map(
  (['mask', 'pattern', 'clipPath', 'filter', 'marker'] as const).map((role) => [role, role]),
);
const SHAPES = new Set('path rect circle ellipse line polyline polygon text tspan tref'.split(' '));
/** Elements that show what their href refers to. */
const SHOWING = new Set('use image feImage tref pattern linearGradient radialGradient include'.split(' '));

/** The cost of elements that only define colours, compared with others (measured): they are copied for each element that they fill. */
const WEIGHTS: ReadonlyMap<string, number> = new Map(
  Object.entries({ stop: 1 / 20, linearGradient: 1 / 4, radialGradient: 1 / 4 }),
);

/** The most references of an element, and the most that it may inherit. */
const MOST_ASKED = 64;

/** The beginning of `context-fill` and `context-stroke`. Spelled with escapes or in capitals it is not found; honest drawings do not do that. */
const CONTEXT = 'context-';

/** References that elements inherit from those around them. */
interface Inherited {
  paints: readonly Target[];
  markers: readonly Target[];
}
const NOTHING_INHERITED: Inherited = { paints: [], markers: [] };

/** The target of a reference: an id in its drawing, or another drawing. */
type Target = string | Part;

/** The named parts of one drawing, and the effects of its style sheets. */
interface Scope {
  named: Map<string, Part>;
  rules: Rules;
  sheet: StyleSheetEffects;
  sheetFont: SheetedFont;
  /** The largest font of elements that show others by reference, which inherit it. */
  shownFont: number;
  shownTimes: number;
  /** The scale of its root. */
  unit: number;
  /** Filters whose primitives choose the size of their own pixels. */
  parts: Part[];
  /** Work that waits until all names are known. */
  waiting: (() => void)[];
}

/** What style sheets ask for, by the kind and the name of their subjects. */
type Rules = ReadonlyMap<string, Effects>;

/** Reads the elements of a drawing and their references. Its style sheets have been checked before. */
export function readReferences(svg: string): References {
  const reader = new Reader();
  const root = reader.drawing(svg);
  reader.countUnits();
  const { inherits, pictures, mostScale, mostWidth } = reader;
  return { root, inherits, pictures, mostScale, mostMarkerScale: mostScale * mostWidth };
}

const newPart = (role: Role = 'other'): Part => ({
  role,
  elements: 0,
  shapes: 0,
  vertices: 0,
  lines: NO_LINES,
  scale: 1,
  isFramed: false,
  shownScale: 0,
  shownBox: 0,
  pictured: 0,
  filtering: { each: 0, all: 0 },
  unitNs: 0,
  letters: 0,
  region: USUAL_REGION,
  extent: NO_EXTENT,
  frame: WHOLE,
  isBoxed: false,
  children: [],
  uses: [],
  drawings: [],
  own: [],
  paints: [],
  markers: [],
  isLayer: false,
  functions: 0,
});

class Reader {
  inherits = false;
  pictures = 0;
  mostScale = 1;
  mostWidth = 1;
  /** The largest side of a viewport, in user units. */
  private mostViewport = 1;
  /** The smallest area of a square unit in fractions of the canvas, the factor by which references may shrink it, and whether that is unknown. */
  private leastArea = 1;
  private shrunk = 1;
  private isOddlyPlaced = false;
  /** The embedded drawings, by their bytes, so that each is read once. */
  private readonly drawings = new Map<string, { root: Part; scope: Scope }>();
  private readonly uses = new Uses();
  private readonly letters = new Map<Part, number>();
  private readonly sizes = new Map<string, number>();

  drawing(text: string): Part {
    return this.scopeOf(text).root;
  }

  private scopeOf(text: string): { root: Part; scope: Scope } {
    const known = this.drawings.get(text);
    if (known) return known;
    const drawing = openDrawing(text);
    const { from, markup, attributes } = drawing;
    const documents = withIncluded(drawing);
    const sheets = documents.flatMap((each) => each.markup.sheets);
    const sheet = styleSheetEffects(sheets);
    this.uses.read(documents, markup.isOpen);
    const given = new Map([...attributes].map(([name, value]) => [name, resolved(value)]));
    const frame = sheet.isTransforming || given.size === 0 ? WHOLE : frameOfRoot(given);
    this.mostViewport = Math.max(this.mostViewport, Math.SQRT2 / scaleOf(frame), this.uses.mostSide);
    const scope: Scope = {
      named: new Map(),
      rules: this.rulesOf(sheets),
      sheet,
      sheetFont: sheetedFont(sheets),
      shownFont: 0,
      shownTimes: 1,
      unit: scaleOf(frame),
      parts: [],
      waiting: [],
    };
    this.place(frame);
    const root = newPart();
    const made = { root, scope };
    this.drawings.set(text, made);
    const strokes = { stroke: UNSTROKED, shown: this.uses.isOutside ? this.uses.stroke : undefined };
    const level = { scope, part: root, inherited: NOTHING_INHERITED, frame, ...strokes, font: USUAL_FONT, letters: 0 };
    this.read(text, from, level);
    if (text.includes(CONTEXT)) fillMarkers(scope);
    for (const resolve of scope.waiting) resolve();
    return made;
  }

  /** The rules of a drawing and of all that it includes. */
  private rulesOf(sheets: readonly string[]): Rules {
    const rules = new Map<string, Effects>();
    for (const { subjects, declarations } of sheets.flatMap(rulesOf)) {
      const effects = this.effects(declarations);
      if (effects === NO_EFFECTS) continue;
      for (const { kind, name } of subjects) {
        const key = `${kind} ${name}`;
        rules.set(key, this.joined([rules.get(key) ?? NO_EFFECTS, effects]));
      }
    }
    return rules;
  }

  private effects(declarations: string): Effects {
    const effects = effectsOf(declarations);
    if (!effects) throw new Uncountable('has escapes in its references. Write them without.');
    if (effects.inherits) this.inherits = true;
    return effects;
  }

  private joined(all: readonly Effects[]): Effects {
    const effects = joinEffects(all);
    const { own, paints, markers } = effects;
    if (own.length + paints.length + markers.length <= MOST_ASKED) return effects;
    throw new Uncountable(`has more than ${MOST_ASKED} references at one element, or for it in its style sheets.`);
  }

  /** Adds the elements of a text to a part. */
  private read(text: string, from: number, at: Level): void {
    const levels = [at];
    readMarkup(text, from, {
      begin: (name, attributes) => {
        const around = levels.at(-1) ?? at;
        levels.push(this.element(name, attributes, around));
      },
      end: () => {
        const level = levels.pop();
        if (level) this.addText(level);
      },
      text: (text) => {
        const level = levels.at(-1) ?? at;
        const letters = lettersOf(text);
        level.part.letters += letters;
        if (level.isText) level.letters += letters;
      },
    });
  }

  private element(name: string, attributes: ReadonlyMap<string, string>, around: Level): Level {
    const { scope } = around;
    const effects = this.effectsOfElement(name, attributes, scope.rules);
    const part = this.partFor(name, attributes, { around, effects });
    const { own, paints, markers } = this.targets(effects);
    const inherited = inherit(around.inherited, { paints, markers });
    const given = ROLES.has(name) ? inherited : { paints, markers };
    this.refer(part, scope, { ...given, own });
    part.isLayer ||= effects.isLayer;
    part.functions += effects.functions;
    addOwn(part, name, attributes);
    if (part.unitNs > 0 && scope.parts.at(-1) !== part) scope.parts.push(part);
    const style = plainStyle(attributes.get('style') ?? '');
    const frame = this.frameOf(name, attributes, { around, style, part });
    if (part !== around.part) part.frame = scope.sheet.isTransforming ? UNBOUNDED : frame;
    if (name === 'filter') part.region = regionOf(attributes);
    const stroke = attributes.size > 0 ? stroking(around.stroke, attributes, style) : around.stroke;
    const shown = this.shownStroke(attributes, around, style);
    const font = fontOf(around.font, attributes, { style, sheet: scope.sheetFont });
    const isText = name === 'text' || around.isText === true;
    const clip = name === 'clipPath' ? { letters: 0 } : around.clip;
    const drawn = { scope, part, inherited, frame, stroke, shown };
    const level: Level = { ...drawn, font, clip, isText, letters: 0, isInner: true };
    if (SHOWING.has(name)) showFont(scope, font);
    this.addLines(name, attributes, { ...level, style });
    if (SHOWING.has(name)) this.show(name, attributes, level);
    return level;
  }

  /** The costliest stroke of an element where a `use` shows it or an ancestor; undefined if none does. */
  private shownStroke(attributes: ReadonlyMap<string, string>, { shown }: Level, style: string): Stroking | undefined {
    const { names, stroke } = this.uses;
    const isShown = names.size > 0 && names.has(attributes.get('id') ?? '');
    const around = shown && isShown ? costlier(shown, stroke) : isShown ? stroke : shown;
    return around && attributes.size > 0 ? stroking(around, attributes, style) : around;
  }

  /** The frame inside an element. */
  private frameOf(
    name: string,
    attributes: ReadonlyMap<string, string>,
    { around, style, part }: { around: Level; style: string; part: Part },
  ): Frame {
    if (attributes.size === 0) return around.frame;
    const given = (property: string) => propertyOf(property, attributes, style) ?? '';
    const transform = given('transform') || attributes.get('patternTransform');
    let frame = transformed(around.frame, transform);
    const box = viewBoxOf(attributes);
    if (box) this.mostViewport = Math.max(this.mostViewport, box.width, box.height);
    else if (name === 'svg') this.mostViewport = Math.max(this.mostViewport, sideOf(attributes, this.mostViewport));
    const isSized = box !== undefined || SHOWING.has(name);
    const [width, height] = isSized ? [unitsOf(given('width')), unitsOf(given('height'))] : [];
    if (name === 'symbol' && box) {
      part.isFramed = true;
      frame = frameOfBox(box, attributes);
    } else if (name === 'svg' && box && around.isInner) {
      frame = framedIn(frame, box, { width, height, attributes });
    } else if (name === 'marker' && box) {
      const [across, down] = [unitsOf(given('markerWidth')) ?? 3, unitsOf(given('markerHeight')) ?? 3];
      frame = framedIn(frame, box, { width: across, height: down, attributes });
    } else if (name === 'pattern' && box) frame = WHOLE;
    if (ROLES.has(name) && UNITS.some((units) => /objectBoundingBox/i.test(attributes.get(units) ?? ''))) frame = WHOLE;
    if (frame === around.frame && !SHOWING.has(name)) return frame;
    this.place(frame);
    if (name === 'symbol' || name === 'marker') this.isOddlyPlaced = true;
    if (SHOWING.has(name)) this.shrunk *= Math.min(1, areaOf(frame) / areaOf(around.frame));
    const scale = scaleOf(frame) / around.scope.unit;
    this.mostScale = Math.max(this.mostScale, scale);
    if (SHOWING.has(name)) {
      const isKnown = width !== undefined && height !== undefined && !around.scope.sheet.isSizing;
      part.shownScale = Math.max(part.shownScale, scale);
      part.shownBox = Math.max(part.shownBox, isKnown ? scaleOf(frame) * Math.max(width, height) : 1);
    }
    return frame;
  }

  private addLines(name: string, attributes: ReadonlyMap<string, string>, level: Level & { style: string }): void {
    const { scope, part, inherited, frame, shown, style } = level;
    const stroke = shown ? costlier(level.stroke, shown) : level.stroke;
    const outline = outlineOf(name, attributes, { style, isSized: !scope.sheet.isSizing, viewport: this.mostViewport });
    if (SHAPES.has(name) || name === 'image') part.extent = joinExtents(part.extent, extentOf(name, outline, level));
    if (!outline) return;
    const stroked = strokeOf(stroke, scope.sheet);
    this.mostWidth = Math.max(this.mostWidth, stroke.width, stroked?.width ?? 0);
    const isGradient = inherited.paints.length > 0;
    const isDashed = stroked !== undefined && (stroked.period > 0 || stroked.isFine);
    const all = { frame: outline === CANVAS ? WHOLE : frame, stroke: stroked, isGradient };
    const more =
      outline === CANVAS && isDashed
        ? costOfDashedBox(mostUnits(attributes, style, scope.sheet, this.mostViewport), {
            ...all,
            frame,
            stroke: stroked,
          })
        : costOfLines(outline, all);
    addCost(part, more);
  }

  /** Adds the letters in an element, later, because their size is only known when all elements that show it are known. */
  private addText(level: Level): void {
    const { letters, clip } = level;
    if (letters === 0) return;
    if (clip) clip.letters += letters;
    level.scope.waiting.push(() => this.addLetters(level, letters));
  }

  private addLetters(level: Level, letters: number): void {
    const { scope, part, inherited, frame, shown: other, font, clip } = level;
    const stroke = other ? costlier(level.stroke, other) : level.stroke;
    const shown = font.times === 0 ? 0 : font.times * scope.shownFont * scope.shownTimes;
    const all = { frame, stroke: strokeOf(stroke, scope.sheet), isGradient: inherited.paints.length > 0 };
    const size = Math.max(font.size, shown);
    addCost(part, costOfText({ letters, together: Math.max(letters, clip?.letters ?? 0) }, { ...all, size }));
  }

  /** Adds the cost of filters that choose the size of their pixels, by the number of such pixels in the canvas. */
  countUnits(): void {
    const area = this.drawings.size > 1 || this.isOddlyPlaced ? 0 : this.leastArea * this.shrunk;
    for (const { scope } of this.drawings.values()) {
      for (const part of scope.parts) {
        if (part.unitNs > 0) addCost(part, { ...NO_LINES, lineNs: part.unitNs / area });
      }
    }
  }

  /** Records how small units become. */
  private place(frame: Frame): void {
    if (frame === WHOLE) this.isOddlyPlaced = true;
    this.leastArea = Math.min(this.leastArea, areaOf(frame));
  }

  /** The part that an element belongs to: its own if it has an id, references or effects, or is not drawn. */
  private partFor(
    name: string,
    attributes: ReadonlyMap<string, string>,
    { around, effects }: { around: Level; effects: Effects },
  ): Part {
    const { named } = around.scope;
    const id = attributes.get('id') ?? '';
    const isNamed = id !== '' && !named.has(id);
    const isUndrawn = UNDRAWN.has(name);
    if (!isNamed && !isUndrawn && effects === NO_EFFECTS) return around.part;
    const part = { ...newPart(ROLES.get(name)), scale: scaleOf(around.frame) / around.scope.unit };
    if (isNamed) named.set(id, part);
    if (!isUndrawn) around.part.children.push(part);
    return part;
  }

  private effectsOfElement(name: string, attributes: ReadonlyMap<string, string>, rules: Rules): Effects {
    const all: Effects[] = [];
    for (const [property, value] of attributes) {
      const declarations = property === 'style' ? value : `${property}:${value}`;
      if (!property.includes(':') && !HREF.test(property)) all.push(this.effects(declarations));
    }
    if (rules.size > 0) {
      const classes = (attributes.get('class') ?? '').split(/[ \t\r\n\f]+/);
      const keys = [
        'any ',
        `type ${name}`,
        `id ${attributes.get('id') ?? ''}`,
        ...classes.map((each) => `class ${each}`),
      ];
      for (const key of new Set(keys)) all.push(rules.get(key) ?? NO_EFFECTS);
    }
    return this.joined(all);
  }

  private targets({ own, paints, markers }: Pick<Effects, 'own' | 'paints' | 'markers'>) {
    const targets = (urls: readonly string[]) => urls.flatMap((url) => this.target(url));
    return { own: targets(own), paints: targets(paints), markers: targets(markers) };
  }

  /** The targets of a URL: the text after its last `#` is an id, and the text before it may be another drawing. */
  private target(url: string): Target[] {
    const at = url.lastIndexOf('#');
    const name = url.slice(at + 1);
    if (at === 0) return [name];
    return embeddedBytes(url).flatMap((text) => {
      if (pictureSize(Buffer.from(text, 'latin1'))) return [];
      const { root, scope } = this.scopeOf(text);
      const part = at > 0 ? scope.named.get(name) : undefined;
      return part ? [part, root] : [root];
    });
  }

  private refer(part: Part, scope: Scope, targets: Record<'own' | 'paints' | 'markers', readonly Target[]>): void {
    for (const kind of ['own', 'paints', 'markers'] as const) {
      for (const target of targets[kind]) addTarget(part[kind], target, scope);
    }
  }

  /** Adds what an element shows by its href: a part of the drawing, another drawing, or a picture. */
  private show(name: string, attributes: ReadonlyMap<string, string>, level: Level): void {
    const { scope, part } = level;
    const hrefs = new Set([...attributes].flatMap(([key, value]) => (HREF.test(key) ? [value.trim()] : [])));
    for (const href of hrefs) {
      if (name === 'tref') this.showLetters(href, level);
      if (href.startsWith('#')) addTarget(part.uses, href.slice(1), scope);
      else if (name === 'image' || name === 'feImage' || name === 'include') this.embed(name, href, level);
      else for (const target of this.target(href)) addTarget(part.uses, target, scope);
    }
  }

  /** Adds only the text of the element that a `tref` refers to. */
  private showLetters(href: string, level: Level): void {
    const { scope } = level;
    for (const target of this.target(href)) {
      scope.waiting.push(() => {
        const part = typeof target === 'string' ? scope.named.get(target) : target;
        const letters = part ? this.lettersOf(part) : 0;
        if (letters > 0) this.addLetters(level, letters);
      });
    }
  }

  private lettersOf(part: Part): number {
    const known = this.letters.get(part) ?? lettersIn(part);
    this.letters.set(part, known);
    return known;
  }

  private embed(name: string, href: string, level: Level): void {
    for (const text of embeddedBytes(href)) {
      const pixels = this.pixelsOf(text);
      if (pixels !== undefined) level.part.pictured += pixels;
      else if (name === 'include') this.read(text, openDrawing(text).from, level);
      else level.part.drawings.push(this.drawing(text));
    }
  }

  /** The pixels of a picture; undefined if the bytes are no picture. */
  private pixelsOf(bytes: string): number | undefined {
    const known = this.sizes.get(bytes);
    if (known !== undefined) return known;
    const size = pictureSize(Buffer.from(bytes, 'latin1'));
    if (!size) return undefined;
    const pixels = size.width * size.height;
    this.sizes.set(bytes, pixels);
    this.pictures += pixels;
    return pixels;
  }
}

function addCost(part: Part, more: LineCost): void {
  const { lines } = part;
  part.lines = {
    lineNs: lines.lineNs + more.lineNs,
    sideNs: lines.sideNs + more.sideNs,
    mostSideNs: lines.mostSideNs + more.mostSideNs,
    coverNs: lines.coverNs + more.coverNs,
    mostCoverNs: lines.mostCoverNs + more.mostCoverNs,
  };
}

const areaOf = ({ xx, xy, yx, yy }: Frame): number => Math.abs(xx * yy - xy * yx);

/** Attributes by which the unit of an element becomes the box of the element that refers to it. */
const UNITS = ['patternContentUnits', 'maskContentUnits', 'clipPathUnits', 'primitiveUnits'];

/** Records the font of an element that shows another by reference: the other inherits it, and so on along chains of references. */
function showFont(scope: Scope, { size, times }: Font): void {
  scope.shownFont = Math.max(scope.shownFont, size);
  scope.shownTimes *= Math.max(1, times);
}

/** The bytes of all texts in a part. */
function lettersIn(part: Part): number {
  let letters = 0;
  const rest = [part];
  for (let next = rest.pop(); next; next = rest.pop()) {
    letters += next.letters;
    for (const child of next.children) rest.push(child);
  }
  return letters;
}

/** The frame inside a viewBox that fills an element of this size, or the whole canvas if the size is unknown. */
function framedIn(
  frame: Frame,
  box: Box,
  {
    width,
    height,
    attributes,
  }: { width?: number | undefined; height?: number | undefined; attributes: ReadonlyMap<string, string> },
): Frame {
  const inner = frameOfBox(box, attributes);
  return width === undefined || height === undefined ? inner : scaled(frame, inner.xx * width, inner.yy * height);
}

interface Level {
  scope: Scope;
  part: Part;
  inherited: Inherited;
  frame: Frame;
  stroke: Stroking;
  /** The stroke if a `use` shows the element. */
  shown?: Stroking | undefined;
  /** Whether the element is inside the root of its drawing. */
  isInner?: boolean;
  font: Font;
  /** Bytes of text directly in the element, whether it is in a text, and the bytes of all texts in the clip path around it. */
  letters: number;
  isText?: boolean;
  clip?: { letters: number } | undefined;
}

/** The box of a shape; ANY_EXTENT if it is unknown. */
function extentOf(name: string, outline: Outline | undefined, { frame, inherited }: Level): Extent {
  if (!outline || inherited.markers.length > 0 || !isUpright(frame)) return ANY_EXTENT;
  if (name === 'line') return { width: 1, height: 1, shapes: 1 };
  return { ...placedBox(outline.width, outline.height, outline === CANVAS ? WHOLE : frame), shapes: 1 };
}

function addTarget(parts: Part[], target: Target, { named, waiting }: Scope): void {
  if (typeof target !== 'string') parts.push(target);
  else
    waiting.push(() => {
      const part = named.get(target);
      if (part) parts.push(part);
    });
}

/** Markers that are filled like the element that they are drawn on may be filled by any pattern. */
function fillMarkers({ named }: Scope): void {
  const parts = [...named.values()];
  const patterns = parts.filter(({ role }) => role === 'pattern');
  if (patterns.length > MOST_ASKED) throw new Uncountable(`has more than ${MOST_ASKED} patterns for its markers.`);
  for (const part of parts) if (part.role === 'marker') part.paints.push(...patterns);
}

function inherit(around: Inherited, { paints, markers }: Inherited): Inherited {
  if (paints.length + markers.length === 0) return around;
  const all = {
    paints: [...new Set([...around.paints, ...paints])],
    markers: [...new Set([...around.markers, ...markers])],
  };
  if (all.paints.length + all.markers.length <= MOST_ASKED) return all;
  throw new Uncountable(`has more than ${MOST_ASKED} ways to fill around one element.`);
}

function addOwn(part: Part, name: string, attributes: ReadonlyMap<string, string>): void {
  part.elements += WEIGHTS.get(name) ?? 1;
  if (SHAPES.has(name)) part.shapes += 1;
  if (name === 'line') part.vertices += 2;
  part.vertices += verticesOf(attributes.get('d')) + verticesOf(attributes.get('points'));
  if ((attributes.get('clipPathUnits') ?? '').trim() === 'objectBoundingBox') part.isBoxed = true;
  if (name.startsWith('fe')) {
    const { each, all, unit } = primitiveOf(name, attributes);
    part.filtering = { each: part.filtering.each + each, all: part.filtering.all + all };
    part.unitNs += unit;
  }
}

const NUMBER = /\d*\.?\d+(?:e[-+]?\d+)?/gi;
const COMMAND = /[a-df-z]/gi;
/** Commands with one number per point. */
const SINGLE = /[hv]/i;

/** An upper bound for the number of vertices of a path or a polygon. */
function verticesOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const path = text;
  const count = (pattern: RegExp) => {
    let found = 0;
    for (const _ of path.matchAll(pattern)) found += 1;
    return found;
  };
  return count(COMMAND) + count(NUMBER) / (SINGLE.test(path) ? 1 : 2);
}
