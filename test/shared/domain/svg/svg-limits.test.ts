import { expect } from 'chai';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { checkSvgLimits } from '../../../../shared/domain/svg/svg-limits.ts';
import { cpuTimeOf, QUADRATIC_MS } from '../../../support/cpu-time.ts';
import { STYLE_SHEETS, styledDrawing } from '../../../support/drawings/style-sheets.ts';

const HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xi="http://www.w3.org/2001/XInclude" width="4" height="4">';
const svg = (content: string): string => `${HEAD}${content}</svg>`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const many = (write: (index: number) => string, count: number): string =>
  Array.from({ length: count }, (_, index) => write(index)).join('');

/** So many rules that they take an hour or more for ELEMENTS. */
const RULES = 'g,'.repeat(50_000);
const SHEET = `${RULES}g{fill:red}`;
const ELEMENTS = '<g/>'.repeat(20_000);
const COSTLY = svg(`<style>${SHEET}</style>${ELEMENTS}`);
const CSS_URL = `data:text/css;base64,${base64(SHEET)}`;

/** Drawings whose style sheets are in places that only a reader of XML and CSS finds. */
const HIDDEN: Record<string, string> = {
  'behind the end of another element in the style': svg(`<style><a></a>${SHEET}</style>${ELEMENTS}`),
  'behind the end of a style in a comment': svg(`<style><!-- </style> -->${SHEET}</style>${ELEMENTS}`),
  'behind the end of a style in CDATA': svg(`<style><![CDATA[ /* </style> */ ${SHEET}]]></style>${ELEMENTS}`),
  'in CDATA': svg(`<style><![CDATA[${SHEET}]]></style>${ELEMENTS}`),
  'in the element of a prefix': svg(`<s:style xmlns:s="http://www.w3.org/2000/svg">${SHEET}</s:style>${ELEMENTS}`),
  'in references to characters': svg(`<style>${SHEET.replaceAll(',', '&#44;')}</style>${ELEMENTS}`),
  'behind a DOCTYPE that names a comment': `<!DOCTYPE svg [<!NOTATION n SYSTEM "<!--">]>${COSTLY}<!-- -->`,
  'behind a quote in an URL': svg(`<style>x{fill:url(a')} ${SHEET} y{fill:url(a')}</style>${ELEMENTS}`),
  'behind a comment in a string': svg(`<style>[a="/*"]{} ${SHEET} [a="*/"]{}</style>${ELEMENTS}`),
  'in a string that a line ends': svg(`<style>x{a:"\n} ${SHEET} y{a:"}</style>${ELEMENTS}`),
  'beside a font': svg(`<style>@font-face{src:url("data:font/woff2;base64,AAAA")}${SHEET}</style>${ELEMENTS}`),
  'with siblings in an escape': svg(`<style>x\\}${'+g'.repeat(3000)}~g{}</style>${ELEMENTS}`),
  'with siblings in a string': svg(`<style>x[a="}"]${'+g'.repeat(3000)}~g{}</style>${ELEMENTS}`),
  'with siblings in a comment': svg(`<style>x/*}*/${'+g'.repeat(3000)}~g{}</style>${ELEMENTS}`),
  'with siblings after a list in parentheses': svg(`<style>x${'+g'.repeat(3000)}:not(a,b)~g{}</style>${ELEMENTS}`),
  'of an attribute of megabytes that is read for each child': svg(
    `<style>g[d*="aaaaaaaaaaaaaaab"] > a{fill:red}</style><g d="${'a'.repeat(2_000_000)}">${'<a/>'.repeat(20_000)}</g>`,
  ),
  'of a class of megabytes that is read for each descendant': svg(
    `<style>.b a{fill:red}</style><g class="${'a '.repeat(1_000_000)}"><g>${'<a/>'.repeat(20_000)}</g></g>`,
  ),
  'of a class of megabytes that is read for each included element': svg(
    `<style>.b a{fill:red}</style><g class="${'a '.repeat(1_000_000)}"><xi:include href="data:image/svg+xml;base64,${base64(svg('<a/>'.repeat(20_000)))}"/></g>`,
  ),
  'of a class that a DOCTYPE gives each element': `<!DOCTYPE svg [<!ATTLIST g class CDATA "${'b '.repeat(20_000)}">]>${svg(`<style>${many((index) => `.a${index}{}`, 1000)}</style>${'<g/>'.repeat(1000)}`)}`,
  'in an embedded drawing': svg(`<image href="data:image/svg+xml;base64,${base64(COSTLY)}"/>`),
  'in an embedded drawing without a media type': svg(`<image href="data:;base64,${base64(COSTLY)}"/>`),
  'in an embedded drawing written with references': svg(
    `<image href=" DA&#84;A:image/SVG+xml;base64,${base64(COSTLY)}"/>`,
  ),
  'in an embedded drawing whose media type has many parameters': svg(
    `<image href="data:text/xml;${'a=b;'.repeat(100)}base64,${base64(COSTLY)}"/>`,
  ),
  'in an embedded drawing not in base64': svg(`<image href="data:image/svg+xml,${encodeURIComponent(COSTLY)}"/>`),
  'in a drawing embedded by a fill': svg(`<g fill="url(data:image/svg+xml;base64,${base64(COSTLY)}#g)"/>`),
  'in a drawing embedded by a style sheet': svg(
    `<style>g{fill:url("\\64 a\\ta:image/svg+xml;base64,${base64(COSTLY)}#g")}</style>`,
  ),
  'in a drawing that an embedded drawing embeds': svg(
    `<image href="data:image/svg+xml;base64,${base64(svg(`<image href="data:text/xml;base64,${base64(COSTLY)}"/>`))}"/>`,
  ),
  'in two included drawings': svg(
    ['<g/>'.repeat(30_000), `<style>${'g,'.repeat(3000)}g{fill:red}</style>`]
      .map((part) => `<xi:include href="data:image/svg+xml;base64,${base64(svg(part))}"/>`)
      .join(''),
  ),
  'in the default of an attribute': `<!DOCTYPE svg [<!ATTLIST image href CDATA "data:image/svg+xml;base64,${base64(COSTLY)}">]>${svg('<image/>')}`,
};

