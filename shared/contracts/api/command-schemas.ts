import Joi from 'joi';
import {
  BLENDS,
  COLOUR_PATTERN,
  EXTEND_WITH,
  FITS,
  GRAVITIES,
  KERNELS,
  STRATEGIES,
} from '../../domain/command-values.ts';
import type { Command, CommandParameters, Operation, Output, Pipeline } from '../../domain/commands.ts';
import { OUTPUT_FORMATS } from '../../domain/formats/image-format.ts';
import { LIMITS } from '../../domain/limits.ts';
import { OUTPUT_OPTIONS, type OutputOptions } from '../../domain/output-options.ts';
import { imageIdSchema } from './image-id-schema.ts';

const pixels = () => Joi.number().integer().min(1).max(LIMITS.outputDimension);
const edge = () => Joi.number().integer().min(0).max(LIMITS.outputDimension);
/** A position in an image, of which one side may have all of its pixels. */
const inside = () => Joi.number().integer().min(0).max(LIMITS.inputPixels);
/** Six decimals: more than pixels can show, and never smaller than what DynamoDB can keep. */
const decimal = () => Joi.number().precision(6);
const share = () => decimal().min(0).max(1);
const flag = (byDefault = false) => Joi.boolean().default(byDefault);
const oneOf = (...names: readonly string[]) => Joi.string().valid(...names);
const place = () => oneOf(...GRAVITIES, ...STRATEGIES);
const colour = () =>
  Joi.string()
    .pattern(COLOUR_PATTERN, '#rrggbb or #rrggbbaa')
    .messages({ 'string.pattern.name': '{{#label}} must be a colour as {{#name}}' });
const black = () => colour().default('#000000');
/**
 * Text that Pango draws: it refuses text without a shape, and text with a NUL in it. Each rule has a pattern of its own, because a single one
 * would look at every end for every beginning.
 */
const drawable = () =>
  Joi.string()
    .pattern(/[\p{L}\p{N}\p{P}\p{S}]/u, 'visible characters')
    // Without a class of Unicode, so that the OpenAPI document can say it in every language.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .pattern(/^[^\x00-\x08\x0e-\x1f\x7f-\x9f]+$/, 'no control characters')
    .pattern(/^\P{Cs}*$/u, 'no halves of surrogate pairs')
    .messages({ 'string.pattern.name': '{{#label}} must have {{#name}}' });
/** sharp's own bound for the parameters of its sharpening. */
const strength = () => decimal().min(0).max(1_000_000);

/** Far enough beyond all that changes a pixel, and no number that a table cannot keep. */
const FACTOR = 1000;
/** One for all channels, or one for each. */
const channels = (byDefault: number) => {
  const figure = decimal().min(-FACTOR).max(FACTOR);
  const each = Joi.array().items(figure).length(3);
  return Joi.alternatives()
    .conditional(Joi.array(), { then: each, otherwise: figure })
    .default(byDefault)
    .description(`One figure for all channels, or three for red, green and blue; ${byDefault} unless given.`);
};

const placement = {
  gravity: oneOf(...GRAVITIES).default('southeast'),
  offsetX: edge().default(0).description('Pixels to the right; to the left where the gravity names the east.'),
  offsetY: edge().default(0).description('Pixels down; up where the gravity names the south.'),
  opacity: share().default(1),
  scale: decimal().min(0.01).max(1),
  tile: flag().description('Repeats it over the whole image; offsets then mean nothing.'),
  blend: oneOf(...BLENDS)
    .default('over')
    .description('How its colours meet those below, as in CSS.'),
};

interface CommandContract<O extends Operation> {
  /** One sentence for the API's documentation. */
  summary: string;
  parameters: Joi.PartialSchemaMap<CommandParameters[O]>;
  /** At least one of these must be given. */
  anyOf?: (keyof CommandParameters[O] & string)[];
  /** Parameters that mean nothing without others. */
  needs?: Record<string, (keyof CommandParameters[O] & string)[]>;
  /** Parameters of which one excludes the other. */
  excludes?: [keyof CommandParameters[O] & string, (keyof CommandParameters[O] & string)[]][];
  /** A rule about several parameters together, with the sentence that says it. */
  check?: { rule: string; holds(parameters: CommandParameters[O]): boolean };
  /** The documentation shows a picture of each. The placeholder `$LOGO` stands for the id of another image. */
  examples: (Partial<CommandParameters[O]> & { imageId?: string })[];
}

/**
 * Every command with its parameters: validation, OpenAPI, the queue message and docs/commands.md read this table, and the worker has
 * an executor for each row. Ranges and defaults are sharp's (https://sharp.pixelplumbing.com), so that nothing accepted here is
 * refused there.
 */
