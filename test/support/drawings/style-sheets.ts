/** A style sheet and the elements that it is matched against, for a drawing that takes as long as its numbers say. */
interface Styled {
  sheet: (selectors: number) => string;
  body: (elements: number) => string;
  /** The number of selectors, and of elements, with which a drawing takes nearly the longest allowed time. */
  selectors: number;
  elements: number;
}

const many = (write: (index: number) => string, count: number): string =>
  Array.from({ length: count }, (_, index) => write(index)).join('');

const flat = (elements: number): string => '<g/>'.repeat(elements);
const classes = (elements: number): string => '<g class="b c d"/>'.repeat(elements);
const deep = (elements: number): string => `${'<g>'.repeat(200)}${'<rect/>'.repeat(elements)}${'</g>'.repeat(200)}`;
const broad = (elements: number): string => `${`${'<g/>'.repeat(elements / 100)}<g>`.repeat(100)}${'</g>'.repeat(100)}`;

const rules = (
  selector: (index: number) => string,
  body: Styled['body'],
  selectors: number,
  elements: number,
): Styled => ({
  sheet: (count) => many((index) => `${selector(index)}{}`, count),
  body,
  selectors,
  elements,
});
const compound = (
  write: (count: number) => string,
  body: Styled['body'],
  selectors: number,
  elements: number,
): Styled => ({ sheet: (count) => `${write(count)}{fill:red}`, body, selectors, elements });

/** A long value in an element, and elements that selectors reach from it: children, descendants and siblings. */
const LONG = 40_000;
const attributed = (value: string): string => `d="${value.repeat(LONG / value.length)}"`;
const classed = (value: string): string => `class="${value.repeat(LONG / value.length)}"`;
const children = (attribute: string) => (elements: number) => `<g ${attribute}>${'<a/>'.repeat(elements)}</g>`;
const descendants = (attribute: string) => (elements: number) =>
  `<g ${attribute}>${'<b>'.repeat(100)}${'<a/>'.repeat(elements)}${'</b>'.repeat(100)}</g>`;
const followers = (attribute: string) => (elements: number) => `<g ${attribute}/>${'<a/>'.repeat(elements)}`;

/** Drawings with every kind of selector that librsvg knows, and with values that it copies. */
export const STYLE_SHEETS: Record<string, Styled> = {
  types: rules(() => 'g', flat, 9000, 3000),
  universals: rules(() => '*', flat, 9000, 2000),
  'a list': compound((count) => `g${',g'.repeat(count)}`, flat, 27_000, 2000),
  classes: rules((index) => `.a${index}`, classes, 9000, 1700),
  'one long class': rules(
    (index) => `.a${index}`,
    (elements) => `<g class="${'b '.repeat(20 * elements)}"/>`,
    2000,
    4000,
  ),
  attributes: rules(
    () => '[z]',
    (elements) => `<g ${many((index) => `a${index}="" `, elements)}/>`,
    4000,
    20_000,
  ),
  'words of an attribute': rules(
    (index) => `[d~=b${index}]`,
    (elements) => `<g d="${'b '.repeat(20 * elements)}"/>`,
    2000,
    4200,
  ),
  'part of an attribute of a parent': rules((index) => `[d*="ab${index}"]>a`, children(attributed('a')), 40, 500),
  'the end of an attribute of an ancestor': rules(
    (index) => `[d*="aab${index}"] b a`,
    descendants(attributed('a')),
    27,
    600,
  ),
  'part of an attribute of a sibling, in either case': rules(
    (index) => `[d*="ab${index}" i]~a`,
    followers(attributed('a')),
    11,
    1000,
  ),
  'words of an attribute of a parent': rules((index) => `[d~=b${index}]>a`, children(attributed('b ')), 32, 500),
  'words of an attribute of a sibling': rules((index) => `[d~=b${index}]~a`, followers(attributed('b ')), 12, 1000),
  'a negation of an attribute of a parent': rules(
    (index) => `:not([d*="ab${index}"])>b>a`,
    children(attributed('a')),
    40,
    500,
  ),
  'a class of a parent': rules((index) => `.a${index}>a`, children(classed('b ')), 20, 400),
  'a class of an ancestor': rules((index) => `.a${index} b a`, descendants(classed('b ')), 13, 500),
  'a class of a sibling': rules((index) => `.a${index}~a`, followers(classed('b ')), 9, 800),
  'negations in one selector': compound((count) => `g${':not(a)'.repeat(count)}`, flat, 9900, 3000),
  'a list in a negation': compound((count) => `g:not(${'a,'.repeat(count)}a)`, flat, 19_000, 3000),
  'classes in one selector': compound((count) => `g${'.b'.repeat(count)}`, classes, 9900, 2700),
  ancestors: rules(() => 'x g', deep, 50, 1400),
  'a chain of parents for each ancestor': compound((count) => `x>${'g>'.repeat(count)}g rect`, deep, 200, 1200),
  'next siblings': rules(() => 'x+g', flat, 6000, 1400),
  'all siblings': rules(() => 'x~g', flat, 14, 2000),
  'all siblings in a negation': compound((count) => `g${':not(x~g)'.repeat(count)}`, flat, 16, 1500),
  'a chain for all siblings': compound((count) => `x+${'g+'.repeat(count)}g~g`, flat, 24, 2000),
  'all siblings of all ancestors': rules(() => 'x+g~g g', broad, 4, 2000),
  'first children': rules(() => 'g:first-child', flat, 7000, 2000),
  'counted children': rules(() => 'g:nth-child(7n+3)', flat, 19, 4000),
  'children counted from the last': rules(() => 'g:nth-last-child(7n+3)', flat, 19, 4000),
  'first of their types': rules(() => 'g:first-of-type', flat, 70, 4000),
  'counted types': rules(() => 'g:nth-last-of-type(7n+3)', flat, 19, 4000),
  'counted types of ancestors': rules(() => 'g:nth-of-type(7n+3) g g:nth-of-type(n)', broad, 10, 2000),
  declarations: {
    sheet: (count) => many(() => `g{${'fill:red!important;'.repeat(10)}}`, count),
    body: flat,
    selectors: 1400,
    elements: 1500,
  },
  'a long list of numbers': compound((count) => `g{stroke-dasharray:${'1 '.repeat(count)}} h`, flat, 11_000, 2300),
  'a long name': compound((count) => `g{font-family:"${'a'.repeat(count)}"} h`, flat, 22_000, 2300),
  'a sheet with escapes': compound((count) => `\\67 ,x\\}${',g'.repeat(count)}`, flat, 9000, 1200),
};

export const styledDrawing = ({ sheet, body, selectors, elements }: Styled, { times = 1 } = {}): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><style>${sheet(Math.ceil(selectors * times))}</style>${body(elements)}</svg>`;
