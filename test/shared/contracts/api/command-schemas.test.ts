import { expect } from 'chai';
import Joi from 'joi';
import { COMMANDS, commandSchemas, parsePipeline } from '../../../../shared/contracts/api/command-schemas.ts';
import type { CommandParameters, Operation } from '../../../../shared/domain/commands.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { examplesOf, OPERATIONS, SAMPLE_IMAGE_ID } from '../../../support/worker/command-samples.ts';

const MAX = LIMITS.outputDimension;
const CROP = { operation: 'crop', left: 0, top: 0, width: 1, height: 1 };
const MARK = { operation: 'watermark', imageId: SAMPLE_IMAGE_ID };
const PLACED = { gravity: 'southeast', offsetX: 0, offsetY: 0, opacity: 1, tile: false, blend: 'over' };
const PLACEMENT = { ...PLACED, scale: undefined };
const named = <K extends string>(...names: K[]) =>
  Object.fromEntries(names.map((name) => [name, true])) as Record<K, true>;

/** The parameters of the type in domain/commands.ts. It does not compile if one is missing. */
const PARAMETERS: { [O in Operation]: Record<keyof Required<CommandParameters[O]>, unknown> } = {
  autoOrient: {},
  crop: named('left', 'top', 'width', 'height', 'ratio', 'position', 'focalPoint'),
  trim: named('background', 'threshold', 'lineArt', 'margin'),
  extend: named('top', 'right', 'bottom', 'left', 'extendWith', 'background'),
  resize: named('width', 'height', 'fit', 'position', 'background', 'kernel', 'withoutEnlargement', 'withoutReduction'),
  rotate: named('angle', 'background'),
  flip: {},
  flop: {},
  flatten: named('background'),
  blur: named('sigma'),
  sharpen: named('sigma', 'm1', 'm2', 'x1', 'y2', 'y3'),
  median: named('size'),
  gamma: named('gamma', 'gammaOut'),
  negate: named('alpha'),
  normalise: named('lower', 'upper'),
  clahe: named('width', 'height', 'maxSlope'),
  modulate: named('brightness', 'saturation', 'hue', 'lightness'),
  tint: named('tint'),
  grayscale: {},
  linear: named('a', 'b'),
  threshold: named('threshold', 'grayscale'),
  roundCorners: named('radius'),
  watermark: { imageId: true, ...PLACEMENT },
  watermarkText: { ...named('text', 'fontSize', 'bold', 'color', 'angle'), ...PLACEMENT },
};

/** The shortest form of each command, and the defaults that are added: those of sharp, except for placements, which sharp does not have. */
const SHORTEST: { [O in Operation]: [given: object, added: object] } = {
  autoOrient: [{}, {}],
  crop: [{ ratio: '16:9' }, {}],
  trim: [{}, { threshold: 10, lineArt: false, margin: 0 }],
  extend: [{ left: 1 }, { top: 0, right: 0, bottom: 0, extendWith: 'background', background: '#000000' }],
  resize: [
    { height: 9 },
    {
      fit: 'cover',
      position: 'centre',
      background: '#000000',
      kernel: 'lanczos3',
      withoutEnlargement: false,
      withoutReduction: false,
    },
  ],
  rotate: [{ angle: 45 }, { background: '#000000' }],
  flip: [{}, {}],
  flop: [{}, {}],
  flatten: [{}, { background: '#000000' }],
  blur: [{}, {}],
  sharpen: [{}, {}],
  median: [{}, { size: 3 }],
  gamma: [{}, { gamma: 2.2 }],
  negate: [{}, { alpha: true }],
  normalise: [{}, { lower: 1, upper: 99 }],
  clahe: [{ width: 3, height: 3 }, { maxSlope: 3 }],
  modulate: [{}, { brightness: 1, saturation: 1, hue: 0, lightness: 0 }],
  tint: [{ tint: '#c08040' }, {}],
  grayscale: [{}, {}],
  linear: [{}, { a: 1, b: 0 }],
  threshold: [{}, { threshold: 128, grayscale: true }],
  roundCorners: [{}, {}],
  watermark: [{ imageId: SAMPLE_IMAGE_ID }, PLACED],
  watermarkText: [{ text: 'x' }, { ...PLACED, fontSize: 24, bold: false, color: '#ffffff', angle: 0 }],
};

