import { unescaped } from './svg-embedded.ts';
import { plainStyle } from './svg-frames.ts';

/** What a declaration, or an attribute that is one, asks for beside the shape of an element. */
export interface Asks {
  /** URLs by which an element itself is masked, clipped or filtered. */
  own: string[];
  /** URLs by which it, and what is in it, is filled or stroked. */
  paints: string[];
  /** URLs of what is drawn at every vertex of it, and of what is in it. */
  markers: string[];
  /** Whether it is drawn by itself and laid over what is beneath it. */
  isLayer: boolean;
  /** Functions of filters, which need no reference, in blurs. */
  functions: number;
  /** Whether it takes over what it would not without the word `inherit`. */
  inherits: boolean;
}

export const NOTHING_ASKED: Asks = { own: [], paints: [], markers: [], isLayer: false, functions: 0, inherits: false };

/** Where the URLs of a property go. Those of a name that is not known go everywhere. */
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

/** An URL, its text in one of the groups (CSS Syntax, 4.3.6). */
const URL = /url\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^)\\]|\\.)*))/gis;
const LAYER = /(?:^|[^\w-])(opacity|mix-blend-mode|isolation|filter|mask|clip-path)\s*:([^;}]*)/gi;
const FUNCTION = /([a-z-]{1,20})\(/gi;
/** Of a blur, what functions of filters take; a reference is none, and is told by what it refers to. */
const WEIGHTS: ReadonlyMap<string, number> = new Map(Object.entries({ blur: 1, 'drop-shadow': 1, url: 0 }));
const OTHER_WEIGHT = 1 / 4;
/** Values with which nothing is laid over anything. */
const PLAIN = new Set(['none', 'normal', 'auto', 'initial', 'unset', '100%', '']);
/** What text can only ask for something if it has one of these. */
const ASKING = /url|opacity|blend|isolation|filter|inherit|\\/i;

/** What declarations ask for; undefined if an URL is written with escapes. */
export function asksOf(declarations: string): Asks | undefined {
  if (!ASKING.test(declarations)) return NOTHING_ASKED;
  const asks: Asks = { own: [], paints: [], markers: [], isLayer: false, functions: 0, inherits: false };
  let urls = 0;
  for (const found of declarations.matchAll(URL)) {
    urls += 1;
    const url = found[1] ?? found[2] ?? found[3] ?? '';
    if (url.includes('\\')) return undefined;
    const property = propertyBefore(declarations.slice(Math.max(0, found.index - MOST_NAME), found.index));
    for (const goes of GOES.get(property) ?? EVERYWHERE) asks[goes].push(url.trim());
  }
  const plain = unescaped(declarations);
  if (plain !== declarations && [...plain.matchAll(URL)].length !== urls) return undefined;
  for (const text of declarations.includes('/*') ? [plain, plainStyle(declarations)] : [plain]) {
    for (const [, property = '', value = ''] of text.matchAll(LAYER)) addLayer(asks, property.toLowerCase(), value);
  }
  const isEmpty = urls === 0 && !asks.isLayer && !asks.inherits && asks.functions === 0;
  return isEmpty ? NOTHING_ASKED : { ...asks, paints: unique(asks.paints), markers: unique(asks.markers) };
}

/** Letters before an URL in which its property is looked for. */
const MOST_NAME = 200;

/** The property whose value has begun at the end of a text; none where that cannot be told. */
function propertyBefore(text: string): string {
  const from = Math.max(text.lastIndexOf(';'), text.lastIndexOf('{'), text.lastIndexOf('}')) + 1;
  const colon = text.indexOf(':', from);
  return colon < 0 ? '' : text.slice(from, colon).trim().toLowerCase();
}

function isPlain(value: string): boolean {
  const word = (value.split('!')[0] ?? '').trim().toLowerCase();
  return PLAIN.has(word) || Number(word) >= 1;
}

function addLayer(asks: Asks, property: string, value: string): void {
  if (/inherit/i.test(value)) asks.inherits = true;
  // What references ask for is told by what they refer to.
  if (property === 'mask' || property === 'clip-path' || isPlain(value)) return;
  if (property === 'filter') {
    for (const [, name = ''] of value.matchAll(FUNCTION))
      asks.functions += WEIGHTS.get(name.toLowerCase()) ?? OTHER_WEIGHT;
    return;
  }
  asks.isLayer = true;
}

const unique = (urls: string[]): string[] => [...new Set(urls)];

export function joinAsks(all: readonly Asks[]): Asks {
  const asking = all.filter((each) => each !== NOTHING_ASKED);
  if (asking.length < 2) return asking[0] ?? NOTHING_ASKED;
  return {
    // A filter is applied as often as it is named.
    own: asking.flatMap(({ own }) => own),
    paints: unique(asking.flatMap(({ paints }) => paints)),
    markers: unique(asking.flatMap(({ markers }) => markers)),
    isLayer: asking.some(({ isLayer }) => isLayer),
    functions: asking.reduce((sum, { functions }) => sum + functions, 0),
    inherits: asking.some(({ inherits }) => inherits),
  };
}
