import Joi from 'joi';
import { OUTPUT_FORMATS } from '../domain/formats/image-format.ts';
import { LIMITS } from '../domain/limits.ts';
import {
  TRANSFORMATION_MODES,
  type TransformationCheck,
  type TransformationControl,
  transformationCheck,
} from '../domain/transformation-control.ts';
import { COMMANDS } from './api/command-schemas.ts';
import { PRESETS } from './api/presets.ts';

const list = (items: Joi.Schema, description: string) =>
  Joi.array()
    .items(items)
    .min(1)
    .unique()
    .when('mode', { is: 'listed', otherwise: Joi.forbidden() })
    .description(description);

const sides = (name: string) =>
  list(
    Joi.number().integer().min(1).max(LIMITS.outputDimension),
    `Pixels that a command may name as its ${name}. With one of the two lists, it counts for both.`,
  );

/** The setting TRANSFORMATIONS, and what the limits show of it. */
export const transformationsSchema = Joi.object<TransformationControl>({
  mode: Joi.string()
    .valid(...TRANSFORMATION_MODES)
    .required()
    .description(
      'The renditions that are made. `any`: all. `presets`: presets only. `listed`: presets, and renditions whose widths, heights, formats, qualities and operations are in the lists; a list that is absent allows all.',
    ),
  widths: sides('width'),
  heights: sides('height'),
  formats: list(Joi.string().valid(...OUTPUT_FORMATS, 'auto'), 'Formats of outputs. AVIF and WebP of `auto` too.'),
  qualities: list(Joi.number().integer().min(1).max(100), 'Qualities that an output may name.'),
  operations: list(Joi.string().valid(...Object.keys(COMMANDS)), 'Operations of commands; `autoOrient` always is.'),
});

/** Reads the setting from its JSON. */
export const readTransformations: Joi.CustomValidator<string, TransformationControl> = (text, helpers) => {
  try {
    return Joi.attempt(JSON.parse(text), transformationsSchema);
  } catch (error) {
    return helpers.message({ custom: `TRANSFORMATIONS must be JSON: ${(error as Error).message}` });
  }
};

/** The check of a deployment, which knows the presets. */
export const checkOf = (control: TransformationControl = { mode: 'any' }): TransformationCheck =>
  transformationCheck(control, PRESETS);
