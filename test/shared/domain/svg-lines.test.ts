import { expect } from 'chai';
import fc from 'fast-check';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { outlineOfPath } from '../../../shared/domain/svg-outline.ts';
import { checkPainting, paintingOf, secondsToPaint } from '../../../shared/domain/svg-painting.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';
import { HONEST_LINES, LINED } from '../../support/lined-drawings.ts';
import { svgOf } from '../../support/referring-drawings.ts';

const COMMON = { width: 2000, height: 2000 };
const LARGE = { width: 6000, height: 6000 };
const linesOf = (path: string): number[] => [...outlineOfPath(path).lines];

/** The most of something that a drawing may be long. */
const filled = (before: string, each: string, after: string): string =>
  before + each.repeat(Math.floor((LIMITS.svgBytes - before.length - after.length) / each.length)) + after;

/** Milliseconds that the longest drawing may take to be read: 900 were measured at most of these, and one that is read anew from each place takes hours. */
const MOST_MS = 4_000;

describe('the lines of an SVG', () => {
  it('are read from all commands of a path, and closed', () => {
    expect(linesOf('M1 2L3,4')).deep.equal([1, 2, 3, 4, 3, 4, 1, 2]);
    expect(linesOf('m1 2 3-4z')).deep.equal([1, 2, 4, -2, 4, -2, 1, 2]);
    expect(linesOf('M0 0H5V.5.25h-5z')).deep.equal([
      0, 0, 5, 0, 5, 0, 5, 0.5, 5, 0.5, 5, 0.25, 5, 0.25, 0, 0.25, 0, 0.25, 0, 0,
    ]);
    expect(linesOf('M0 0q1e1 0 1+1t2-2z')).deep.equal([
      0, 0, 10, 0, 10, 0, 1, 1, 1, 1, -8, 2, -8, 2, 3, -1, 3, -1, 0, 0,
    ]);
    expect(outlineOfPath('M0 0a5 5 0 1110 0A5 5 0 01 3 4c1 2 3 4 5 6').curves).equal(9);
  });

  it('are read to an end whatever is written', () => {
    const text = fc.string({ unit: fc.constantFrom(...'MmLlHhVvCcSsQqTtAaZz0123456789+-.,eE \n?'), maxLength: 60 });
    fc.assert(
      fc.property(text, (path) => {
        const { lines, curved } = outlineOfPath(path);
        expect([...lines, curved].every((number) => !Number.isNaN(number))).equal(true);
        const seconds = secondsToPaint(paintingOf(svgOf(`<path stroke="red" d="${path}"/>`)), COMMON);
        expect(seconds).least(0);
      }),
      { numRuns: 500 },
    );
  });

  for (const [kind, write] of Object.entries(LINED)) {
    it(`are refused where there are too many: ${kind}`, () => {
      const drawing = write(50_000);
      expect(drawing.length).below(LIMITS.svgBytes);
      expect(() => checkPainting(paintingOf(drawing), LARGE)).throw(/by its elements, lines/);
    });
  }

  for (const [kind, write] of Object.entries(HONEST_LINES)) {
    it(`are admitted with room to spare of ${kind}`, () => {
      const drawing = write();
      expect(secondsToPaint(paintingOf(drawing), COMMON)).below(LIMITS.svgDrawingSeconds / 1.5);
    });
  }

  it('take longer the larger they are drawn, and not more than from edge to edge', () => {
    const at = (transform: string) =>
      secondsToPaint(
        paintingOf(svgOf(`<g transform="${transform}"><path d="M0 0${'L9 9 1 5'.repeat(50)}"/></g>`)),
        COMMON,
      );
    expect(at('scale(4)')).above(at('scale(2)'));
    expect(at('rotate(45)')).above(at('scale(.5)'));
    expect(at('scale(1e4)')).most(at('what is this(1)') * 3);
  });

  it('are counted in a time that grows with their length', () => {
    const long: Record<string, string> = {
      'short lines': svgOf(filled('<path stroke="red" d="M0 0', 'h1v1', '"/>')),
      'long lines': svgOf(filled('<path d="M0 0', 'L9 200 0 0', '"/>')),
      numbers: svgOf(filled('<path d="M0 0', '1e', '"/>')),
      signs: svgOf(filled('<path d="M0 0', '-+', '"/>')),
      points: svgOf(filled('<polygon points="', '1 9 ', '"/>')),
      transforms: svgOf(filled('<g transform="', 'scale(1)', '"/>')),
      'names of transforms': svgOf(filled('<g transform="', 'scale(', '"/>')),
      dashes: svgOf(filled('<path d="M0 0h9" stroke-dasharray="', '1 ', '"/>')),
      digits: svgOf(filled('<path d="M0 0h9" stroke-width="', '1', '"/>')),
    };
    for (const [what, drawing] of Object.entries(long)) {
      expect(
        cpuTimeOf(() => paintingOf(drawing)),
        what,
      ).below(MOST_MS);
    }
  });
});
