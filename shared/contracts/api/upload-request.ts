import Joi from 'joi';
import {
  ACCEPTED_MEDIA_TYPES,
  acceptedMediaTypes,
  IMAGE_FORMATS,
  UNDECLARED_MEDIA_TYPE,
  UNDECLARED_MEDIA_TYPES,
} from '../../domain/formats/image-format.ts';
import { IMAGE_ID_PATTERN } from '../../domain/image-id.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { NamedPart, UploadDeclaration } from '../../domain/multipart-upload.ts';
import { digestSchema } from './checksums.ts';
import { visibilitySchema } from './image-view.ts';
import { atMost, renditionsSchema } from './rendition-request.ts';

/** The id of an upload is a random UUID, like that of an image. */
export const UPLOAD_ID_PATTERN = IMAGE_ID_PATTERN;

const MEDIA_TYPES = [
  ...ACCEPTED_MEDIA_TYPES,
  ...Object.values(IMAGE_FORMATS).flatMap(({ aliases }) => aliases),
  UNDECLARED_MEDIA_TYPE,
];

/** The media types in an error message: one name for each format, and which of them needs a setting. */
const NAMED_TYPES = `${[...acceptedMediaTypes(false), UNDECLARED_MEDIA_TYPE].join(', ')}, and ${IMAGE_FORMATS.heic.mediaType} if the setting HEIC is on`;

/** Lone surrogates are refused, because a table would store another character instead. */
const metadataValue = Joi.string()
  .allow('')
  .pattern(/^\P{Cs}*$/u)
  .messages({ 'string.pattern.base': '{{#label}} has half a surrogate pair, which is no character' });

/** The SDK's marshaller for DynamoDB breaks on the name `constructor`. */
export const metadataSchema = Joi.object<Record<string, string>>()
  .pattern(/^(?!constructor$)[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/, metadataValue)
  .custom((metadata: Record<string, string>, helpers) => {
    const bytes = Object.entries(metadata).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
    return bytes <= LIMITS.metadataBytes ? metadata : helpers.error('metadata.long', { bytes });
  })
  .messages({
    'metadata.long': `{{#label}} has {{#bytes}} bytes of names and values; the limit is ${LIMITS.metadataBytes}`,
  });

/** The body that creates a multipart upload. A `contentLength` beyond the limit is only a warning here, because the handler answers it with 413. */
export const uploadDeclarationSchema = Joi.object<UploadDeclaration, true>({
  contentType: Joi.string()
    .lowercase()
    .empty(Joi.string().valid(...UNDECLARED_MEDIA_TYPES))
    .valid(...MEDIA_TYPES)
    .messages({ 'any.only': `{{#label}} must be one of ${NAMED_TYPES}` })
    .default(UNDECLARED_MEDIA_TYPE)
    .description(
      `The media type of the image, which must be that of the bytes. With \`${UNDECLARED_MEDIA_TYPE}\` the bytes decide.`,
    ),
  contentLength: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.asyncUploadBytes)
    .warn()
    .description('The bytes of the whole image, if known. The parts must add up to it.'),
  checksumSha256: digestSchema('sha256').description(
    'The base64 SHA-256 of the whole image, if known. The joined image must have it.',
  ),
  // Generated clients send an empty list by default.
  renditions: renditionsSchema.empty(Joi.array().length(0)).default([]),
  visibility: visibilitySchema,
  metadata: metadataSchema.description(
    'Names and values of your own, stored with the image and shown in its record. `filename` is the name under which `?download` saves the file.',
  ),
}).required();

/** A decimal integer in canonical form, so that a URL has only one spelling. */
export const decimalSchema = Joi.number()
  .integer()
  .custom((value: number, helpers) =>
    String(helpers.original) === String(value) ? value : helpers.error('number.base'),
  );

export const partNumberSchema = decimalSchema.min(1).max(LIMITS.partsPerUpload);