const ACCEPTED: [name: string, command: object][] = [
  ['the widest resize', { operation: 'resize', width: MAX, height: MAX }],
  ['a crop far from the corner', { ...CROP, left: 1_000_000, top: 1_000_000, width: MAX }],
  ['a crop of a size in the middle', { operation: 'crop', width: 5, height: 5 }],
  ['a crop of a ratio around a point', { operation: 'crop', ratio: '3:2', focalPoint: { x: 0, y: 1 } }],
  ['a crop of a size where there is most to see', { operation: 'crop', width: 5, height: 5, position: 'entropy' }],
  ['a whole turn to the left', { operation: 'rotate', angle: -360 }],
  ['a fraction of a degree', { operation: 'rotate', angle: 0.5 }],
  ['a colour in capitals with alpha', { operation: 'rotate', angle: 1, background: '#FFAA0080' }],
  ['a sharpening with all parameters', { operation: 'sharpen', sigma: 10, m1: 0, m2: 1_000_000, x1: 2, y2: 10, y3: 0 }],
  ['a factor for all channels and a sum for each', { operation: 'linear', a: -1000, b: [0, 0.5, 1000] }],
  ['an invisible watermark', { ...MARK, opacity: 0, scale: 0.01 }],
  ['text of several lines', { operation: 'watermarkText', text: 'one\r\n\ttwo\n<b>&' }],
  ['text in other scripts', { operation: 'watermarkText', text: '漢字 👩‍👩‍👧 ä' }],
  ['the longest text', { operation: 'watermarkText', text: 'x'.repeat(LIMITS.watermarkTextLength) }],
];

/** Invalid commands, with joi's path and code of the refusal; the command is at index 0. */
const REFUSED: [name: string, command: unknown, path: string, code: string][] = [
  ['an unknown operation', { operation: 'explode' }, 'operation', 'any.only'],
  ['an operation in capitals', { operation: 'Resize', width: 1 }, 'operation', 'any.only'],
  ['American normalize', { operation: 'normalize' }, 'operation', 'any.only'],
  ['a name every object has', { operation: 'toString' }, 'operation', 'any.only'],
  ['an operation that is a number', { operation: 1 }, 'operation', 'any.only'],
  ['no operation', { width: 1 }, 'operation', 'any.required'],
  ['a string', 'flip', '', 'object.base'],
  ['null', null, '', 'object.base'],
  ['a list', [{ operation: 'flip' }], '', 'object.base'],
  ['an unknown parameter', { operation: 'flip', width: 1 }, 'width', 'object.unknown'],
  ['a parameter of another command', { operation: 'blur', angle: 1 }, 'angle', 'object.unknown'],
  ['a width of NaN', { operation: 'resize', width: Number.NaN }, 'width', 'number.base'],
  ['an infinite width', { operation: 'resize', width: Number.POSITIVE_INFINITY }, 'width', 'number.infinity'],
  ['a crop beyond all numbers', { ...CROP, top: 2 ** 53 }, 'top', 'number.unsafe'],
  ['American centre', { operation: 'resize', width: 1, position: 'center' }, 'position', 'any.only'],
  ['a position that is a strategy for a watermark', { ...MARK, gravity: 'entropy' }, 'gravity', 'any.only'],
  ['a blend that hides the image', { ...MARK, blend: 'source' }, 'blend', 'any.only'],
  ['a rotation without angle', { operation: 'rotate' }, 'angle', 'any.required'],
  ['a tint without colour', { operation: 'tint' }, 'tint', 'any.required'],
  ['contrast without windows', { operation: 'clahe', width: 3 }, 'height', 'any.required'],
  ['a watermark without image', { operation: 'watermark' }, 'imageId', 'any.required'],
  ['a watermark by path', { ...MARK, imageId: `../${SAMPLE_IMAGE_ID}` }, 'imageId', 'string.pattern.name'],
  ['a text watermark without text', { operation: 'watermarkText' }, 'text', 'any.required'],
  ['half a focal point', { operation: 'crop', ratio: '1:1', focalPoint: { x: 0.5 } }, 'focalPoint.y', 'any.required'],
  ['two figures for three channels', { operation: 'linear', a: [1, 2] }, 'a', 'array.length'],
  ['a channel out of range', { operation: 'linear', b: [0, 1001, 0] }, 'b.1', 'number.max'],
  ['a channel that is no number', { operation: 'linear', a: [1, null, 1] }, 'a.1', 'number.base'],
];

