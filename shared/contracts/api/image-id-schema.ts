import Joi from 'joi';
import { IMAGE_ID_PATTERN } from '../../domain/image-id.ts';

/** The id of an image, in a path or in a parameter of a command. */
export const imageIdSchema = Joi.string()
  .pattern(IMAGE_ID_PATTERN, 'image id')
  .required()
  .messages({ 'string.pattern.name': '{{#label}} must be the id of an image, from the response to its upload' });