const eTagSchema = Joi.string()
  .max(256)
  .replace(/^"(.*)"$/, '$1')
  .description('The ETag from the response to the part, with or without its quotes.');

/** Other fields in the responses of UploadPart and ListParts, which are accepted so that the responses can be sent back as they are. */
const answeredBeside = {
  size: Joi.number()
    .integer()
    .min(0)
    .max(LIMITS.maxPartBytes)
    .strip()
    .description('Ignored, because the eTag identifies the bytes.'),
  lastModified: Joi.string().isoDate().strip().description('Ignored.'),
};

/** A part in the list that completes an upload. */
export const completedPartSchema = Joi.object({
  partNumber: partNumberSchema.strict().required(),
  eTag: eTagSchema.required(),
  ...answeredBeside,
});

/** How long a part URL is valid unless the request says otherwise, as in the AWS SDK. */
const DEFAULT_PART_URL_SECONDS = 900;

const ALL_PAGES = 'parts would be missing; send the parts of all pages in one list `parts`';

/** The fields around the parts in the response of ListParts, which are accepted so that the response can be sent back if it is the only page. */
const answeredAround = {
  uploadId: Joi.string().pattern(UPLOAD_ID_PATTERN, 'upload id').description('If given, it must be that of the path.'),
  partNumberMarker: Joi.number()
    .strict()
    .integer()
    .min(0)
    .max(0)
    .strip()
    .messages({ 'number.max': `{{#label}} shows that this is not the first page: ${ALL_PAGES}` })
    .description('0, which means the first page.'),
  isTruncated: Joi.boolean()
    .strict()
    .custom((isTruncated: boolean, helpers) => (isTruncated ? helpers.error('page.truncated') : isTruncated))
    .strip()
    .messages({ 'page.truncated': `{{#label}} shows that this is not the last page: ${ALL_PAGES}` })
    .description('False, which means the last page.'),
  ...Object.fromEntries(
    ['partSize', 'contentLength', 'maxParts'].map((name) => [
      name,
      Joi.number().strict().integer().min(0).max(LIMITS.asyncUploadBytes).strip().description('Ignored.'),
    ]),
  ),
  imageId: Joi.string().pattern(IMAGE_ID_PATTERN, 'image id').strip().description('Ignored.'),
  expiresAt: Joi.string().isoDate().strip().description('Ignored.'),
};

/** The body of a request to complete an upload. */
export interface PartsToComplete {
  parts: NamedPart[];
  uploadId?: string;
}

/** The schema of that body. domain/multipart-upload.ts checks the order of the parts, in one pass. */
export const completeBodySchema = Joi.object<PartsToComplete>({
  ...answeredAround,
  parts: atMost(LIMITS.partsPerUpload, Joi.array().items(completedPartSchema).min(1)).required(),
}).required();

/** A part for which a URL is to be signed. */
export interface PartUrlRequest {
  partNumber: number;
  contentLength: number;
  contentMd5?: string;
}

export interface PartUrlsRequest {
  parts: PartUrlRequest[];
  /** Seconds. */
  expiresIn: number;
}

/** The schema of a part for which a URL is to be signed. */
export const requestedPartUrlSchema = Joi.object({
  partNumber: partNumberSchema.strict().required(),
  contentLength: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.maxPartBytes)
    .required()
    .description('The number of bytes, which the URL takes exactly.'),
  contentMd5: digestSchema('md5').description(
    'The base64 MD5 of the bytes. With it the URL takes only these bytes, with this Content-MD5.',
  ),
});

export const partUrlsBodySchema = Joi.object<PartUrlsRequest, true>({
  parts: atMost(LIMITS.partsPerPage, Joi.array().items(requestedPartUrlSchema).min(1)).required(),
  expiresIn: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.partUrlSeconds)
    .default(DEFAULT_PART_URL_SECONDS)
    .description(
      `The seconds for which the URLs are valid; ${DEFAULT_PART_URL_SECONDS} by default, as in the AWS SDK.`,
    ),
}).required();
