import { expect } from 'chai';
import fc from 'fast-check';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { checkPainting, paintingOf, secondsToPaint } from '../../../../shared/domain/svg/svg-painting.ts';
import { cpuTimeOf, QUADRATIC_MS } from '../../../support/cpu-time.ts';
import { blankPng, embedded, many, svgOf } from '../../../support/drawings/referring-drawings.ts';

const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64');
const svgUrl = (drawing: string): string => `data:image/svg+xml;base64,${base64(drawing)}`;
const pngUrl = (side: number): string => `data:image/png;base64,${base64(blankPng(side, side))}`;

/** Levels that each refer to the next twice, by attributes of rectangles. */
const doubling = (element: string, ask: (id: string) => string, { levels = 24, attributes = '' } = {}): string =>
  svgOf(
    `${many((level) => `<${element} id="m${level}" ${attributes}>${`<rect width="200" height="200" ${ask(`m${level + 1}`)}/>`.repeat(2)}</${element}>`, levels)}<rect width="200" height="200" ${ask('m0')}/>`,
  );
const masked = (ask: (id: string) => string): string => doubling('mask', ask);

/** Masks that each refer to the next by a class, for which a style sheet has a rule. */
const styled = (rule: (id: string, name: string) => string): string =>
  svgOf(
    `<style>${many((level) => rule(`m${level}`, `c${level}`), 24)}</style>${many((level) => `<mask id="m${level}">${`<rect class="x c${level + 1}" width="9" height="9"/>`.repeat(2)}</mask>`, 24)}<rect class="c0"/>`,
  );

/** Ten levels of ten uses, the last of which show the given content. */
const tenfold = (last: string, attributes = ''): string =>
  `<defs><g id="u0">${last}</g>${many((level) => `<g id="u${level + 1}">${`<use href="#u${level}"/>`.repeat(10)}</g>`, 6)}</defs><use ${attributes} href="#u6"/>`;

const MASK = '<mask id="m"><rect width="9" height="9"/></mask>';
const PATTERN = `<pattern id="p" width="1" height="1">${'<rect width="1" height="1"/>'.repeat(2000)}</pattern>`;
const SHAPES = '<path d="M0 0h9v9"/>'.repeat(2000);