const REFUSED_PIPELINES: [name: string, pipeline: unknown, path: string, code: string][] = [
  ['too many commands', { commands: Array(LIMITS.commandsPerRendition + 1).fill(CROP) }, 'commands', 'array.max'],
  ['commands that are no list', { commands: CROP }, 'commands', 'array.base'],
  ['a gap in the list', { commands: [undefined] }, 'commands.0', 'array.sparse'],
  ['a later command', { commands: [CROP, { operation: 'rotate', angle: 'x' }] }, 'commands.1.angle', 'number.base'],
  ['an output of null', { output: null }, 'output', 'object.base'],
  ['an unknown field', { command: [] }, 'command', 'object.unknown'],
  ['a list', [CROP], '', 'object.base'],
];

function refusalOf(pipeline: unknown): [string, string][] {
  try {
    parsePipeline(pipeline);
  } catch (error) {
    if (Joi.isError(error)) return error.details.map(({ path, type }) => [path.join('.'), type]);
    throw error;
  }
  return [];
}

describe('commands', () => {
  it('are those of the type CommandParameters, each with its parameters', () => {
    expect(OPERATIONS).to.have.members(Object.keys(PARAMETERS));
    for (const operation of OPERATIONS) {
      const { parameters } = COMMANDS[operation];
      expect(Object.keys(parameters), operation).to.have.members(Object.keys(PARAMETERS[operation]));
    }
  });

  it('have a schema and a sentence each', () => {
    expect(Object.keys(commandSchemas)).to.have.members(OPERATIONS);
    for (const { summary } of Object.values(COMMANDS)) expect(summary).to.match(/^[A-Z].*\.$/s);
  });

  for (const operation of OPERATIONS) {
    const [given, added] = SHORTEST[operation];

    it(`fill in the defaults of ${operation}, and accept the result`, () => {
      const { commands } = parsePipeline({ commands: [{ operation, ...given }] });
      expect(commands).to.deep.equal([{ operation, ...given, ...added }]);
      expect(parsePipeline({ commands }).commands).to.deep.equal(commands);
    });

    it(`have different examples for ${operation}`, () => {
      const examples = examplesOf(operation);
      expect(examples).to.not.be.empty;
      for (const example of examples)
        expect(parsePipeline({ commands: [example] }).commands[0]).to.deep.include(example);
      expect(new Set(examples.map((example) => JSON.stringify(example))).size).to.equal(examples.length);
    });
  }

  for (const [name, command] of ACCEPTED) {
    it(`accept ${name} unchanged`, () => {
      const { commands } = parsePipeline({ commands: [command] });
      expect(commands[0]).to.deep.include(command);
    });
  }

  for (const [name, command, path, code] of REFUSED) {
    it(`refuse ${name} at ${path || 'the command'}`, () => {
      expect(refusalOf({ commands: [command] })).to.deep.equal([
        [['commands.0', path].filter(Boolean).join('.'), code],
      ]);
    });
  }
});

describe('a pipeline', () => {
  it('has no commands and the format WebP by default', () => {
    expect(parsePipeline({})).to.deep.equal({ commands: [], output: { format: 'webp' } });
  });

  it('keeps its commands in order, also repeated ones, up to the limit', () => {
    const commands = Array.from({ length: LIMITS.commandsPerRendition }, (_, i) => ({ ...CROP, left: i % 3 }));
    expect(parsePipeline({ commands }).commands).to.deep.equal(commands);
  });

  for (const [name, pipeline, path, code] of REFUSED_PIPELINES) {
    it(`refuses ${name} at ${path || 'the pipeline'}`, () => {
      expect(refusalOf(pipeline)).to.deep.equal([[path, code]]);
    });
  }
});