export const COMMANDS: { [O in Operation]: CommandContract<O> } = {
  autoOrient: {
    summary:
      'Turns the pixels upright as the EXIF orientation says. A pipeline without it begins with it; naming it moves it to its place in the list.',
    parameters: {},
    examples: [{}],
  },
  crop: {
    summary:
      'Cuts out a rectangle: at `left` and `top` with `width` and `height`, or one of that size, or of that `ratio` and as large as possible, at a `position` (`entropy` and `attention` look for it) or around a `focalPoint`. It must lie inside the image.',
    parameters: {
      left: inside(),
      top: inside(),
      width: pixels(),
      height: pixels(),
      ratio: Joi.string().pattern(/^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$/, 'width:height'),
      position: place(),
      focalPoint: Joi.object({ x: share().required(), y: share().required() }),
    },
    anyOf: ['width', 'ratio'],
    needs: { left: ['top', 'width'], top: ['left'], width: ['height'], height: ['width'] },
    excludes: [
      ['ratio', ['width', 'left']],
      ['left', ['position', 'focalPoint']],
      ['position', ['focalPoint']],
    ],
    examples: [
      { left: 190, top: 10, width: 130, height: 130 },
      { ratio: '1:1', position: 'east' },
      { ratio: '4:5', focalPoint: { x: 0.7, y: 0.3 } },
      { width: 160, height: 160, position: 'entropy' },
      { width: 160, height: 160, position: 'attention' },
    ],
  },
  trim: {
    summary:
      'Cuts off edges of one colour: of the top left pixel, or of `background`. `threshold` is how much a pixel may differ, `margin` how many pixels stay.',
    parameters: {
      background: colour(),
      threshold: decimal().min(0).max(255).default(10),
      lineArt: flag().description('For drawings, whose edges are hard.'),
      margin: edge().default(0),
    },
    examples: [{ margin: 4 }],
  },
  extend: {
    summary: 'Adds pixels at the edges: of a colour, or made from the image.',
    parameters: {
      top: edge().default(0),
      right: edge().default(0),
      bottom: edge().default(0),
      left: edge().default(0),
      extendWith: oneOf(...EXTEND_WITH)
        .default('background')
        .description(
          '`background` is that colour, `copy` draws the outermost pixels out, `repeat` begins the image anew, `mirror` mirrors it.',
        ),
      background: black(),
    },
    check: {
      rule: 'one of top, right, bottom and left must be more than 0',
      holds: ({ top, right, bottom, left }) => top + right + bottom + left > 0,
    },
    examples: [
      { top: 20, right: 20, bottom: 20, left: 20, background: '#c04020' },
      { left: 80, right: 80, extendWith: 'mirror' },
    ],
  },
  resize: {
    summary:
      'Scales to a width, a height or both; `fit` says what happens when both are given, `position` what stays when `cover` cuts.',
    parameters: {
      width: pixels(),
      height: pixels(),
      fit: oneOf(...FITS)
        .default('cover')
        .description(
          'With both sides, `cover` fills the box and cuts the rest off, `contain` lies in it on `background`, `fill` distorts, `inside` becomes as large as fits, `outside` as small as covers it.',
        ),
      position: place().default('centre'),
      background: black(),
      kernel: oneOf(...KERNELS)
        .default('lanczos3')
        .description('How pixels are computed; `nearest` keeps hard edges.'),
      withoutEnlargement: flag().description('Does not scale up.'),
      withoutReduction: flag().description('Does not scale down.'),
    },
    anyOf: ['width', 'height'],
    check: {
      rule: 'position can only be entropy or attention with the fit cover',
      holds: ({ fit, position }) => fit === 'cover' || !STRATEGIES.some((strategy) => strategy === position),
    },
    examples: [
      { width: 200 },
      { width: 200, height: 200, fit: 'cover' },
      { width: 200, height: 200, fit: 'cover', position: 'attention' },
      { width: 200, height: 200, fit: 'contain', background: '#203040' },
      { width: 200, height: 200, fit: 'fill' },
    ],
  },
  rotate: {
    summary: 'Turns clockwise by `angle` degrees; corners that open at other than right angles get the `background`.',
    parameters: { angle: decimal().min(-360).max(360).required(), background: black() },
    examples: [{ angle: 90 }, { angle: 12, background: '#c04020' }],
  },
  flip: { summary: 'Mirrors top to bottom.', parameters: {}, examples: [{}] },
  flop: { summary: 'Mirrors left to right.', parameters: {}, examples: [{}] },
  flatten: {
    summary: 'Puts a colour behind transparent pixels.',
    parameters: { background: black() },
    examples: [{ background: '#c04020' }],
  },
  blur: {
    summary: 'Blurs by a Gaussian of `sigma` pixels; without one, fast and mildly.',
    parameters: { sigma: decimal().min(0.3).max(1000) },
    examples: [{ sigma: 4 }],
  },
  sharpen: {
    summary:
      'Sharpens by a mask of `sigma`: `m1` is the strength in flat and `m2` in jagged areas, which `x1` tells apart; `y2` and `y3` bound brightening and darkening. Without `sigma`, fast and mildly.',
    parameters: {
      sigma: decimal().min(0.000001).max(10),
      m1: strength(),
      m2: strength(),
      x1: strength(),
      y2: strength(),
      y3: strength(),
    },
    needs: { m1: ['sigma'], m2: ['sigma'], x1: ['sigma'], y2: ['sigma'], y3: ['sigma'] },
    examples: [{ sigma: 2 }],
  },
  median: {
    summary: 'Takes specks away: each pixel becomes the median of a square of `size` pixels a side.',
    parameters: { size: Joi.number().integer().min(1).max(1000).default(3) },
    examples: [{ size: 3 }],
  },
  gamma: {
    summary: 'Darkens by 1/`gamma`, then brightens by `gammaOut`, which is `gamma` unless given.',
    parameters: { gamma: decimal().min(1).max(3).default(2.2), gammaOut: decimal().min(1).max(3) },
    examples: [{ gamma: 1, gammaOut: 2.2 }],
  },
  negate: {
    summary: 'Turns every channel into its opposite; with `alpha` off, the transparency stays.',
    parameters: { alpha: flag(true) },
    examples: [{ alpha: false }],
  },
  normalise: {
    summary: 'Stretches the luminance so that its percentiles `lower` and `upper` become black and white.',
    parameters: { lower: decimal().min(0).max(99).default(1), upper: decimal().min(1).max(100).default(99) },
    check: { rule: 'lower must be less than upper', holds: ({ lower, upper }) => lower < upper },
    examples: [{}],
  },
  clahe: {
    summary:
      'Equalises contrast locally, in windows of `width` × `height` pixels, which may not be larger than the image; `maxSlope` bounds it, and 0 does not.',
    parameters: {
      width: pixels().required(),
      height: pixels().required(),
      maxSlope: Joi.number().integer().min(0).max(100).default(3),
    },
    examples: [{ width: 60, height: 60 }],
  },
  modulate: {
    summary: 'Multiplies brightness and saturation, turns the hue by degrees, and adds to the lightness (0 to 100).',
    parameters: {
      brightness: decimal().min(0).max(FACTOR).default(1),
      saturation: decimal().min(0).max(FACTOR).default(1),
      hue: Joi.number().integer().min(-360).max(360).default(0),
      lightness: decimal().min(-100).max(100).default(0),
    },
    examples: [{ brightness: 1.1, saturation: 1.8 }, { hue: 120 }],
  },
  tint: {
    summary: 'Keeps the luminance and gives everything the hue of a colour.',
    parameters: { tint: colour().required() },
    examples: [{ tint: '#c08040' }],
  },
  grayscale: { summary: 'Takes the colour away.', parameters: {}, examples: [{}] },
  linear: {
    summary:
      'Makes of every value `a` times itself plus `b`; one figure for all colours, or three for red, green, blue.',
    parameters: { a: channels(1), b: channels(0) },
    examples: [{ a: 2.2, b: -225 }],
  },
  threshold: {
    summary:
      'Makes white what is as bright as `threshold` or brighter, and the rest black; with `grayscale` off, each channel for itself.',
    parameters: { threshold: Joi.number().integer().min(0).max(255).default(128), grayscale: flag(true) },
    examples: [{ threshold: 110 }],
  },
  roundCorners: {
    summary:
      'Cuts the corners off in quarter circles of `radius` pixels; without one, to an ellipse. What is cut off becomes transparent.',
    parameters: { radius: pixels() },
    examples: [{ radius: 40 }, {}],
  },
  watermark: {
    summary:
      'Lays another uploaded image of the same owner, or one that its owner lets everybody use, over this one, never larger than it: at a gravity, `offsetX` and `offsetY` pixels inwards from it, or as tiles. `scale` is the width relative to this image.',
    parameters: { imageId: imageIdSchema, ...placement },
    examples: [
      { imageId: '$LOGO', scale: 0.25, offsetX: 12, offsetY: 12, opacity: 0.8 },
      { imageId: '$LOGO', scale: 0.2, tile: true, opacity: 0.35 },
      { imageId: '$LOGO', scale: 0.5, gravity: 'centre', blend: 'screen' },
    ],
  },
  watermarkText: {
    summary:
      'Lays text over this image, in DejaVu Sans of `fontSize` pixels, or as wide as `scale` says, turned by an angle. Text that is larger than the image is made smaller; characters that the font does not have are drawn as boxes.',
    parameters: {
      text: drawable().max(LIMITS.watermarkTextLength).required(),
      fontSize: Joi.number().integer().min(4).max(1000).default(24),
      bold: flag(),
      color: colour().default('#ffffff'),
      angle: decimal().min(-360).max(360).default(0),
      ...placement,
    },
    examples: [
      { text: '© 2026 Ada', fontSize: 28, offsetX: 12, offsetY: 8, opacity: 0.85 },
      { text: 'DRAFT', scale: 0.3, angle: -30, tile: true, opacity: 0.3, color: '#000000' },
    ],
  },
};