/** Style sheets that librsvg imports and that would not be counted. */
const IMPORTED: Record<string, string> = {
  'an import': svg(`<style>@import url("${CSS_URL}");</style>`),
  'an import without url': svg(`<style>x{} @IMPORT '${CSS_URL}';</style>`),
  'an import without quotes': svg(`<style>@import url( ${CSS_URL} );</style>`),
  'an import with escapes': svg(`<style>@impor\\t "d\\61 ta:text/css;base64,${base64(SHEET)}";</style>`),
  'an import with references': svg(`<style>&#64;import "da&#10;ta:text/css;base64,${base64(SHEET)}";</style>`),
  'an import after a comment': svg(`<style>[a="/*"]{} @import/**/"${CSS_URL}";</style>`),
  'an instruction': `<?xml-stylesheet type="text/css" href="${CSS_URL}"?>${svg('')}`,
  'an instruction inside the root': svg(`<?xml-stylesheet href="da&#116;a:text/css;base64,${base64(SHEET)}"?>`),
  'an instruction after the root': `${svg('')}<?xml-stylesheet href="${CSS_URL}"?>`,
  'an import of an embedded drawing': svg(
    `<image href="data:image/svg+xml;base64,${base64(svg(`<style>@import "${CSS_URL}";</style>`))}"/>`,
  ),
};

const FONT = `@font-face{font-family:"Virgil";src:url("data:font/woff2;base64,${'A+/b'.repeat(250_000)}")}`;
const shape = (index: number, attributes: string): string =>
  `<path ${attributes} d="M${index},10.5c3.2,0,5.1-2.1,5.1-5.3S${index}.2,1.5,0,1.5z"/>`;