/** Drawings of a few kilobytes that would take hours. */
const MULTIPLYING: Record<string, string> = {
  'masks of masks': masked((id) => `mask="url(#${id})"`),
  'masks around masks': svgOf(
    `${many((level) => `<mask id="m${level}"><g mask="url(#m${level + 1})"><rect/><rect mask="url(#m${level + 1})"/></g></mask>`, 18)}<rect mask="url(#m0)"/>`,
  ),
  'patterns of patterns': doubling('pattern', (id) => `fill="url(#${id})"`),
  'strokes of patterns': doubling('pattern', (id) => `stroke="red" style="stroke : url( '#${id}' ) red"`),
  'clip paths of clip paths': doubling('clipPath', (id) => `clip-path="url(#${id})"`),
  'markers of markers': doubling('marker', (id) => `d="M0 0L1 1 2 2" marker-mid="url(#${id})"`),
  'a shorthand for markers': doubling('marker', (id) => `d="M0 0h1h1h1" style="marker:url(#${id})"`),
  'filters that show what is filtered': svgOf(
    `${many((level) => `<filter id="f${level}"><feImage href="#g${level}"/><feImage href="#g${level}"/></filter><g id="g${level}" filter="url(#f${level + 1})"/>`, 24)}<rect filter="url(#f0)"/>`,
  ),
  'uses of uses': svgOf(tenfold('<rect/>'.repeat(100))),
  'uses by xlink': svgOf(tenfold('<rect/>'.repeat(100)).replaceAll('href', 'xlink:href')),
  'uses of symbols': svgOf(tenfold('<rect/>'.repeat(100)).replaceAll('<g', '<symbol').replaceAll('</g', '</symbol')),
  'references in quotes and in references to characters': masked((id) => `mask=" URL(&quot;&#x23;${id}&quot;) "`),
  'ids in references to characters': masked((id) => `mask="url(#${id})"`).replaceAll('id="m', 'id="&#109;'),
  'ids beyond ASCII, told in two ways': masked((id) => `mask="url(#${id})"`)
    .replaceAll('id="m', 'id="\xc3\xa4')
    .replaceAll('#m', '#&#228;'),
  'style attributes': masked((id) => `style="fill:red;mask:url(#${id})"`),
  'style attributes with a comment before the colon': masked((id) => `style="mask/* : */:url(#${id})"`),
  'a style sheet by classes': styled((id, name) => `.${name}{mask:url(#${id})}`),
  'a style sheet by classes at the end of others': styled(
    (id, name) => `mask > rect.${name}:not(.y), z{mask:url("#${id}")}`,
  ),
  'a style sheet by ids': styled((id) => `#${id} rect{mask:url(#m${Number(id.slice(1)) + 1})}`),
  'a style sheet by attributes': styled((id, name) => `[class~="${name}"]{mask:url(#${id})}`),
  'a style sheet in a condition': styled((id, name) => `@media all{.${name}{mask:url(#${id})}}`),
  'a style sheet with escapes': styled((id, name) => `.\\63 ${name.slice(1)}{mask:url(#${id})} x{a:"\\""}`),
  'a style sheet with an end in a string': styled((id, name) => `.${name}{a:"}";mask:url(#${id})}`),
  'a style sheet for types': svgOf(`<style>rect{mask:url(#m)}</style>${MASK}${tenfold('<rect/>')}`),
  'a filling of all that is in a use': svgOf(
    PATTERN + tenfold(SHAPES, 'fill="url(#p)"').replaceAll('"/>'.repeat(10), '"/>'),
  ),
  'a filling of all that is in a group': svgOf(`${PATTERN}<g fill="url(#p)"><g>${SHAPES}</g></g>`),
  'a filling of what is in definitions': svgOf(
    `${PATTERN}<defs fill="url(#p)"><pattern id="q" width="1" height="1">${SHAPES}</pattern></defs><rect fill="url(#q)"/>`,
  ),
  'markers of all that is in a group': svgOf(`<marker id="k">${SHAPES}</marker><g marker-mid="url(#k)">${SHAPES}</g>`),
  'markers filled as what they are on': svgOf(
    `${PATTERN}<marker id="k"><rect fill="context-fill"/></marker><path fill="url(#p)" marker-mid="url(#k)" d="M0 0${'h1'.repeat(2000)}"/>`,
  ),
  'what is taken over by the word': svgOf(`${MASK}<g mask="url(#m)">${'<path mask="inherit"/>'.repeat(4000)}</g>`),
  'what a style sheet has taken over by the word': svgOf(
    `<style>*{mask:inherit}</style>${MASK}<g mask="url(#m)">${'<path/>'.repeat(4000)}</g>`,
  ),
  'transparent groups': svgOf(tenfold('<rect opacity=".5"/>')),
  'groups of an opacity with an exponent': svgOf(tenfold('<rect style="Opacity: 1e-1"/>')),
  'groups with functions of filters': svgOf(tenfold('<rect style="filter:blur(2px)"/>')),
  'groups that are blended': svgOf(tenfold('<rect style="mix-blend-mode:screen"/>')),
  'embedded drawings of embedded drawings': embedded(8, 9),
  'uses of an embedded drawing': svgOf(tenfold(`<image href="${svgUrl(svgOf('<rect/>'.repeat(100)))}"/>`)),
  'uses of a part of an embedded drawing': svgOf(
    tenfold(`<use href="${svgUrl(svgOf(`<defs><g id="g">${'<rect/>'.repeat(100)}</g></defs>`))}#g"/>`),
  ),
  'masks in an embedded drawing': svgOf(
    `<image href="data:image/svg+xml,${encodeURIComponent(masked((id) => `mask="url(#${id})"`))}"/>`,
  ),
  'masks in a document that is included': svgOf(`<xi:include href="${svgUrl(masked((id) => `mask="url(#${id})"`))}"/>`),
  'masks over the bounds of a document that is included': svgOf(
    `<xi:include href="${svgUrl(svgOf(`<style>rect{mask:url(#m)}</style>${MASK}`))}"/>${tenfold('<rect/>')}`,
  ),
  'the second of two with one id, which nobody refers to': svgOf(`${tenfold('<rect/>'.repeat(100))}<g id="u6"/>`),
  'a picture': svgOf(`<image id="i" href="${pngUrl(8000)}"/>${'<use href="#i"/>'.repeat(433)}`),
  'a picture that is embedded so often': svgOf(`<image href="${pngUrl(8000)}"/>`.repeat(300)),
  'pictures that are not the same': svgOf(many((index) => `<image href="${pngUrl(4000 + index)}"/>`, 9)),
  'circles that are none, because a part is not shown': svgOf(
    `<g display="none"><use href="#b"/></g><g id="a"><use href="#b"/><g display="none"><use href="#b"/></g></g><g id="b">${tenfold('<rect/>'.repeat(100))}<g display="none"><use href="#a"/></g></g>`,
  ),
};

/** Drawings whose cost cannot be estimated, and need not be written that way. */
const UNCOUNTABLE: Record<string, [drawing: string, reason: RegExp]> = {
  'attributes that a DOCTYPE gives': [
    `<!DOCTYPE svg [<!ATTLIST use href CDATA "#a">]>${svgOf('<use/>')}`,
    /gives its elements attributes in a DOCTYPE/,
  ],
  'references with escapes': [svgOf(`<g style="mask:url('\\23 m')"/>`), /has escapes in its references/],
  'references with an escaped function': [svgOf('<g mask="u\\72l(#m)"/>'), /has escapes in its references/],
  'embedded documents of two bytes a letter': [
    svgOf(`<image href="data:image/svg+xml;base64,${Buffer.from(svgOf(''), 'utf16le').toString('base64')}"/>`),
    /NUL characters/,
  ],
};

const shape = (index: number, attributes = ''): string =>
  `<path ${attributes} d="M${index % 190},10.5c3.2,0,5.1-2.1,5.1-5.3S${index % 190}.2,1.5,${index % 190},1.5z"/>`;
const GRADIENT = (id: string) =>
  `<linearGradient id="${id}"><stop/><stop offset=".5"/><stop offset="1"/></linearGradient>`;

/** Drawings as programs write them, larger than most, at a usual size. */
const ORDINARY: Record<string, string> = {
  'of icons that are used by hundreds': svgOf(
    `${many((index) => `<symbol id="i${index}" viewBox="0 0 24 24">${many((each) => shape(each), 8)}</symbol>`, 60)}${many((index) => `<use xlink:href="#i${index % 60}" x="${index}" width="24" height="24"/>`, 800)}`,
  ),
  'of a chart with 20,000 elements': svgOf(many((index) => shape(index, 'class="point"'), 20_000)),
  'of a map with gradients and patterns for thousands of shapes': svgOf(
    `<defs>${GRADIENT('g')}<pattern id="p" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 0l8 8"/></pattern></defs>${many((index) => shape(index, `fill="url(#${'gp'[index % 2]})" stroke="url(#g)"`), 12_000)}`,
  ),
  'of symbols on a map': svgOf(
    `<defs><g id="s"><circle r="3"/><path d="M0 0v5"/></g></defs>${many((index) => `<use href="#s" x="${index}"/>`, 20_000)}`,
  ),
  'with clip paths and masks in levels, as Illustrator exports': svgOf(
    `<style>.a{clip-path:url(#c1)}.b{clip-path:url(#c2);opacity:.9}.c{mask:url(#m)}.d{fill:url(#g)}</style><clipPath id="c1"><rect/></clipPath><clipPath id="c2" clip-path="url(#c1)"><use xlink:href="#r"/></clipPath><mask id="m"><rect class="d"/></mask><path id="r"/>${GRADIENT('g')}${many((index) => `<g class="a"><g class="b">${shape(index, 'class="d"').repeat(12)}</g><g class="e">${shape(index)}</g></g>`, 60)}<g class="c">${shape(1)}</g>`,
  ),
  'with a style to each element, as Inkscape saves': svgOf(
    `<defs id="defs1">${many((index) => `<linearGradient id="l${index}" xlink:href="#base"/>`, 300)}${GRADIENT('base')}<marker id="arrow" style="overflow:visible" orient="auto"><path id="path1" style="fill:context-stroke"/></marker></defs>${many((index) => shape(index, `id="path${index}" style="opacity:1;mix-blend-mode:normal;fill:url(#l${index % 300});stroke:#000;marker-end:url(#arrow);filter:none"`), 9000)}`,
  ),
  'with shadows and clips, as Figma exports': svgOf(
    `${many((index) => `<g filter="url(#f${index})"><g clip-path="url(#c0)">${shape(index, 'fill="white" style="mix-blend-mode:normal"')}</g></g>`, 40)}<defs><clipPath id="c0"><rect/></clipPath>${many((index) => `<filter id="f${index}" x="0" y="0" width="46" height="46" filterUnits="userSpaceOnUse"><feFlood flood-opacity="0" result="b"/><feColorMatrix in="SourceAlpha"/><feOffset dy="4"/><feGaussianBlur stdDeviation="2"/><feColorMatrix/><feBlend in2="b" result="e"/><feBlend in="SourceGraphic" in2="e"/></filter>`, 40)}</defs>`,
  ),
  'of a line with markers': svgOf(
    `<marker id="k"><circle r="2"/></marker><path marker-mid="url(#k)" d="M0 0${many((index) => `L${index}.5 ${index % 70}`, 5000)}"/>`,
  ),
  'with photographs': svgOf(many((index) => `<image href="${pngUrl(2000 + index)}" id="i${index}"/>`, 6)),
  'with a small drawing that is used often': svgOf(
    `<image id="i" href="${svgUrl(svgOf(shape(1).repeat(20)))}"/>${'<use href="#i"/>'.repeat(300)}`,
  ),
  'that refers to itself by mistake': svgOf(
    '<pattern id="p" href="#p"><rect fill="url(#p)"/></pattern><mask id="a"><rect mask="url(#b)"/></mask><mask id="b"><rect mask="url(#a)"/></mask><g id="u"><use href="#u"/></g><rect fill="url(#p)" mask="url(#a)"/>',
  ),
  'with data of its own in a DOCTYPE': `<!DOCTYPE svg [<!ATTLIST svg xmlns:a CDATA #FIXED "http://ns.example/a" xml:space (default|preserve) "preserve">]>${svgOf(shape(1))}`,
};

const COMMON = { width: 2000, height: 2000 };

function refusal(drawing: string, size = COMMON): string {
  try {
    checkPainting(paintingOf(drawing), size);
    return 'admitted';
  } catch (error) {
    expect(error).to.be.instanceOf(ImageServiceError);
    const { code, message } = error as ImageServiceError;
    expect(code).to.equal(/seconds to draw/.test(message) ? 'rendition_too_costly' : 'image_unreadable');
    return message;
  }
}

/** A part of a made-up drawing, and how it refers to others. */
interface Made {
  shapes: number;
  asks: { how: 'use' | 'mask' | 'pattern' | 'group'; to: number }[];
}

const ROLE = (index: number): 'g' | 'mask' | 'pattern' => (['g', 'mask', 'pattern'] as const)[index % 3] ?? 'g';
const WRITTEN = {
  use: (id: string) => `<use href="#${id}"/>`,
  mask: (id: string) => `<rect mask="url(#${id})"/>`,
  pattern: (id: string) => `<rect style="fill:url('#${id}')"/>`,
  group: (id: string) => `<g><rect stroke="url(#${id})" fill="none"/></g>`,
};
const write = (parts: readonly Made[]): string =>
  svgOf(
    `<defs>${parts
      .map(
        ({ shapes, asks }, index) =>
          `<${ROLE(index)} id="p${index}">${'<rect/>'.repeat(shapes)}${asks.map(({ how, to }) => WRITTEN[how](`p${to}`)).join('')}</${ROLE(index)}>`,
      )
      .join('')}</defs><use href="#p0"/>`,
  );
/** Counts the elements of a part by following each reference, except those back to a part that it is in. */
function expanded(parts: readonly Made[], index: number, within: readonly number[] = []): number {
  const part = parts[index];
  if (!part || within.includes(index)) return 0;
  return part.asks.reduce(
    (sum, { how, to }) => sum + (how === 'group' ? 2 : 1) + expanded(parts, to, [...within, index]),
    1 + part.shapes,
  );
}
const made = (to: (index: number, any: number) => number) =>
  fc
    .array(
      fc.record({
        shapes: fc.nat(3),
        asks: fc.array(fc.record({ how: fc.constantFrom('use', 'mask', 'pattern', 'group'), to: fc.nat(50) }), {
          maxLength: 3,
        }),
      }),
      { minLength: 1, maxLength: 7 },
    )
    .map((parts) =>
      parts.map(({ shapes, asks }, index) => ({
        shapes,
        asks: asks.map((ask) => ({ ...ask, to: to(index, ask.to) })),
      })),
    ) as fc.Arbitrary<Made[]>;
/** The root, its definitions and the use. */
const AROUND = 2;

describe('the cost of the references of an SVG', () => {
  for (const [what, drawing] of Object.entries(MULTIPLYING)) {
    it(`is estimated for ${what}, and refused with the figure and the limit`, () => {
      expect(drawing.length).to.be.below(LIMITS.svgBytes);
      expect(refusal(drawing)).to.match(
        /may take (\d{2,}|more than a billion) seconds to draw at 2000 × 2000 pixels; the limit is 30|pictures that the SVG embeds have \d+ pixels together/,
      );
    });
  }

  for (const [what, [drawing, reason]] of Object.entries(UNCOUNTABLE)) {
    it(`is refused if it cannot be estimated: ${what}`, () => expect(refusal(drawing)).to.match(reason));
  }

  for (const [what, drawing] of Object.entries(ORDINARY)) {
    it(`is admitted for a drawing ${what}`, () => expect(refusal(drawing)).to.equal('admitted'));
  }

  describe('to filters', () => {
    const HD = { width: 1920, height: 1080 };
    const filtered = (region: string, what: (index: number) => string) =>
      svgOf(
        `<filter id="s" ${region}><feDropShadow dx="4" dy="4" stdDeviation="6"/></filter>${many(what, 300)}`,
      ).replace(/width="200" height="200"/, 'viewBox="0 0 1920 1080"');
    const card = (index: number) =>
      `<g filter="url(#s)"><rect x="${(index * 7) % 1700}" y="${(index * 5) % 900}" width="200" height="150"/></g>`;
    const LARGE = 'x="-10000%" y="-10000%" width="20000%" height="20000%"';
    const byUnits = (size: string) => `filterUnits="userSpaceOnUse" ${size}`;
    const ADMITTED: Record<string, string> = {
      'small shapes': filtered('', card),
      'small shapes in a region of so many units': filtered(byUnits('width="240" height="180"'), card),
    };
    const REFUSED: Record<string, string> = {
      'small shapes in a large region': filtered(LARGE, card),
      'small shapes in a region of all units': filtered(byUnits('width="1920" height="1080"'), card),
      'small shapes in a region of units that are hundredths': filtered(byUnits('width="100%" height="100%"'), card),
      'small shapes in a region of the box that is no number': filtered('width="calc(1)"', card),
      'small shapes in a region of units that are none': filtered('filterUnits="x" width="1" height="1"', card),
      'large shapes': filtered('', () => '<rect width="1920" height="1080" filter="url(#s)"/>'),
      'shapes of a size by a style': filtered('', card).replaceAll('height="150"', 'height="1" style="height:1080px"'),
      'shapes of a size by a style sheet': filtered('', card).replace(
        '<filter',
        '<style>rect{width:99%}</style><filter',
      ),
      'shapes without a transform by a style sheet': filtered(
        byUnits('width="1920" height="1080"'),
        (index) => `<g transform="scale(.0001)" ${card(index).slice(2)}`,
      ).replace('<filter', '<style>g{transform:none}</style><filter'),
      'a line across, in hundredths': filtered('', () => '<line x2="100%" y2="100%" filter="url(#s)"/>'),
      'a path with a point far away': filtered('', () => '<path d="M0 0h9v9zM1920 1080z" filter="url(#s)"/>'),
      'two shapes far apart': filtered(
        '',
        () => '<g filter="url(#s)"><rect width="9" height="9"/><rect x="1900" y="1070" width="9" height="9"/></g>',
      ),
      'a shape with markers': filtered(
        '',
        () => '<g marker-end="url(#k)"><path d="M0 0h9v9" filter="url(#s)"/></g>',
      ).replace('<filter', '<marker id="k"><rect width="1920" height="1080"/></marker><filter'),
      'a shape with a filter within': filtered('', (index) => `<g filter="url(#s)">${card(index)}</g>`),
      'functions, which fill all': filtered('', () => '<rect width="9" height="9" filter="blur(2px)"/>'),
    };
    for (const [what, drawing] of Object.entries(ADMITTED))
      it(`is admitted for shadows of ${what}`, () => expect(refusal(drawing, HD)).to.equal('admitted'));
    for (const [what, drawing] of Object.entries(REFUSED))
      it(`is refused for shadows of ${what}`, () => expect(refusal(drawing, HD)).to.match(/seconds to draw/));
  });

  it('is estimated also with comments, or signs of comments, in declarations', () => {
    for (const style of ['opacity:.5', 'opacity/**/:.5', "a:'/*';opacity/**/:.5", 'opacity:.5;opacity:1']) {
      expect(paintingOf(svgOf(`<rect style="${style}"/>`)).layers, style).to.be.at.least(1);
    }
    expect(paintingOf(svgOf('<rect style="/* opacity */fill:red"/>')).layers).to.equal(0);
  });

  it('is that of all references followed one by one', () => {
    fc.assert(
      fc.property(
        made((index, any) => index + 1 + (any % 3)),
        (parts) => {
          expect(paintingOf(write(parts)).elements).to.equal(AROUND + expanded(parts, 0));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is finite and not too low if references form circles', () => {
    fc.assert(
      fc.property(
        made((_, any) => any % 7),
        (parts) => {
          const { elements } = paintingOf(write(parts));
          expect(elements).to.be.at.least(AROUND + expanded(parts, 0));
          expect(elements).to.be.finite;
        },
      ),
      { numRuns: 300 },
    );
  });

  it('grows with the size of the canvas and its number of tiles', () => {
    const painting = paintingOf(svgOf(`${MASK}${'<rect mask="url(#m)"/>'.repeat(20)}`));
    const [one, four, nine] = [1000, 2000, 6000].map((side) => secondsToPaint(painting, { width: side, height: side }));
    expect((four ?? 0) / (one ?? 1)).to.be.within(3.9, 4.1);
    expect((nine ?? 0) / (four ?? 1)).to.be.within(80, 82);
  });

  it('is estimated in linear time', () => {
    const chain = (write: (level: number) => string) => svgOf(many(write, 15_000));
    const costly: Record<string, string> = {
      'a chain of uses': chain((level) => `<g id="u${level}"><use href="#u${level + 1}"/></g>`),
      'a circle of uses': chain((level) => `<g id="u${level}"><use href="#u${(level + 1) % 15_000}"/></g>`),
      'groups in groups': svgOf(`${'<g id="a" fill="url(#p)">'.repeat(5000)}${'</g>'.repeat(5000)}`),
      'fills in definitions': svgOf(`<g fill="url(#a)">${'<mask fill="url(#b)">'.repeat(9000)}</g>`),
      'rules for every element': svgOf(`<style>${'*{mask:url(#m)}'.repeat(5000)}</style>${'<g/>'.repeat(20_000)}`),
      'a rule of many URLs': svgOf(`<style>*{mask:${'url(#m) '.repeat(9000)}}</style>${'<g/>'.repeat(9000)}`),
      'URLs without an end': svgOf(`<g mask="${'url('.repeat(60_000)}"/>`),
      'URLs without a property': svgOf(`<g style="${'url(a)'.repeat(30_000)}"/>`),
      'properties in one value': svgOf(`<g style="${'filter:url(#a) '.repeat(15_000)}"/>`),
      colons: svgOf(`<g style="${'opacity'.repeat(20_000)}${':'.repeat(20_000)}"/>`),
      comments: svgOf(`<g style="${'opacity/*'.repeat(100_000)}"/>`),
      numbers: svgOf(`<path d="${'1e'.repeat(60_000)}"/>`),
      'declarations in a DOCTYPE': `<!DOCTYPE svg [${'<!ATTLIST a b CDATA #IMPLIED>'.repeat(4000)}]>${svgOf('')}`,
    };
    for (const [what, drawing] of Object.entries(costly)) {
      expect(
        cpuTimeOf(() => refusal(drawing)),
        what,
      ).to.be.below(QUADRATIC_MS);
    }
  });
});