const RELATION_MESSAGES = {
  'object.with': '{{#label}}: {{#mainWithLabel}} goes only with {{#peerWithLabel}}',
  'object.without': '{{#label}}: {{#mainWithLabel}} does not go with {{#peerWithLabel}}',
};

/** One schema per command, `operation` included. */
export const commandSchemas = Object.fromEntries(
  Object.entries(COMMANDS as unknown as Record<string, CommandContract<Operation>>).map(([operation, contract]) => [
    operation,
    commandSchemaOf(operation, contract),
  ]),
) as Record<Operation, Joi.ObjectSchema<Command>>;

function commandSchemaOf(operation: string, contract: CommandContract<Operation>): Joi.ObjectSchema {
  const { parameters, anyOf, needs = {}, excludes = [], check } = contract;
  let schema = Joi.object({ operation: Joi.string().valid(operation).required(), ...parameters });
  if (anyOf) schema = schema.or(...anyOf);
  for (const [name, others] of Object.entries(needs)) schema = schema.with(name, others);
  for (const [name, others] of excludes) schema = schema.without(name, others);
  if (check) {
    const refused = { custom: `{{#label}}: ${check.rule}` };
    schema = schema.custom((value, helpers) => (check.holds(value) ? value : helpers.message(refused)));
  }
  return schema.messages(RELATION_MESSAGES);
}

