import Joi from 'joi';
import { ACCEPTED_MEDIA_TYPES } from '../../domain/formats/image-format.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { UploadBounds, UploadToken } from '../../domain/upload-token.ts';
import { secureUrlSchema } from '../secure-url.ts';
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

/** What is added to the query of a page to which a browser goes after its upload. */
const IMAGE_ID_PARAMETER = 'imageId';

/** The longest URL of such a page, in characters, which browsers and proxies all take. */
const LONGEST_REDIRECT = 2_000;

/** The page to which a browser goes whose form has uploaded an image. */
export function redirectAfter(successRedirect: string, imageId: string): string {
  const url = new URL(successRedirect);
  // As text, because `searchParams` would spell the rest of the query anew.
  url.search += `${url.search ? '&' : '?'}${IMAGE_ID_PARAMETER}=${imageId}`;
  return url.href;
}

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
      .items(
        Joi.string()
          .valid(...ACCEPTED_MEDIA_TYPES)
          // joi's own message would offer types that the deployment has not turned on.
          .messages({ 'any.only': '{{#label}} must be one of `acceptedMediaTypes` of GET /v1/limits' }),
      )
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
  successRedirect: secureUrlSchema
    .max(LONGEST_REDIRECT)
    .custom((value: string, helpers) =>
      new URL(value).searchParams.has(IMAGE_ID_PARAMETER) ? helpers.error('redirect.taken') : value,
    )
    .messages({
      'redirect.taken': `{{#label}} must not have the parameter ${IMAGE_ID_PARAMETER} in its query: it is added`,
    })
    .description(
      'Where a browser goes after its form has uploaded the image, by 303 and with `imageId` in the query. With https, or http on this machine. It counts where the token is in the address, for forms; other clients get the record.',
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
