import { expect } from 'chai';
import fc from 'fast-check';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { outlineOfPath } from '../../../../shared/domain/svg/svg-outline.ts';
import { checkPainting, paintingOf, secondsToPaint } from '../../../../shared/domain/svg/svg-painting.ts';
import { cpuTimeOf } from '../../../support/cpu-time.ts';
import { HONEST_LINES, LINED } from '../../../support/drawings/lined-drawings.ts';
import { svgOf } from '../../../support/drawings/referring-drawings.ts';

const COMMON = { width: 2000, height: 2000 };
const LARGE = { width: 6000, height: 6000 };
const linesOf = (path: string): number[] => [...outlineOfPath(path).lines];

const LONG = `M0 0${'L1e6 9L0 0'.repeat(100)}`;
const stroked = (attributes: string, before = ''): string =>
  svgOf(`${before}<path fill="none" ${attributes} d="${LONG}"/>`, 1000);
const DASHED = 'stroke="red" stroke-dasharray=".3"';

/** Short drawings that take minutes because of the strokes that librsvg gives their lines. */
const STROKED: Record<string, string> = {
  'of a use that shows them': svgOf(`<defs><path id="p" d="${LONG}"/></defs><use xlink:href="#p" ${DASHED}/>`),
  'of a group around a use': svgOf(`<g ${DASHED}><use href="#g"/></g><defs><g id="g"><path d="${LONG}"/></g></defs>`),
  'of a use of a use': svgOf(
    `<symbol id="s"><use href="#p" stroke="red"/></symbol><path id="p" d="${LONG}"/><use href="#s" stroke-dasharray=".3"/>`,
  ),
  'of a group around a marker': svgOf(
    `<g ${DASHED}><marker id="m"><path d="${LONG}"/></marker></g><path d="M0 0h9" marker-start="url(#m)"/>`,
  ),
  'by references to characters': stroked('stroke="&#x72;ed" stroke-dasharray="&#0000000048;.3"'),
  'by references to characters in a style': stroked('style="stroke:red;stroke-dasharray&#58;.3"'),
  'by escapes': stroked('style="stroke:red;stroke\\-dasharra\\79 :.3"'),
  'before an invalid declaration': stroked('style="stroke:red;stroke-dasharray:.3;stroke-dasharray:bad"'),
  'around an invalid attribute': svgOf(`<g ${DASHED}><path stroke-dasharray="9 -9" d="${LONG}"/></g>`),
  'by an important declaration': stroked('stroke-dasharray=".3" style="stroke:red!important;stroke:none"'),
  'between marks of comments in strings': stroked(`stroke-dasharray=".3" style="a:'/*';stroke:red;b:'*/'"`),
  'around a string that looks like a declaration': svgOf(
    `<g ${DASHED}><path style='a:";stroke:none"' d="${LONG}"/></g>`,
  ),
  'in multiples of the font size': stroked('stroke="red" font-size="0.001" stroke-dasharray="300em"'),
  'in fractions of the canvas': stroked('stroke="red" stroke-dasharray=".001%"'),
  'by short dashes before a long one': stroked(`stroke="red" stroke-dasharray="${'.01 '.repeat(100)}9e9"`),
  'with far too many numbers': stroked(`stroke="red" stroke-dasharray="${'9 '.repeat(2000)}"`),
  'in pixels': svgOf(
    `<g transform="scale(1e6)"><path stroke="red" vector-effect="non-scaling-stroke" stroke-dasharray="2" d="M0 0${'L9e3 9L0 0'.repeat(100)}"/></g>`,
  ),
  'on lines in units': svgOf(`<line x2="1e9px" ${DASHED}/>`, 1000),
  'on lines in fractions of the canvas': svgOf(`<line x2="1e8%" ${DASHED}/>`, 1000),
  'on a box in fractions of the canvas': svgOf(`<rect width="1e8%" height="9" ${DASHED}/>`, 1000),
  'on a box in fractions of a large viewport': svgOf(
    `<svg viewBox="0 0 1e9 1e9"><rect width="100%" height="100%" ${DASHED}/></svg>`,
  ),
  'on a box that a style sheet makes large': svgOf(`<style>rect{width:1e9px}</style><rect height="9" ${DASHED}/>`),
  'on a box with an invalid declaration': svgOf(`<rect height="9" ${DASHED} style="width:1e9px!important;width:1px"/>`),
  'by a style sheet with much space': stroked(
    '',
    `<style>path{stroke:red;stroke-dasharray:${' '.repeat(300)}.3}</style>`,
  ),
  'by a style sheet between marks of comments': stroked(
    '',
    "<style>path{stroke:red;a:'/*';stroke-dasharray:.3;b:'*/'}</style>",
  ),
};

