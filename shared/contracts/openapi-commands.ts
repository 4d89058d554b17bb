import type { Operation } from '../domain/commands.ts';
import { LIMITS } from '../domain/limits.ts';
import { OUTPUT_OPTIONS, type OutputOptions } from '../domain/output-options.ts';
import { COMMANDS, commandSchemas, outputSchema, parsePipeline } from './commands.ts';
import { type Json, jsonSchema, listOf, ref } from './json-schema.ts';
import { PRESETS } from './presets.ts';
import { renditionNameSchema } from './rendition-request.ts';

/** What stands for the id of another image in the examples. */
const EXAMPLE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';

const capitalised = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}`;

/** A choice between schemas by the value of one property; the names are those of the schemas by value. */
const choice = (propertyName: string, names: Record<string, string>): Json => {
  const mapping = Object.fromEntries(Object.entries(names).map(([value, name]) => [value, ref(name).$ref]));
  return { oneOf: Object.values(names).map(ref), discriminator: { propertyName, mapping } };
};

/** A schema for each command, and the choice between them by `operation`. */
export function commandComponents(): Json {
  const operations = Object.keys(COMMANDS) as Operation[];
  const names = Object.fromEntries(operations.map((operation) => [operation, `${capitalised(operation)}Command`]));
  const each = operations.map((operation) => [names[operation], commandComponent(operation)]);
  const description = 'One step of a pipeline. Figures may have six decimals.';
  return { Command: { description, ...choice('operation', names) }, ...Object.fromEntries(each) };
}

function commandComponent(operation: Operation): Json {
  const { summary, examples, check } = COMMANDS[operation];
  return {
    description: check ? `${summary} ${capitalised(check.rule)}.` : summary,
    ...jsonSchema(commandSchemas[operation], 'input'),
    ...relations(operation),
    examples: examples.map((example) => ({
      operation,
      ...example,
      ...('imageId' in example && { imageId: EXAMPLE_ID }),
    })),
  };
}

/** Joi leaves relations between keys out of its JSON Schema. */
function relations(operation: Operation): Json {
  const { anyOf, needs, excludes = [] } = COMMANDS[operation];
  const apart = excludes.flatMap(([name, others]) => others.map((other) => ({ not: { required: [name, other] } })));
  return {
    ...(anyOf && { anyOf: anyOf.map((name) => ({ required: [name] })) }),
    ...(needs && { dependentRequired: needs }),
    ...(apart.length > 0 && { allOf: apart }),
  };
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
    ...(options.lossless && options.maxBytes && { not: { required: ['lossless', 'maxBytes'] } }),
  };
}

/** What a request for renditions consists of. */
export function renditionComponents(): Json {
  const Preset = { type: 'string', enum: [...PRESETS.keys()], description: 'A pipeline by name; see /v1/limits.' };
  const defaults = parsePipeline({});
  const OwnRendition = {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: jsonSchema(renditionNameSchema, 'input'),
      commands: { ...listOf(ref('Command'), LIMITS.commandsPerRendition), default: defaults.commands },
      output: { ...ref('Output'), default: defaults.output },
    },
  };
  const Renditions = {
    minItems: 1,
    ...listOf({ oneOf: [ref('Preset'), ref('OwnRendition')] }, LIMITS.renditionsPerRequest),
    description: 'Applied in the order of their lists; names must differ.',
    examples: [
      ['thumb', { name: 'card', commands: [{ operation: 'resize', width: 600 }], output: { format: 'avif' } }],
    ],
  };
  return { Preset, OwnRendition, Renditions };
}
