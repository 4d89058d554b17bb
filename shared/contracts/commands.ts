import Joi from 'joi';
import {
  type Command,
  type CommandParameters,
  FITS,
  GRAVITIES,
  type Operation,
  type Output,
  type Pipeline,
} from '../domain/commands.ts';
import { OUTPUT_FORMATS } from '../domain/image-format.ts';
import { IMAGE_ID_PATTERN } from '../domain/image-id.ts';
import { LIMITS } from '../domain/limits.ts';

const pixels = () => Joi.number().integer().min(1).max(LIMITS.outputDimension);
const offset = () => Joi.number().integer().min(0);
/** Six decimals: more than pixels can show, and never smaller than what DynamoDB can keep. */
const decimal = () => Joi.number().precision(6);
const gravity = () => Joi.string().valid(...GRAVITIES);
const colour = () =>
  Joi.string()
    .pattern(/^#([0-9a-f]{6}|[0-9a-f]{8})$/i, 'CSS hex colour')
    .default('#000000');

interface CommandContract<O extends Operation> {
  /** One sentence for the API's documentation. */
  summary: string;
  parameters: Joi.PartialSchemaMap<CommandParameters[O]>;
  /** At least one of these must be given. */
  anyOf?: (keyof CommandParameters[O] & string)[];
  /** Parameters that mean nothing without another. */
  needs?: Record<string, keyof CommandParameters[O] & string>;
}

/**
 * Every command with its parameters: validation, OpenAPI and the queue message read this table. Ranges and defaults are sharp's
 * (https://sharp.pixelplumbing.com), so that nothing accepted here is refused there.
 */
export const COMMANDS: { [O in Operation]: CommandContract<O> } = {
  autoOrient: {
    summary:
      'Turns the pixels upright as the EXIF orientation says. A pipeline without it begins with it; naming it moves it to its place in the list.',
    parameters: {},
  },
  crop: {
    summary: 'Cuts out a rectangle, in pixels from the top left corner. It must lie inside the image.',
    parameters: {
      left: offset().required(),
      top: offset().required(),
      width: pixels().required(),
      height: pixels().required(),
    },
  },
  resize: {
    summary: 'Scales to a width, a height or both; `fit` says what happens when both are given.',
    parameters: {
      width: pixels(),
      height: pixels(),
      fit: Joi.string()
        .valid(...FITS)
        .default('cover'),
      position: gravity().default('centre'),
      background: colour(),
      withoutEnlargement: Joi.boolean().default(false),
      withoutReduction: Joi.boolean().default(false),
    },
    anyOf: ['width', 'height'],
  },
  rotate: {
    summary: 'Turns clockwise by an angle in degrees; corners that open at other than right angles get the background.',
    parameters: { angle: decimal().min(-360).max(360).required(), background: colour() },
  },
  flip: { summary: 'Mirrors top to bottom.', parameters: {} },
  flop: { summary: 'Mirrors left to right.', parameters: {} },
  grayscale: { summary: 'Takes the colour away.', parameters: {} },
  blur: {
    summary: 'Gaussian blur of that sigma; without one, a fast and mild blur.',
    parameters: { sigma: decimal().min(0.3).max(1000) },
  },
  sharpen: {
    summary: 'Sharpens by a mask of that sigma, `m1` in flat and `m2` in jagged areas; without sigma, fast and mild.',
    parameters: {
      sigma: decimal().min(0.000001).max(10),
      m1: decimal().min(0).max(1_000_000),
      m2: decimal().min(0).max(1_000_000),
    },
    needs: { m1: 'sigma', m2: 'sigma' },
  },
  watermark: {
    summary:
      'Lays another uploaded image of the same owner over this one, never larger than it. `scale` is the width relative to this image.',
    parameters: {
      imageId: Joi.string().pattern(IMAGE_ID_PATTERN, 'image id').required(),
      gravity: gravity().default('southeast'),
      opacity: decimal().min(0).max(1).default(1),
      scale: decimal().min(0.01).max(1),
    },
  },
};

/** One schema per command, `operation` included. */
export const commandSchemas = Object.fromEntries(
  Object.entries(COMMANDS).map(([operation, { parameters, anyOf, needs = {} }]) => {
    const schema = Joi.object({ operation: Joi.string().valid(operation).required(), ...parameters });
    const alone = anyOf ? schema.or(...anyOf) : schema;
    return [operation, Object.entries(needs).reduce((result, [name, other]) => result.with(name, other), alone)];
  }),
) as Record<Operation, Joi.ObjectSchema<Command>>;

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

/** The encoding of a result. */
export const outputSchema = Joi.object<Output, true>({
  format: Joi.string()
    .valid(...OUTPUT_FORMATS)
    .required(),
  quality: Joi.number().integer().min(1).max(100),
});

const commandsSchema = Joi.array().items(commandSchema).max(LIMITS.commandsPerRendition);

export const pipelineKeys = {
  commands: commandsSchema.default([]),
  output: outputSchema.default({ format: 'webp' }),
};

const pipelineSchema = Joi.object<Pipeline>(pipelineKeys).required();

/** A pipeline with its defaults filled in; throws joi's error where it breaks a rule. */
export const parsePipeline = (value: unknown): Pipeline => Joi.attempt(value, pipelineSchema);
