import Joi from 'joi';

/** A text without control characters, so that it stays one line in logs and on pages, and without halves of surrogate pairs, which UTF-8 cannot write. */
export const lineOfTextSchema = Joi.string()
  // Each rule has a pattern of its own, because JSON Schema tells the first one only. Other languages have no `\p{Cc}`.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  .pattern(/^[^\x00-\x1f\x7f-\x9f]+$/, 'no control characters')
  .pattern(/^\P{Cs}*$/u, 'no halves of surrogate pairs')
  .messages({ 'string.pattern.name': '{{#label}} must have {{#name}}' });