/** Drawings as programs write them, larger than most. */
const ORDINARY: Record<string, string> = {
  'with hundreds of classes, as Illustrator exports': svg(
    `<defs><style>${many((index) => `.cls-${index},.cls-${index}b{fill:#${(index + 0x100000).toString(16)};stroke:#231f20;stroke-miterlimit:10;stroke-width:.25px}\n      `, 400)}</style></defs>${many((index) => shape(index, `class="cls-${index % 400}"`), 6000)}`,
  ),
  'with a style to each element, as Inkscape saves': svg(
    `<style id="style1">.label { font-family: 'DejaVu Sans', sans-serif; }</style>${many((index) => shape(index, `id="path${index}" style="fill:#000;stroke:url(#g${index});font-family:'A, B'"`), 12_000)}`,
  ),
  'of groups, as Figma exports': svg(
    `<g clip-path="url(#clip0)">${many((index) => `<g>${shape(index, 'fill="white"')}</g>`, 8000)}</g>`,
  ),
  'with a picture, and fonts from elsewhere': svg(
    `<style>@import url("https://fonts.googleapis.com/css2?family=Inter:wght@400;700&amp;display=swap");/* .old { } */</style><image href="data:image/png;base64,${'iVBO'.repeat(500_000)}"/>`,
  ),
  'with a font of its own, as Excalidraw exports': svg(
    `<style>${FONT}</style>${many((index) => shape(index, ''), 5000)}`,
  ),
  'of a chart, with children that are counted': svg(
    `<style>/* {axis} */ .bars g:first-child rect{opacity:.5} .bars g:nth-child(2n) rect, .axis > line ~ text{fill:#eee} .axis line+text{fill:"x"} svg .tick:not(:last-child) text{fill:red}</style>${'<g class="axis">'.repeat(10)}${'<g class="tick"><rect/><text/></g>'.repeat(1500)}${'</g>'.repeat(10)}`,
  ),
  'of classes by ancestors, siblings and attributes, as web pages have them': svg(
    `<style>${many((index) => `.series .point-${index}, [data-x="${index}"] > path{fill:red}`, 40)} .legend ~ .series{fill:red}</style><image href="data:image/png;base64,${'iVBO'.repeat(300_000)}"/><g class="legend"/><g class="series" data-x="1">${many((index) => shape(index, `class="point-${index % 40} point"`), 1500)}</g>`,
  ),
  'with a small drawing in it': svg(
    `<style>g{fill:red}</style><image href="data:image/svg+xml;base64,${base64(svg('<style>.a{fill:red}</style><g class="a"/>'))}"/>`,
  ),
};

const refusal = (drawing: string): string => {
  try {
    checkSvgLimits(drawing);
    return 'admitted';
  } catch (error) {
    expect(error).to.be.instanceOf(ImageServiceError).have.property('code', 'image_unreadable');
    return (error as Error).message;
  }
};

describe('the style sheets of an SVG', () => {
  for (const [kind, styled] of Object.entries(STYLE_SHEETS)) {
    it(`are admitted up to a limit and refused above it, with both figures, for ${kind}`, () => {
      expect(refusal(styledDrawing(styled))).to.equal('admitted');
      const { svgStyleComparisons: limit } = LIMITS;
      expect(refusal(styledDrawing(styled, { times: 4 }))).to.match(
        new RegExp(`may take \\d{8,} comparisons.*is ${limit}`),
      );
    });
  }

  for (const [where, drawing] of Object.entries(HIDDEN)) {
    it(`are counted ${where}`, () => expect(refusal(drawing)).to.match(/comparisons/));
  }

  for (const [how, drawing] of Object.entries(IMPORTED)) {
    it(`are refused if they come from a data URL by ${how}`, () =>
      expect(refusal(drawing)).to.match(/takes a style sheet from a data/));
  }

  for (const [what, drawing] of Object.entries(ORDINARY)) {
    it(`are admitted in a drawing ${what}`, () => expect(refusal(drawing)).to.equal('admitted'));
  }

  it('are refused in drawings that are embedded too deep', () => {
    let drawing = svg('');
    for (let level = 0; level < 20; level += 1) drawing = svg(`<image href="data:;base64,${base64(drawing)}"/>`);
    expect(refusal(drawing)).to.match(/deep/);
  });

  it('are counted in linear time', () => {
    for (const part of [
      '<style>',
      '<style>/*',
      '"',
      'url(',
      '@import',
      'data:,',
      'data:',
      '<a b=",',
      '<!--',
      '&#',
      '{',
      '\\',
      '<a b="data:;base64,',
    ])
      for (const around of [
        svg,
        (text: string) => svg(`<style>${text}</style>`),
        (text: string) => svg(`<g a="${text}"/>`),
      ]) {
        const drawing = around(part.repeat(LIMITS.svgBytes / 8 / part.length));
        expect(
          cpuTimeOf(() => refusal(drawing)),
          part,
        ).to.be.below(QUADRATIC_MS);
      }
  });
});
