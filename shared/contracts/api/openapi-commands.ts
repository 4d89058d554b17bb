import type { Operation } from '../../domain/commands.ts';
import { LIMITS } from '../../domain/limits.ts';
import { OUTPUT_OPTIONS, type OutputOptions } from '../../domain/output-options.ts';
import { COMMANDS, commandSchemas, outputSchema, parsePipeline } from './command-schemas.ts';
import { type Json, jsonSchema, listOf, ref } from './json-schema.ts';
import { PRESETS } from './presets.ts';
import { renditionNameSchema } from './rendition-request.ts';

/** The id of another image in the examples. */
const EXAMPLE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';

const capitalised = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;

/** A choice between schemas by the value of one property; `names` has the name of the schema for each value. */
const choice = (propertyName: string, names: Record<string, string>): Json => {
  const mapping = Object.fromEntries(Object.entries(names).map(([value, name]) => [value, ref(name).$ref]));
  return { oneOf: Object.values(names).map(ref), discriminator: { propertyName, mapping } };
};

/** The schema of both relative points in an image. */
export const focalPointSchema = commandSchemas.crop.extract('focalPoint');

/** A schema for each command, and the choice between them by `operation`. */
export function commandComponents(): Json {
  const operations = Object.keys(COMMANDS) as Operation[];
  const names = Object.fromEntries(operations.map((operation) => [operation, `${capitalised(operation)}Command`]));
  const each = operations.map((operation) => [names[operation], commandComponent(operation)]);
  const description = 'One step of a pipeline. Figures may have six decimals.';
  return { Command: { description, ...choice('operation', names) }, ...Object.fromEntries(each) };
}

function commandComponent(operation: Operation): Json {
  const { summary, examples } = COMMANDS[operation];
  return {
    description: [summary, ...rulesOf(operation).map((rule) => `${capitalised(rule)}.`)].join(' '),
    ...jsonSchema(commandSchemas[operation], 'input'),
    examples: examples.map((example) => ({
      operation,
      ...example,
      ...('imageId' in example && { imageId: EXAMPLE_ID }),
    })),
  };
}

const either = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' or ');

/** The relations between parameters, in words: client generators break on the keywords that JSON Schema has for them. */
function rulesOf(operation: Operation): string[] {
  const { anyOf, needs = {}, excludes = [], check } = COMMANDS[operation];
  return [
    ...(anyOf ? [`${either(anyOf)} must be given`] : []),
    ...Object.entries(needs).map(
      ([name, others]) => `\`${name}\` goes only with ${others.map((other: string) => `\`${other}\``).join(' and ')}`,
    ),
    ...excludes.map(([name, others]) => `\`${name}\` does not go with ${either(others)}`),
    ...(check ? [check.rule] : []),
  ];
}

const OPTION_DESCRIPTIONS: Record<keyof OutputOptions, string> = {
  quality: 'By default that of sharp for the format; a TIFF without it is lossless.',
  effort:
    'How much processor time is spent on a smaller file. By default that of sharp for the format, less for many pixels, and 1 for GIF. It is lowered if the result has too many pixels to be encoded in time.',
  lossless: 'Keeps every pixel as it is. Cannot be combined with `maxBytes`.',
  progressive: 'Lets browsers show a coarse version of the whole image while it loads.',
  mozjpeg: 'Encodes as mozjpeg does: smaller and slower.',
  palette: 'Uses at most 256 colours; a quality or an effort implies it.',
  maxBytes: 'The largest size of the file. The highest quality that meets it is used, at most `quality`.',
};

/** A schema for each output format with the options it takes, and the choice between them by `format`. */
export function outputComponents(): Json {
  const formats = Object.entries(OUTPUT_OPTIONS);
  const names = Object.fromEntries(formats.map(([format]) => [format, `${capitalised(format)}Output`]));
  const each = formats.map(([format, options]) => [names[format], outputComponent(format, options)]);
  return { Output: choice('format', names), ...Object.fromEntries(each) };
}

function outputComponent(format: string, options: OutputOptions): Json {
  const described = Object.entries(options).map(([name, range]) => {
    const shape = range === true ? { type: 'boolean' } : { type: 'integer', minimum: range[0], maximum: range[1] };
    return [name, { ...shape, description: OPTION_DESCRIPTIONS[name as keyof OutputOptions] }];
  });
  const metadata = {
    ...jsonSchema(outputSchema.extract('metadata'), 'input'),
    description:
      '`strip`, the default, keeps only copyright and artist; `keep` keeps EXIF and XMP. A TIFF keeps only XMP, a GIF nothing. Thumbnails and other pictures in the metadata are always removed.',
  };
  return {
    type: 'object',
    required: ['format'],
    additionalProperties: false,
    properties: { format: { type: 'string', enum: [format] }, ...Object.fromEntries(described), metadata },
  };
}

/** The schemas of requests for renditions. */
export function renditionComponents(): Json {
  const Preset = { type: 'string', enum: [...PRESETS.keys()], description: 'The name of a pipeline; see /v1/limits.' };
  const OwnRendition = {
    type: 'object',
    description: `A rendition with its own pipeline. Without an output its format is \`${parsePipeline({}).output.format}\`.`,
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: jsonSchema(renditionNameSchema, 'input'),
      commands: {
        ...listOf(ref('Command'), LIMITS.commandsPerRendition),
        description: 'Applied in this order; none by default.',
      },
      output: ref('Output'),
    },
  };
  const RequestedRendition = {
    description: 'The name of a preset, or a rendition with its own pipeline.',
    oneOf: [ref('Preset'), ref('OwnRendition')],
  };
  const Renditions = {
    minItems: 1,
    ...listOf(ref('RequestedRendition'), LIMITS.renditionsPerRequest),
    description: 'The commands of each are applied in their order; names must differ.',
    examples: [
      ['thumb', { name: 'card', commands: [{ operation: 'resize', width: 600 }], output: { format: 'avif' } }],
    ],
  };
  return { Preset, OwnRendition, RequestedRendition, Renditions };
}