const OPERATIONS = Object.keys(COMMANDS) as Operation[];

const commandSchema = Joi.alternatives().conditional(
  Joi.object({ operation: Joi.valid(...OPERATIONS).required() }).unknown(),
  {
    // Joi takes the branch by `operation` alone, so that a wrong parameter is reported at its own path.
    then: Joi.alternatives().conditional('.operation', {
      switch: OPERATIONS.map((operation) => ({ is: operation, then: commandSchemas[operation] })),
    }),
    otherwise: Joi.object({
      operation: Joi.string()
        .valid(...OPERATIONS)
        .required(),
    }).unknown(),
  },
);

const optionSchema = (range: readonly [number, number] | true): Joi.Schema =>
  range === true ? Joi.boolean() : Joi.number().integer().min(range[0]).max(range[1]);

const OPTIONS = [...new Set(Object.values(OUTPUT_OPTIONS).flatMap(Object.keys))] as (keyof OutputOptions)[];

const isFormat = Joi.valid(...Object.keys(OUTPUT_OPTIONS)).required();

/** An option has the range of its format, and is refused with formats that have none; of an unknown format only the format is wrong. */
const optionSchemas = Object.fromEntries(
  OPTIONS.map((option) => {
    const formats = Object.entries(OUTPUT_OPTIONS).flatMap(([format, options]) => {
      const range = options[option];
      return range ? [{ is: format, then: optionSchema(range) }] : [];
    });
    const refused = Joi.forbidden().messages({
      'any.unknown': `{{#label}} goes only with the ${formats.length > 1 ? 'formats' : 'format'} ${formats.map(({ is }) => is).join(', ')}`,
    });
    return [option, Joi.when('format', { switch: [...formats, { is: isFormat, then: refused }] })];
  }),
);

/** The encoding of a result. */
export const outputSchema = Joi.object<Output>({
  format: Joi.string()
    .valid(...OUTPUT_FORMATS, 'auto')
    .required(),
  ...optionSchemas,
  metadata: oneOf('strip', 'keep'),
})
  .without('lossless', 'maxBytes')
  .messages(RELATION_MESSAGES);

const commandsSchema = Joi.array().items(commandSchema).max(LIMITS.commandsPerRendition);

export const pipelineKeys = {
  commands: commandsSchema.default([]),
  output: outputSchema.default({ format: 'webp' }),
};

const pipelineSchema = Joi.object<Pipeline>(pipelineKeys).required();

/** A pipeline with its defaults filled in; throws joi's error where it breaks a rule. */
export const parsePipeline = (value: unknown): Pipeline =>
  Joi.attempt(value, pipelineSchema, { errors: { wrap: { label: false } } });
