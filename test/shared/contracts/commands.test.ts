import { expect } from 'chai';
import Joi from 'joi';
import { COMMANDS, commandSchemas, parsePipeline } from '../../../shared/contracts/commands.ts';
import type { CommandParameters, Operation } from '../../../shared/domain/commands.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';

const IMAGE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';
const MAX = LIMITS.outputDimension;
const CROP = { operation: 'crop', left: 0, top: 0, width: 1, height: 1 };
const MARK = { operation: 'watermark', imageId: IMAGE_ID };

/** The parameters of the type in domain/commands.ts; it does not compile when one is missing or too many. */
const PARAMETERS: { [O in Operation]: Record<keyof Required<CommandParameters[O]>, true> } = {
  autoOrient: {},
  crop: { left: true, top: true, width: true, height: true },
  resize: {
    width: true,
    height: true,
    fit: true,
    position: true,
    background: true,
    withoutEnlargement: true,
    withoutReduction: true,
  },
  rotate: { angle: true, background: true },
  flip: {},
  flop: {},
  grayscale: {},
  blur: { sigma: true },
  sharpen: { sigma: true, m1: true, m2: true },
  watermark: { imageId: true, gravity: true, opacity: true, scale: true },
};

/** Each command at its shortest, and what the defaults add. */
const SHORTEST: { [O in Operation]: [given: object, added: object] } = {
  autoOrient: [{}, {}],
  crop: [{ left: 0, top: 0, width: 1, height: 1 }, {}],
  resize: [
    { height: 9 },
    { fit: 'cover', position: 'centre', background: '#000000', withoutEnlargement: false, withoutReduction: false },
  ],
  rotate: [{ angle: 45 }, { background: '#000000' }],
  flip: [{}, {}],
  flop: [{}, {}],
  grayscale: [{}, {}],
  blur: [{}, {}],
  sharpen: [{}, {}],
  watermark: [{ imageId: IMAGE_ID }, { gravity: 'southeast', opacity: 1 }],
};

const ACCEPTED: [name: string, command: object][] = [
  ['the widest resize', { operation: 'resize', width: MAX, height: MAX }],
  ['a crop far from the corner', { ...CROP, left: 1_000_000, top: 1_000_000, width: MAX }],
  ['a whole turn to the left', { operation: 'rotate', angle: -360 }],
  ['a fraction of a degree', { operation: 'rotate', angle: 0.5 }],
  ['a colour in capitals with alpha', { operation: 'rotate', angle: 1, background: '#FFAA0080' }],
  ['the mildest blur', { operation: 'blur', sigma: 0.3 }],
  ['the strongest blur', { operation: 'blur', sigma: 1000 }],
  ['a sharpening with all parameters', { operation: 'sharpen', sigma: 10, m1: 0, m2: 1_000_000 }],
  ['an invisible watermark', { ...MARK, opacity: 0, scale: 0.01 }],
];

/** Joi's path and code for what is wrong, with the command at place 0. */
const REFUSED: [name: string, command: unknown, path: string, code: string][] = [
  ['an unknown operation', { operation: 'explode' }, 'operation', 'any.only'],
  ['an operation in capitals', { operation: 'Resize', width: 1 }, 'operation', 'any.only'],
  ['a name every object has', { operation: 'toString' }, 'operation', 'any.only'],
  ['an operation that is a number', { operation: 1 }, 'operation', 'any.only'],
  ['no operation', { width: 1 }, 'operation', 'any.required'],
  ['a string', 'flip', '', 'object.base'],
  ['null', null, '', 'object.base'],
  ['a list', [{ operation: 'flip' }], '', 'object.base'],
  ['a parameter of nobody', { operation: 'flip', width: 1 }, 'width', 'object.unknown'],
  ['a parameter of another command', { operation: 'blur', angle: 1 }, 'angle', 'object.unknown'],
  ['a resize to nothing', { operation: 'resize', fit: 'cover' }, '', 'object.missing'],
  ['width 0', { operation: 'resize', width: 0 }, 'width', 'number.min'],
  ['a width too large', { operation: 'resize', width: MAX + 1 }, 'width', 'number.max'],
  ['half a pixel', { operation: 'resize', height: 1.5 }, 'height', 'number.integer'],
  ['a width of null', { operation: 'resize', width: null }, 'width', 'number.base'],
  ['a width of NaN', { operation: 'resize', width: Number.NaN }, 'width', 'number.base'],
  ['an endless width', { operation: 'resize', width: Number.POSITIVE_INFINITY }, 'width', 'number.infinity'],
  ['an unknown fit', { operation: 'resize', width: 1, fit: 'stretch' }, 'fit', 'any.only'],
  ['American centre', { operation: 'resize', width: 1, position: 'center' }, 'position', 'any.only'],
  ['a colour by name', { operation: 'resize', width: 1, background: 'red' }, 'background', 'string.pattern.name'],
  [
    'a colour of three digits',
    { operation: 'rotate', angle: 1, background: '#fff' },
    'background',
    'string.pattern.name',
  ],
  [
    'a switch that is a number',
    { operation: 'resize', width: 1, withoutReduction: 1 },
    'withoutReduction',
    'boolean.base',
  ],
  ['a crop without place', { operation: 'crop', width: 1, height: 1 }, 'left', 'any.required'],
  ['a crop left of the image', { ...CROP, left: -1 }, 'left', 'number.min'],
  ['a crop of no height', { ...CROP, height: 0 }, 'height', 'number.min'],
  ['a crop beyond all numbers', { ...CROP, top: 2 ** 53 }, 'top', 'number.unsafe'],
  ['a rotation without angle', { operation: 'rotate' }, 'angle', 'any.required'],
  ['more than a whole turn', { operation: 'rotate', angle: 360.5 }, 'angle', 'number.max'],
  ['more than a turn to the left', { operation: 'rotate', angle: -361 }, 'angle', 'number.min'],
  ['a blur too weak', { operation: 'blur', sigma: 0.29 }, 'sigma', 'number.min'],
  ['a blur too strong', { operation: 'blur', sigma: 1000.1 }, 'sigma', 'number.max'],
  ['a sharpening of sigma 0', { operation: 'sharpen', sigma: 0 }, 'sigma', 'number.min'],
  ['a sharpening too strong', { operation: 'sharpen', sigma: 10.1 }, 'sigma', 'number.max'],
  ['a negative m1', { operation: 'sharpen', sigma: 1, m1: -1 }, 'm1', 'number.min'],
  ['an m2 too large', { operation: 'sharpen', sigma: 1, m2: 1_000_001 }, 'm2', 'number.max'],
  ['a watermark without image', { operation: 'watermark' }, 'imageId', 'any.required'],
  ['a watermark by path', { ...MARK, imageId: `../${IMAGE_ID}` }, 'imageId', 'string.pattern.name'],
  ['a watermark anywhere', { ...MARK, gravity: 'middle' }, 'gravity', 'any.only'],
  ['more than opaque', { ...MARK, opacity: 1.01 }, 'opacity', 'number.max'],
  ['a watermark wider than the image', { ...MARK, scale: 1.01 }, 'scale', 'number.max'],
  ['a watermark of no width', { ...MARK, scale: 0 }, 'scale', 'number.min'],
];

