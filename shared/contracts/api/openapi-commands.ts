import type { Operation } from '../../domain/commands.ts';
import { LIMITS } from '../../domain/limits.ts';
import { OUTPUT_OPTIONS, type OutputOptions } from '../../domain/output-options.ts';
import { COMMANDS, commandSchemas, outputSchema, parsePipeline } from './commands.ts';
import { type Json, jsonSchema, listOf, ref } from './json-schema.ts';
import { PRESETS } from './presets.ts';
import { renditionNameSchema } from './rendition-request.ts';

/** What stands for the id of another image in the examples. */
const EXAMPLE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';

const capitalised = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;

/** A choice between schemas by the value of one property; the names are those of the schemas by value. */
const choice = (propertyName: string, names: Record<string, string>): Json => {
  const mapping = Object.fromEntries(Object.entries(names).map(([value, name]) => [value, ref(name).$ref]));
  return { oneOf: Object.values(names).map(ref), discriminator: { propertyName, mapping } };
};

/** What both relative places in an image are made of. */
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

/** What parameters must be to each other, in words: generators of clients break on the words that JSON Schema has for it. */
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
  quality: 'Without it sharp’s default for the format; a TIFF is then lossless.',
  effort:
    'Processor time spent on a smaller file. Without it sharp’s default for the format, less for many pixels, and 1 for GIF. With it that at most: less where the result has too many pixels for it to end in time.',
  lossless: 'Keeps every pixel as it is. Does not go with `maxBytes`.',
  progressive: 'Shows the whole coarsely before it is there.',
  mozjpeg: 'Encodes as mozjpeg does: smaller and slower.',
  palette: 'Uses at most 256 colours; a quality or an effort does so too.',
  maxBytes: 'The highest quality whose file is no larger, `quality` at most.',
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
      '`strip`, which is the default, leaves copyright and artist only; `keep` leaves EXIF and XMP. A TIFF keeps XMP only, a GIF nothing. Thumbnails and other pictures in them are always left out.',
  };
  return {
    type: 'object',
    required: ['format'],
    additionalProperties: false,
    properties: { format: { type: 'string', enum: [format] }, ...Object.fromEntries(described), metadata },
  };
}

/** What a request for renditions consists of. */
export function renditionComponents(): Json {
  const Preset = { type: 'string', enum: [...PRESETS.keys()], description: 'A pipeline by name; see /v1/limits.' };
  const OwnRendition = {
    type: 'object',
    description: `Spelled out. Without an output it comes as \`${parsePipeline({}).output.format}\`.`,
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: jsonSchema(renditionNameSchema, 'input'),
      commands: {
        ...listOf(ref('Command'), LIMITS.commandsPerRendition),
        description: 'Applied in this order; none unless given.',
      },
      output: ref('Output'),
    },
  };
  const RequestedRendition = {
    description: 'A preset by its name, or a rendition spelled out.',
    oneOf: [ref('Preset'), ref('OwnRendition')],
  };
  const Renditions = {
    minItems: 1,
    ...listOf(ref('RequestedRendition'), LIMITS.renditionsPerRequest),
    description: 'Applied in the order of their lists; names must differ.',
    examples: [
      ['thumb', { name: 'card', commands: [{ operation: 'resize', width: 600 }], output: { format: 'avif' } }],
    ],
  };
  return { Preset, OwnRendition, RequestedRendition, Renditions };
}
