import Joi from 'joi';
import { ACCEPTED_MEDIA_TYPES } from '../../domain/formats/image-format.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { UploadBounds, UploadToken } from '../../domain/upload-token.ts';
import { imageIdSchema } from './image-id-schema.ts';
import { imagePath, visibilitySchema } from './image-view.ts';
import { atMost, renditionsSchema } from './rendition-request.ts';
import { metadataSchema } from './upload-request.ts';

/** The parameter of a query in which a form sends its token. */
export const UPLOAD_TOKEN_PARAMETER = 'uploadToken';

/** A token in the query of a form. */
export const uploadTokenSchema = Joi.string()
  .pattern(/^ist_/, 'upload token')
  .max(128)
  // joi's own message would repeat the value, which may be a key that somebody has put into the wrong place.
  .messages({ 'string.pattern.name': '{{#label}} must be an upload token, which begins with ist_' })
  .description('An upload token, for forms, which cannot send it as `Authorization: Bearer TOKEN`.');

/** The shortest time for which a token may be valid, in seconds: an upload that takes longer than its token fails. */
const SHORTEST_SECONDS = 60;

export interface UploadTokenRequest extends UploadBounds {
  expiresInSeconds: number;
}

/** The body that asks for an upload token. */
export const uploadTokenRequestSchema = Joi.object<UploadTokenRequest, true>({
  maxBytes: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.asyncUploadBytes)
    .required()
    .description('The most bytes that the image may have.'),
  types: atMost(
    ACCEPTED_MEDIA_TYPES.length,
    Joi.array()
      .items(Joi.string().valid(...ACCEPTED_MEDIA_TYPES))
      .min(1)
      .unique(),
  ).description('The media types that the image may have, by its bytes; every accepted one by default.'),
  renditions: renditionsSchema
    .empty(Joi.array().length(0))
    .default([])
    .description(
      'The renditions that are made, and no others: names of presets, or renditions with their own commands.',
    ),
  visibility: visibilitySchema,
  metadata: metadataSchema.description(
    'Names and values that are stored with the image. A browser may add `filename`, and nothing else.',
  ),
  expiresInSeconds: Joi.number()
    .strict()
    .integer()
    .min(SHORTEST_SECONDS)
    .max(LIMITS.uploadTokenSeconds)
    .default(LIMITS.defaultUploadTokenSeconds)
    .description('How long the token is valid. All of the upload must happen in this time.'),
}).required();

/** A token as its maker sees it, once. */
export const uploadTokenView = ({ imageId, expiresAt, maxBytes }: UploadToken, credential: string) => ({
  token: credential,
  imageId,
  expiresAt,
  maxBytes,
  links: {
    image: imagePath(imageId),
    upload: '/v1/images',
    form: `/v1/images?uploadToken=${credential}`,
    uploadInParts: '/v1/uploads',
  },
});

const path = Joi.string().required();

export const uploadTokenLinksSchema = Joi.object({
  image: path.description('The image, once it is uploaded. An upload token does not open it.'),
  upload: path.description('Takes the image in one request, with `Authorization: Bearer TOKEN`.'),
  form: path.description('Takes the image from a form that sends no headers: its `action`.'),
  uploadInParts: path.description('Begins an upload in parts, with `Authorization: Bearer TOKEN`.'),
}).required();

export const uploadTokenViewSchema = Joi.object({
  token: Joi.string().required().description('The secret. Whoever has it may upload the image until it is used.'),
  imageId: imageIdSchema.required().description('The id that the image will have.'),
  expiresAt: Joi.string().isoDate().required(),
  maxBytes: Joi.number().integer().required(),
  links: uploadTokenLinksSchema,
});