const HONESTLY_STROKED: Record<string, string> = {
  'in millimetres': svgOf('<path stroke="red" stroke-dasharray="0.5mm,1mm" d="M0 0L900 900"/>'.repeat(1000), 1000),
  'in parts of the canvas': svgOf('<path stroke="red" stroke-dasharray="1%" d="M0 0L900 900"/>'.repeat(200), 1000),
  'in letters': svgOf('<path stroke="red" stroke-dasharray=".5em" d="M0 0L90 90"/>'.repeat(1000), 1000),
  'in dots and dashes': svgOf('<path stroke="red" stroke-dasharray="0,4 20 4" d="M0 0L900 900"/>'.repeat(1000), 1000),
  'in pixels': svgOf(
    '<path stroke="red" vector-effect="non-scaling-stroke" stroke-dasharray="4 2" d="M0 0L900 900"/>'.repeat(1000),
    1000,
  ),
  'on lines and boxes in parts of the canvas': svgOf(
    '<line x2="100%" y1="5%" y2="5%" stroke="red" stroke-dasharray="4 2"/><rect width="50%" height="1em" fill="none" stroke="red" stroke-dasharray="4"/>'.repeat(
      200,
    ),
    1000,
  ),
  'on boxes of a style sheet': svgOf(
    `<style>.a{width:100px;height:20%}</style>${'<rect class="a" stroke="red" stroke-dasharray="4"/>'.repeat(500)}`,
    1000,
  ),
  'of unknown values': svgOf('<path stroke="red" stroke-dasharray="null" d="M0 0L900 900"/>'.repeat(1000), 1000),
  'where other paths are used': svgOf(
    `<path id="p" d="M0 0h9"/><use href="#p" ${DASHED}/>${'<path id="q" d="M0 0L900 900"/>'.repeat(2000)}`,
    1000,
  ),
  'in a style with quotation marks': svgOf(
    `<g stroke-dasharray=".01">${`<path style="font-family:'Sans';fill:rgb(0,9,0);stroke:#000;stroke-dasharray:none" d="M0 0L900 900"/>`.repeat(1000)}</g>`,
    1000,
  ),
};

/** A drawing of the greatest length, filled with repetitions. */
const filled = (before: string, each: string, after: string): string =>
  before + each.repeat(Math.floor((LIMITS.svgBytes - before.length - after.length) / each.length)) + after;

/** Milliseconds for reading the longest drawing: at most 900 were measured for these; reading again from each place would take hours. */
const MOST_MS = 4_000;

