import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { closeSvgSanitizer, sanitizeSvg } from '../../../../shared/uploads/svg/sanitize-svg.ts';
import { svgProblems } from '../../../support/drawings/strict-svg-check.ts';

const sanitize = (svg: Buffer) => sanitizeSvg(svg, 'anybody');

/** Thousands have been tried: SVG_RUNS=4000. */
const RUNS = Number(process.env.SVG_RUNS ?? 200);

interface Tree {
  element: string;
  attributes: [name: string, value: string][];
  content: (Tree | string)[];
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A tree as XML. Of attributes of one name the first is written. */
function written(tree: Tree | string): string {
  if (typeof tree === 'string') return tree;
  const names = tree.attributes.map(([name]) => name.replace(/^l:/, 'xlink:'));
  const attributes = tree.attributes.filter((_, at) => names.indexOf(names[at] ?? '') === at);
  const list = attributes.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
  return `<${tree.element}${list}>${tree.content.map(written).join('')}</${tree.element}>`;
}

const NAMESPACES =
  'xmlns="http://www.w3.org/2000/svg" xmlns:s="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:l="http://www.w3.org/1999/xlink" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:o="urn:other"';

const drawing = (content: Tree[]): string =>
  `<svg ${NAMESPACES} width="48" height="32" viewBox="0 0 48 32">${content.map(written).join('')}</svg>`;

/** Trees of some of these elements, attributes, values and texts. */
function treesOf(words: {
  elements: string[];
  attributes: fc.Arbitrary<[string, string]>;
  texts: fc.Arbitrary<string>;
}) {
  return fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.record({
      element: fc.constantFrom(...words.elements),
      attributes: fc.array(words.attributes, { maxLength: 4 }),
      content: fc.array(fc.oneof({ maxDepth: 5, withCrossShrink: true }, words.texts, tie('tree')), { maxLength: 4 }),
    }),
  })).tree;
}

const ADDRESSES = [
  'http://leak.example/a',
  '//leak.example',
  'a.png',
  '#a',
  'javascript:a()',
  'data:text/html,a',
  'data:image/png;base64,AA==',
];
const CSS = [
  ...[
    'url(',
    'URL("',
    "'",
    '"',
    ')',
    '\\',
    '\\75rl(',
    '@import ',
    '@media all',
    '{',
    '}',
    ';',
    ':',
    '/*',
    '*/',
    '<!--',
    '-->',
    '\n',
    ' ',
  ],
  ...[
    'fill',
    'filter',
    'red',
    '--a',
    'var(',
    'image-set(',
    'rgb(',
    ',',
    '#a',
    'http://leak.example/',
    '@font-face',
    'src',
    '!important',
    '\ufeff',
    '\u00a0',
  ],
];
const css = fc.array(fc.constantFrom(...CSS), { maxLength: 14 }).map((parts) => parts.join(''));
const anyText = fc.oneof(
  fc.constantFrom(...ADDRESSES),
  css,
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll(/\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '')),
);

const HOSTILE = treesOf({
  elements: [
    ...[
      'g',
      's:g',
      'rect',
      'a',
      's:a',
      'use',
      'image',
      'style',
      's:style',
      'script',
      's:script',
      'h:script',
      'foreignObject',
      'set',
      's:animate',
    ],
    ...[
      'animateTransform',
      'h:iframe',
      'h:style',
      'o:thing',
      'switch',
      'title',
      'text',
      'metadata',
      'svg',
      's:svg',
      'filter',
      'feImage',
      'linearGradient',
      'Script',
      'handler',
    ],
  ],
  attributes: fc.tuple(
    fc.constantFrom(
      ...[
        'href',
        'xlink:href',
        'l:href',
        'o:href',
        'h:href',
        'HREF',
        'src',
        'onload',
        'onclick',
        'o:onload',
        'xml:base',
        'style',
        'fill',
        'filter',
      ],
      ...[
        'mask',
        'id',
        'class',
        'attributeName',
        'to',
        'values',
        'from',
        'begin',
        'xlink:title',
        'aria-label',
        'data-a',
        'xml:space',
        'cursor',
        'transform',
      ],
    ),
    fc.oneof(anyText, fc.constantFrom('href', 'xlink:href', 'onload', 'style', 'x', ' href')),
  ),
  texts: fc.oneof(
    anyText.map(escaped),
    css.map((text) => `<![CDATA[${text.replaceAll(']]>', '')}]]>`),
    fc.constantFrom('<!-- a -->', '<?xml-stylesheet href="a"?>', '&#60;script>'),
  ),
});

const COLOURS = fc.constantFrom('red', '#0f0', 'rgb(10, 20, 200)', 'url(#a)', 'none', 'url("#a") blue');
const LENGTHS = fc.integer({ min: 0, max: 40 }).map(String);
const HARMLESS = treesOf({
  elements: [
    'g',
    's:g',
    'rect',
    's:rect',
    'circle',
    'path',
    'use',
    'svg',
    'text',
    'style',
    'linearGradient',
    's:stop',
    'clipPath',
    'title',
    'a',
    'symbol',
    'mask',
  ],
  attributes: fc.oneof(
    fc.tuple(fc.constantFrom('x', 'y', 'width', 'height', 'r', 'cx', 'cy', 'rx', 'stroke-width', 'offset'), LENGTHS),
    fc.tuple(fc.constantFrom('fill', 'stroke', 'stop-color', 'color'), COLOURS),
    fc.tuple(fc.constantFrom('clip-path', 'mask'), fc.constantFrom('url(#a)', 'none', 'url(#b)')),
    fc.tuple(
      fc.constant('style'),
      COLOURS.map((colour) => `fill:${colour}; stroke : ${colour}`),
    ),
    fc.tuple(fc.constant('d'), fc.constantFrom('M5 5L20 20V30z', 'M1 1h30v9h-9')),
    fc.tuple(fc.constant('transform'), fc.constantFrom('rotate(9)', 'scale(.5) translate(9 9)')),
    fc.tuple(fc.constantFrom('href', 'l:href'), fc.constantFrom('#a', '#b')),
    fc.tuple(fc.constantFrom('id', 'class'), fc.constantFrom('a', 'b', 'body')),
  ),
  texts: fc.constantFrom(
    'abc',
    ' ',
    '<![CDATA[x]]>',
    '&lt;b&gt;',
    'rect{fill:#808}',
    '.a>rect{stroke:#080}',
    '<!-- a -->',
  ),
});

describe('sanitizeSvg, given generated trees,', () => {
  after(closeSvgSanitizer);

  it('leaves nothing that the strict check finds, and nothing to remove the second time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(HOSTILE, { minLength: 1, maxLength: 6 }), async (trees) => {
        const { svg } = await sanitize(Buffer.from(drawing(trees)));
        expect(svgProblems(svg.toString()), svg.toString()).to.deep.equal([]);
        const again = await sanitize(svg);
        expect(again.svg.toString()).to.equal(svg.toString());
        expect(again.removed).to.deep.equal([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('leaves the pixels of those that are harmless', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(HARMLESS, { minLength: 1, maxLength: 5 }), async (trees) => {
        const source = Buffer.from(drawing(trees));
        const { svg } = await sanitize(source);
        const [before, after] = await Promise.all([source, svg].map((bytes) => sharp(bytes).raw().toBuffer()));
        expect(after?.equals(before ?? Buffer.alloc(0)), svg.toString()).to.equal(true);
      }),
      { numRuns: RUNS },
    );
  });
});
