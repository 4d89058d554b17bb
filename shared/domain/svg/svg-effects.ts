import { unescaped } from './svg-embedded.ts';
import { plainStyle } from './svg-properties.ts';

/** What a CSS declaration, or a presentation attribute, makes librsvg draw beside the shape of an element. */
export interface Effects {
  /** URLs of the masks, clip paths and filters of the element itself. */
  own: string[];
  /** URLs of the fills and strokes of the element and of its descendants. */
  paints: string[];
  /** URLs of the markers at the vertices of the element and of its descendants. */
  markers: string[];
  /** Whether the element is drawn on a layer of its own, which is then laid over what is beneath it. */
  isLayer: boolean;
  /** The cost of its filter functions, which need no reference, in blurs. */
  functions: number;
  /** Whether the word `inherit` makes it inherit a property that is not inherited otherwise. */
  inherits: boolean;
}

export const NO_EFFECTS: Effects = { own: [], paints: [], markers: [], isLayer: false, functions: 0, inherits: false };

/** The kind of reference of each property. A URL of an unknown property counts as every kind. */
const GOES: ReadonlyMap<string, readonly ('own' | 'paints' | 'markers')[]> = new Map(
  Object.entries({
    fill: ['paints'],
    stroke: ['paints'],
    marker: ['markers'],
    'marker-start': ['markers'],
    'marker-mid': ['markers'],
    'marker-end': ['markers'],
    mask: ['own'],
    'clip-path': ['own'],
    filter: ['own'],
  }),
);
const EVERYWHERE = ['own', 'paints', 'markers'] as const;

/** A URL; its text is in one of the groups (CSS Syntax, 4.3.6). */
const URL = /url\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^)\\]|\\.)*))/gis;
const LAYER = /(?:^|[^\w-])(opacity|mix-blend-mode|isolation|filter|mask|clip-path)\s*:([^;}]*)/gi;
const FUNCTION = /([a-z-]{1,20})\(/gi;
/** The cost of filter functions compared with a blur. A reference costs nothing here, because the filter it refers to is counted. */
const WEIGHTS: ReadonlyMap<string, number> = new Map(Object.entries({ blur: 1, 'drop-shadow': 1, url: 0 }));
const OTHER_WEIGHT = 1 / 4;
/** Values that need no layer. */
const PLAIN = new Set(['none', 'normal', 'auto', 'initial', 'unset', '100%', '']);
/** A text without any of these asks for nothing. */
const ASKING = /url|opacity|blend|isolation|filter|inherit|\\/i;

/** Reads what declarations ask for; undefined if a URL is written with escapes. */
export function effectsOf(declarations: string): Effects | undefined {
  if (!ASKING.test(declarations)) return NO_EFFECTS;
  const effects: Effects = { own: [], paints: [], markers: [], isLayer: false, functions: 0, inherits: false };
  let urls = 0;
  for (const found of declarations.matchAll(URL)) {
    urls += 1;
    const url = found[1] ?? found[2] ?? found[3] ?? '';
    if (url.includes('\\')) return undefined;
    const property = propertyBefore(declarations.slice(Math.max(0, found.index - MOST_NAME), found.index));
    for (const goes of GOES.get(property) ?? EVERYWHERE) effects[goes].push(url.trim());
  }
  const plain = unescaped(declarations);
  if (plain !== declarations && [...plain.matchAll(URL)].length !== urls) return undefined;
  for (const text of declarations.includes('/*') ? [plain, plainStyle(declarations)] : [plain]) {
    for (const [, property = '', value = ''] of text.matchAll(LAYER)) addLayer(effects, property.toLowerCase(), value);
  }
  const isEmpty = urls === 0 && !effects.isLayer && !effects.inherits && effects.functions === 0;
  return isEmpty ? NO_EFFECTS : { ...effects, paints: unique(effects.paints), markers: unique(effects.markers) };
}

/** How many characters before a URL are searched for its property. */
const MOST_NAME = 200;

/** The property whose value has begun at the end of a text; empty if it is not clear. */
function propertyBefore(text: string): string {
  const from = Math.max(text.lastIndexOf(';'), text.lastIndexOf('{'), text.lastIndexOf('}')) + 1;
  const colon = text.indexOf(':', from);
  return colon < 0 ? '' : text.slice(from, colon).trim().toLowerCase();
}

function isPlain(value: string): boolean {
  const word = (value.split('!')[0] ?? '').trim().toLowerCase();
  return PLAIN.has(word) || Number(word) >= 1;
}

function addLayer(effects: Effects, property: string, value: string): void {
  if (/inherit/i.test(value)) effects.inherits = true;
  // What references cost is counted at the elements that they refer to.
  if (property === 'mask' || property === 'clip-path' || isPlain(value)) return;
  if (property === 'filter') {
    for (const [, name = ''] of value.matchAll(FUNCTION))
      effects.functions += WEIGHTS.get(name.toLowerCase()) ?? OTHER_WEIGHT;
    return;
  }
  effects.isLayer = true;
}

const unique = (urls: string[]): string[] => [...new Set(urls)];

export function joinEffects(all: readonly Effects[]): Effects {
  const asking = all.filter((each) => each !== NO_EFFECTS);
  if (asking.length < 2) return asking[0] ?? NO_EFFECTS;
  return {
    // A filter is applied as often as it is named, so duplicates stay.
    own: asking.flatMap(({ own }) => own),
    paints: unique(asking.flatMap(({ paints }) => paints)),
    markers: unique(asking.flatMap(({ markers }) => markers)),
    isLayer: asking.some(({ isLayer }) => isLayer),
    functions: asking.reduce((sum, { functions }) => sum + functions, 0),
    inherits: asking.some(({ inherits }) => inherits),
  };
}
