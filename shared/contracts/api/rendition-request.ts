import Joi from 'joi';
import type { RenditionRequest } from '../../domain/commands.ts';
import { FORMAT_OF_EXTENSION, IMAGE_FORMATS } from '../../domain/formats/image-format.ts';
import { LIMITS } from '../../domain/limits.ts';
import { VARIANT_FORMATS } from '../../domain/variant.ts';
import { pipelineKeys } from './commands.ts';
import { PRESETS } from './presets.ts';

/** Names of renditions, each followed by one of these extensions or by none. */
const nameSchema = (...extensions: string[]) => {
  const extension = extensions.length > 0 ? `(\\.(${extensions.join('|')}))?` : '';
  return Joi.string()
    .pattern(new RegExp(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}${extension}$`), 'rendition name')
    .messages({
      'string.pattern.name':
        '{{#label}} must begin with a letter or a digit and have letters, digits, _ and - only, 64 at most',
    });
};

/** A rendition's name: safe in a URL, a key and a file name. */
export const renditionNameSchema = nameSchema();

/** The same, or that of a variant beside it (domain/variant.ts). */
export const anyRenditionNameSchema = nameSchema(...VARIANT_FORMATS.map((format) => IMAGE_FORMATS[format].extension));

/** A rendition's name as a path has it: with an extension it stands for what a client gets that takes that format first. */
export const renditionPathSchema = nameSchema(...FORMAT_OF_EXTENSION.keys()).description(
  'With an extension (`card.avif`) a rendition of the format `auto` comes as to a client that takes that format first.',
);

/** The name of a preset, which becomes the rendition it stands for. */
export const presetSchema = Joi.string().custom((name: string, helpers) => {
  const pipeline = PRESETS.get(name);
  return pipeline ? ({ name, ...pipeline } satisfies RenditionRequest) : helpers.error('preset.unknown');
});

/** A rendition spelled out. */
export const ownRenditionSchema = Joi.object({ name: renditionNameSchema.required(), ...pipelineKeys });

/** A list whose items are looked at only if there are not too many of them, for looking at thousands takes seconds. */
export const atMost = (limit: number, list: Joi.ArraySchema): Joi.ArraySchema =>
  Joi.array()
    .max(limit)
    .when('.', { is: Joi.array().max(limit), then: list.max(limit) });

/** Items that are no renditions come here too, `null` among them: they are told of where they stand. */
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

/** Renditions as a request asks for them: names of presets, and pipelines of one's own. Comes out as RenditionRequest[]. JSON has types, so nothing is converted. */
export const renditionsSchema = atMost(
  LIMITS.renditionsPerRequest,
  lists(Joi.alternatives().conditional(Joi.string(), { then: presetSchema, otherwise: ownRenditionSchema })),
).prefs({ convert: false });

/** The same from a query string: `?rendition=thumb&rendition=small`. */
export const presetsSchema = lists(presetSchema).max(LIMITS.renditionsPerRequest).single();

/** A body, or a form, that asks for renditions. */
export const renditionsBodySchema = Joi.object({ renditions: renditionsSchema.required() });