const REFUSED_PIPELINES: [name: string, pipeline: unknown, path: string, code: string][] = [
  ['too many commands', { commands: Array(LIMITS.commandsPerRendition + 1).fill(CROP) }, 'commands', 'array.max'],
  ['commands that are no list', { commands: CROP }, 'commands', 'array.base'],
  ['a gap in the list', { commands: [undefined] }, 'commands.0', 'array.sparse'],
  ['a later command', { commands: [CROP, { operation: 'rotate', angle: 'x' }] }, 'commands.1.angle', 'number.base'],
  ['an output without format', { output: { quality: 80 } }, 'output.format', 'any.required'],
  ['a format that is only read', { output: { format: 'gif' } }, 'output.format', 'any.only'],
  ['quality 0', { output: { format: 'webp', quality: 0 } }, 'output.quality', 'number.min'],
  ['quality 101', { output: { format: 'webp', quality: 101 } }, 'output.quality', 'number.max'],
  ['half a quality', { output: { format: 'webp', quality: 80.5 } }, 'output.quality', 'number.integer'],
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
    expect(Object.keys(COMMANDS)).to.have.members(Object.keys(PARAMETERS));
    for (const [operation, parameters] of Object.entries(PARAMETERS)) {
      const { parameters: validated } = COMMANDS[operation as Operation];
      expect(Object.keys(validated), operation).to.have.members(Object.keys(parameters));
    }
  });

  it('have a schema and a sentence each', () => {
    expect(Object.keys(commandSchemas)).to.have.members(Object.keys(COMMANDS));
    for (const { summary } of Object.values(COMMANDS)) expect(summary).to.match(/^[A-Z].*\.$/s);
  });

  for (const [operation, [given, added]] of Object.entries(SHORTEST)) {
    it(`fill in the defaults of ${operation}`, () => {
      const { commands } = parsePipeline({ commands: [{ operation, ...given }] });
      expect(commands).to.deep.equal([{ operation, ...given, ...added }]);
    });
  }

  for (const [name, command] of ACCEPTED) {
    it(`take ${name} as it is`, () => {
      const { commands } = parsePipeline({ commands: [command] });
      expect(commands[0]).to.include(command);
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
  it('is no command and WebP where nothing is said', () => {
    expect(parsePipeline({})).to.deep.equal({ commands: [], output: { format: 'webp' } });
  });

  it('keeps its commands in order, also twice the same, up to the limit', () => {
    const commands = Array.from({ length: LIMITS.commandsPerRendition }, (_, i) => ({ ...CROP, left: i % 3 }));
    expect(parsePipeline({ commands }).commands).to.deep.equal(commands);
  });

  for (const [name, pipeline, path, code] of REFUSED_PIPELINES) {
    it(`refuses ${name} at ${path || 'the pipeline'}`, () => {
      expect(refusalOf(pipeline)).to.deep.equal([[path, code]]);
    });
  }
});