describe('the lines of an SVG', () => {
  it('are read from all commands of a path, and closed', () => {
    expect(linesOf('M1 2L3,4')).to.deep.equal([1, 2, 3, 4, 3, 4, 1, 2]);
    expect(linesOf('m1 2 3-4z')).to.deep.equal([1, 2, 4, -2, 4, -2, 1, 2]);
    expect(linesOf('M0 0H5V.5.25h-5z')).to.deep.equal([
      0, 0, 5, 0, 5, 0, 5, 0.5, 5, 0.5, 5, 0.25, 5, 0.25, 0, 0.25, 0, 0.25, 0, 0,
    ]);
    expect(linesOf('M0 0q1e1 0 1+1t2-2z')).to.deep.equal([
      0, 0, 10, 0, 10, 0, 1, 1, 1, 1, -8, 2, -8, 2, 3, -1, 3, -1, 0, 0,
    ]);
    expect(outlineOfPath('M0 0a5 5 0 1110 0A5 5 0 01 3 4c1 2 3 4 5 6').curves).to.equal(9);
  });

  it('are read to the end of any text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'MmLlHhVvCcSsQqTtAaZz0123456789+-.,eE \n?'), maxLength: 60 });
    fc.assert(
      fc.property(text, (path) => {
        const { lines, curved } = outlineOfPath(path);
        expect([...lines, curved].every((number) => !Number.isNaN(number))).to.equal(true);
        const seconds = secondsToPaint(paintingOf(svgOf(`<path stroke="red" d="${path}"/>`)), COMMON);
        expect(seconds).to.be.at.least(0);
      }),
      { numRuns: 500 },
    );
  });

  for (const [kind, write] of Object.entries(LINED)) {
    it(`are refused if there are too many: ${kind}`, () => {
      const drawing = write(50_000);
      expect(drawing.length).to.be.below(LIMITS.svgBytes);
      expect(() => checkPainting(paintingOf(drawing), LARGE)).to.throw(/so many elements, lines/);
    });
  }

  for (const [kind, write] of Object.entries(HONEST_LINES)) {
    it(`are admitted with room to spare for ${kind}`, () => {
      const drawing = write();
      expect(secondsToPaint(paintingOf(drawing), COMMON)).to.be.below(LIMITS.svgDrawingSeconds / 1.5);
    });
  }

  for (const [kind, drawing] of Object.entries(STROKED)) {
    it(`are refused by their costliest possible stroke: ${kind}`, () => {
      expect(drawing.length).to.be.below(10_000);
      expect(() => checkPainting(paintingOf(drawing), COMMON)).to.throw(/so many elements, lines/);
    });
  }

  for (const [kind, drawing] of Object.entries(HONESTLY_STROKED)) {
    it(`are admitted with an honest stroke: ${kind}`, () => {
      expect(secondsToPaint(paintingOf(drawing), COMMON)).to.be.below(LIMITS.svgDrawingSeconds / 1.5);
    });
  }

  it('take longer the larger they are drawn, up to the edges of the canvas', () => {
    const at = (transform: string) =>
      secondsToPaint(
        paintingOf(svgOf(`<g transform="${transform}"><path d="M0 0${'L9 9 1 5'.repeat(50)}"/></g>`)),
        COMMON,
      );
    expect(at('scale(4)')).to.be.above(at('scale(2)'));
    expect(at('rotate(45)')).to.be.above(at('scale(.5)'));
    expect(at('scale(1e4)')).to.be.at.most(at('what is this(1)') * 3);
  });

  it('are counted in linear time', () => {
    const long: Record<string, string> = {
      'short lines': svgOf(filled('<path stroke="red" d="M0 0', 'h1v1', '"/>')),
      'long lines': svgOf(filled('<path d="M0 0', 'L9 200 0 0', '"/>')),
      numbers: svgOf(filled('<path d="M0 0', '1e', '"/>')),
      signs: svgOf(filled('<path d="M0 0', '-+', '"/>')),
      points: svgOf(filled('<polygon points="', '1 9 ', '"/>')),
      transforms: svgOf(filled('<g transform="', 'scale(1)', '"/>')),
      'names of transforms': svgOf(filled('<g transform="', 'scale(', '"/>')),
      dashes: svgOf(filled('<path d="M0 0h9" stroke-dasharray="', '1 ', '"/>')),
      'dashes with units': svgOf(filled('<path d="M0 0h9" stroke-dasharray="', '1% ', '"/>')),
      'styles with quotation marks': svgOf(filled('<path d="M0 0h9" style="stroke:red;', "'", '"/>')),
      'declarations of a stroke': svgOf(filled('<path d="M0 0h9" style="', 'stroke:red;', '"/>')),
      'declarations of a stroke in a sheet': svgOf(filled('<style>a{', 'stroke-width:1;', '}</style>')),
      'marks of comments': svgOf(filled('<path d="M0 0h9" style="', '/*url(', '"/>')),
      'references to characters': svgOf(filled('<path d="M0 0h9" style="', '&#48;', '"/>')),
      'uses in uses': svgOf(filled('', '<use href="#a" stroke="red"/>', '')),
      digits: svgOf(filled('<path d="M0 0h9" stroke-width="', '1', '"/>')),
    };
    for (const [what, drawing] of Object.entries(long)) {
      expect(
        cpuTimeOf(() => paintingOf(drawing)),
        what,
      ).to.be.below(MOST_MS);
    }
  });
});
