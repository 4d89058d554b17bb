import { expect } from 'chai';
import { COMMANDS } from '../../../shared/contracts/api/command-schemas.ts';
import { refusalsOf } from '../../support/http/refusals.ts';
import { examplesOf, OPERATIONS, SAMPLE_IMAGE_ID } from '../../support/worker/command-samples.ts';

const crop = (parameters: object) => ({ operation: 'crop', ...parameters });
const resize = (parameters: object) => ({ operation: 'resize', ...parameters });
const POINT = { x: 0.5, y: 0.5 };
const RECTANGLE = { left: 0, top: 0, width: 5, height: 5 };

/** Commands whose parameters are valid each by itself, but not together, and all refusals, which are reported at the command. */
const REFUSED: [name: string, command: object, messages: RegExp[]][] = [
  ['a crop of nothing', crop({}), [/at least one of \[width, ratio\]/]],
  ['a crop at a place without size', crop({ left: 1, top: 1 }), [/at least one of/, /left goes only with width/]],
  ['a crop at half a place', crop({ left: 1, width: 5, height: 5 }), [/left goes only with top/]],
  ['a crop at the other half', crop({ top: 1, width: 5, height: 5 }), [/top goes only with left/]],
  ['a crop of a width only', crop({ width: 5 }), [/width goes only with height/]],
  ['a crop of a height only', crop({ height: 5 }), [/at least one of/, /height goes only with width/]],
  ['a crop of two shapes', crop({ width: 5, height: 5, ratio: '1:1' }), [/ratio does not go with width/]],
  ['a crop at two places', crop({ ...RECTANGLE, position: 'north' }), [/left does not go with position/]],
  ['a crop at and around a place', crop({ ...RECTANGLE, focalPoint: POINT }), [/left does not go with focalPoint/]],
  [
    'a crop at a position around a point',
    crop({ ratio: '1:1', position: 'entropy', focalPoint: POINT }),
    [/position does not go with focalPoint/],
  ],
  ['an extension by nothing', { operation: 'extend' }, [/one of top, right, bottom and left must be more than 0/]],
  ['an extension by zeros', { operation: 'extend', top: 0, left: 0 }, [/must be more than 0/]],
  ['a resize to nothing', resize({ fit: 'cover' }), [/at least one of \[width, height\]/]],
  [
    'a resize that looks for what it does not cut',
    resize({ width: 5, height: 5, fit: 'contain', position: 'attention' }),
    [/position can only be entropy or attention with the fit cover/],
  ],
  ['jagged areas without sigma', { operation: 'sharpen', m2: 3 }, [/m2 goes only with sigma/]],
  [
    'two parameters without what they need',
    { operation: 'sharpen', x1: 2, y3: 20 },
    [/x1 goes only with sigma/, /y3 goes only with sigma/],
  ],
  [
    'percentiles the wrong way round',
    { operation: 'normalise', lower: 60, upper: 40 },
    [/lower must be less than upper/],
  ],
  ['percentiles that are one', { operation: 'normalise', lower: 50, upper: 50 }, [/lower must be less than upper/]],
  ['a lower percentile above the default', { operation: 'normalise', lower: 99 }, [/lower must be less than upper/]],
];

const ACCEPTED: [name: string, command: object][] = [
  ['a crop of a size at a gravity', crop({ width: 5, height: 5, position: 'southwest' })],
  ['a crop of a size around a point', crop({ width: 5, height: 5, focalPoint: POINT })],
  ['a crop of a ratio where there is most to see', crop({ ratio: '1:1', position: 'attention' })],
  ['a resize of one side that looks for what to keep', resize({ height: 5, position: 'entropy' })],
  ['a resize at a gravity with another fit', resize({ width: 5, height: 5, fit: 'contain', position: 'west' })],
  ['an extension at one edge', { operation: 'extend', bottom: 1 }],
  ['percentiles side by side', { operation: 'normalise', lower: 98.999999 }],
  [
    'a watermark in tiles, as wide as a tenth',
    { operation: 'watermark', imageId: SAMPLE_IMAGE_ID, tile: true, scale: 0.1 },
  ],
];

/** An example with one parameter more or less. */
const without = (example: object, name: string) =>
  Object.fromEntries(Object.entries(example).filter(([key]) => key !== name));

describe('commands whose parameters depend on each other', () => {
  for (const [name, command, messages] of REFUSED) {
    it(`are refused: ${name}`, () => {
      const refusals = refusalsOf({ commands: [{ operation: 'flip' }, command] });
      expect(refusals.map(({ path }) => path)).to.deep.equal(messages.map(() => 'commands.1'));
      for (const [index, pattern] of messages.entries()) expect(refusals[index]?.message).to.match(pattern);
    });
  }

  for (const [name, command] of ACCEPTED) {
    it(`are accepted: ${name}`, () => {
      expect(refusalsOf({ commands: [command] })).to.deep.equal([]);
    });
  }

  it('are refused for their relations and for an invalid parameter at the same time', () => {
    const refusals = refusalsOf({ commands: [{ operation: 'sharpen', m1: -1 }] });
    expect(refusals.map(({ path }) => path)).to.deep.equal(['commands.0.m1', 'commands.0']);
  });

  it('are not refused for a relation to a parameter that is invalid itself', () => {
    const refusals = refusalsOf({ commands: [{ operation: 'normalise', lower: 'x' }] });
    expect(refusals.map(({ path }) => path)).to.deep.equal(['commands.0.lower']);
  });

  for (const operation of OPERATIONS) {
    const { needs = {}, excludes = [], parameters } = COMMANDS[operation];

    it(`name only parameters of ${operation}`, () => {
      const named = [...Object.entries(needs), ...excludes].flatMap(([name, others]) => [name, ...others]);
      expect(Object.keys(parameters)).to.include.members(named);
    });

    for (const [name, others] of Object.entries(needs)) {
      it(`refuse ${name} of ${operation} without ${others.join(' or ')}`, () => {
        const example = examplesOf(operation).find((candidate) => name in candidate) ?? {
          ...examplesOf(operation)[0],
          [name]: 1,
        };
        for (const other of others) {
          const paths = refusalsOf({ commands: [without(example, other)] }).map(({ path }) => path);
          expect(paths, other).to.include('commands.0');
        }
      });
    }
  }
});
