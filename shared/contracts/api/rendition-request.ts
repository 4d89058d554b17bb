import Joi from 'joi';
import type { RenditionRequest } from '../../domain/commands.ts';
import { FORMAT_OF_EXTENSION, IMAGE_FORMATS } from '../../domain/formats/image-format.ts';
import { LIMITS } from '../../domain/limits.ts';
import { VARIANT_FORMATS } from '../../domain/variant.ts';
import { pipelineKeys } from './command-schemas.ts';
import { PRESETS } from './presets.ts';

/** Names of renditions, with one of these extensions or none. */
const nameSchema = (...extensions: string[]) => {
  const extension = extensions.length > 0 ? `(\\.(${extensions.join('|')}))?` : '';
  return Joi.string()
    .pattern(new RegExp(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}${extension}$`), 'rendition name')
    .messages({
      'string.pattern.name':
        '{{#label}} must begin with a letter or a digit and consist of at most 64 letters, digits, _ and -',
    });
};

/** A rendition's name, which is safe in a URL, a key and a file name. */
export const renditionNameSchema = nameSchema();

/** The name of a rendition or of a variant (domain/variant.ts). */
export const anyRenditionNameSchema = nameSchema(...VARIANT_FORMATS.map((format) => IMAGE_FORMATS[format].extension));

/** A rendition's name in a path, optionally with an extension. */
export const renditionPathSchema = nameSchema(...FORMAT_OF_EXTENSION.keys()).description(
  'With an extension (`card.avif`), a rendition of the format `auto` is sent as to a client that prefers that format.',
);

/** The name of a preset, which is converted to the rendition that it means. */
const presetSchema = Joi.string().custom((name: string, helpers) => {
  const pipeline = PRESETS.get(name);
  return pipeline ? ({ name, ...pipeline } satisfies RenditionRequest) : helpers.error('preset.unknown');
});

/** A rendition with its own pipeline. */
const ownRenditionSchema = Joi.object({ name: renditionNameSchema.required(), ...pipelineKeys });

/** A list whose items are validated only if there are not too many of them, because validating thousands takes seconds. */
export const atMost = (limit: number, list: Joi.ArraySchema): Joi.ArraySchema =>
  Joi.array()
    .max(limit)
    .when('.', { is: Joi.array().max(limit), then: list.max(limit) });

/** Items may be anything here, also `null`, because invalid items are reported elsewhere. */
const nameOf = (item: unknown): unknown => (item as Partial<RenditionRequest> | null | undefined)?.name;

const lists = (items: Joi.Schema) =>
  Joi.array()
    .items(items)
    .min(1)
    .unique((a: unknown, b: unknown) => nameOf(a) !== undefined && nameOf(a) === nameOf(b))
    .messages({
      'preset.unknown': `{{#label}} must be the name of a preset: ${[...PRESETS.keys()].join(', ')}`,
      'object.base': '{{#label}} must be the name of a preset, or an object with a name',
      'array.unique': '{{#label}} has the name of an earlier rendition in the list',
    });

/** The renditions in a request: names of presets, and renditions with their own pipelines. The result is RenditionRequest[]. Types are not converted, because JSON has types. */
export const renditionsSchema = atMost(
  LIMITS.renditionsPerRequest,
  lists(Joi.alternatives().conditional(Joi.string(), { then: presetSchema, otherwise: ownRenditionSchema })),
).prefs({ convert: false });

/** Presets in a query string: `?rendition=thumb&rendition=small`. */
export const presetsSchema = lists(presetSchema).max(LIMITS.renditionsPerRequest).single();

/** The body or form of a request for renditions. */
export const renditionsBodySchema = Joi.object({ renditions: renditionsSchema.required() });
