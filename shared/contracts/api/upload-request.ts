import Joi from 'joi';
import {
  ACCEPTED_MEDIA_TYPES,
  IMAGE_FORMATS,
  mediaTypesTaken,
  UNDECLARED_MEDIA_TYPE,
  UNDECLARED_MEDIA_TYPES,
} from '../../domain/formats/image-format.ts';
import { IMAGE_ID_PATTERN } from '../../domain/image-id.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { NamedPart, UploadDeclaration } from '../../domain/multipart-upload.ts';
import { digestSchema } from './checksums.ts';
import { visibilitySchema } from './image-view.ts';
import { atMost, renditionsSchema } from './rendition-request.ts';

/** An upload's id has the form of an image's: a random UUID. */
export const UPLOAD_ID_PATTERN = IMAGE_ID_PATTERN;

const MEDIA_TYPES = [
  ...ACCEPTED_MEDIA_TYPES,
  ...Object.values(IMAGE_FORMATS).flatMap(({ aliases }) => aliases),
  UNDECLARED_MEDIA_TYPE,
];

/** What is told of them: one name of each, and which is not taken everywhere. */
const NAMED_TYPES = `${[...mediaTypesTaken(false), UNDECLARED_MEDIA_TYPE].join(', ')}, and ${IMAGE_FORMATS.heic.mediaType} where the setting HEIC is on`;

/** Half a surrogate pair is no character: a table would keep another in its place. */
const metadataValue = Joi.string()
  .allow('')
  .pattern(/^\P{Cs}*$/u)
  .messages({ 'string.pattern.base': '{{#label}} has half a surrogate pair, which is no character' });

/** `constructor` is a name on which the SDK's marshaller for DynamoDB breaks. */
const metadataSchema = Joi.object<Record<string, string>>()
  .pattern(/^(?!constructor$)[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/, metadataValue)
  .custom((metadata: Record<string, string>, helpers) => {
    const bytes = Object.entries(metadata).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
    return bytes <= LIMITS.metadataBytes ? metadata : helpers.error('metadata.long', { bytes });
  })
  .messages({
    'metadata.long': `{{#label}} has {{#bytes}} bytes of names and values, the limit is ${LIMITS.metadataBytes}`,
  });

/** The body that begins an upload in parts. A `contentLength` beyond the limit is only warned of: the handler answers it by 413. */
export const uploadDeclarationSchema = Joi.object<UploadDeclaration, true>({
  contentType: Joi.string()
    .lowercase()
    .empty(Joi.string().valid(...UNDECLARED_MEDIA_TYPES))
    .valid(...MEDIA_TYPES)
    .messages({ 'any.only': `{{#label}} must be one of ${NAMED_TYPES}` })
    .default(UNDECLARED_MEDIA_TYPE)
    .description(`Media type of the image; the bytes must agree. \`${UNDECLARED_MEDIA_TYPE}\` leaves it to them.`),
  contentLength: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.asyncUploadBytes)
    .warn()
    .description('Bytes of the whole image, where known. The parts must add up to it.'),
  checksumSha256: digestSchema('sha256').description(
    'Base64 SHA-256 of the whole image, where known. The assembled image must have it.',
  ),
  // Generated clients send a list that nobody has filled.
  renditions: renditionsSchema.empty(Joi.array().length(0)).default([]),
  visibility: visibilitySchema,
  metadata: metadataSchema.description(
    'Kept with the image and shown in its record: names and values of your own. `filename` is the name of the file, under which `?download` saves it.',
  ),
}).required();

/** An integer as it is written in decimal and in no other way, so that what stands in a URL has one spelling. */
export const decimalSchema = Joi.number()
  .integer()
  .custom((value: number, helpers) =>
    String(helpers.original) === String(value) ? value : helpers.error('number.base'),
  );

export const partNumberSchema = decimalSchema.min(1).max(LIMITS.partsPerUpload);

const eTagSchema = Joi.string()
  .max(256)
  .replace(/^"(.*)"$/, '$1')
  .description('As the upload of the part answered it, with or without its quotes.');

/** What UploadPart and ListParts answer beside the two that count, so that their answers can be handed back as they are. */
const answeredBeside = {
  size: Joi.number()
    .integer()
    .min(0)
    .max(LIMITS.maxPartBytes)
    .strip()
    .description('Looked at by nobody: the eTag tells the bytes.'),
  lastModified: Joi.string().isoDate().strip().description('Likewise.'),
};

/** A part in the list to complete from. */
export const completedPartSchema = Joi.object({
  partNumber: partNumberSchema.strict().required(),
  eTag: eTagSchema.required(),
  ...answeredBeside,
});

const ALL_PAGES = 'parts would be missing; send those of all pages in one list `parts`';

/** What ListParts answers around its parts, so that its whole answer can be handed back where it is the only page. */
const answeredAround = {
  uploadId: Joi.string()
    .pattern(UPLOAD_ID_PATTERN, 'upload id')
    .description('If it is there, of the upload in the path.'),
  partNumberMarker: Joi.number()
    .strict()
    .integer()
    .min(0)
    .max(0)
    .strip()
    .messages({ 'number.max': `{{#label}} is that of a page before which there are others: ${ALL_PAGES}` })
    .description('0: of a page that is the first.'),
  isTruncated: Joi.boolean()
    .strict()
    .custom((isTruncated: boolean, helpers) => (isTruncated ? helpers.error('page.truncated') : isTruncated))
    .strip()
    .messages({ 'page.truncated': `{{#label}} is that of a page that is not the last: ${ALL_PAGES}` })
    .description('False: of a page that is the last.'),
  ...Object.fromEntries(
    ['partSize', 'contentLength', 'maxParts'].map((name) => [
      name,
      Joi.number().strict().integer().min(0).max(LIMITS.asyncUploadBytes).strip().description('Looked at by nobody.'),
    ]),
  ),
  imageId: Joi.string().pattern(IMAGE_ID_PATTERN, 'image id').strip().description('Likewise.'),
  expiresAt: Joi.string().isoDate().strip().description('Likewise.'),
};

/** What an upload is completed from. */
export interface PartsToComplete {
  parts: NamedPart[];
  uploadId?: string;
}

/** The list to complete from. Its order is looked at by domain/multipart-upload.ts, in one pass. */
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

/** A part that is to be sent by a URL. */
export const requestedPartUrlSchema = Joi.object({
  partNumber: partNumberSchema.strict().required(),
  contentLength: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.maxPartBytes)
    .required()
    .description('Bytes; the URL takes exactly so many.'),
  contentMd5: digestSchema('md5').description(
    'Base64 MD5 of the bytes; the URL then takes these bytes only, with this Content-MD5.',
  ),
});

export const partUrlsBodySchema = Joi.object<PartUrlsRequest, true>({
  parts: atMost(LIMITS.partsPerPage, Joi.array().items(requestedPartUrlSchema).min(1)).required(),
  expiresIn: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.partUrlSeconds)
    .default(900)
    .description('Seconds that the URLs are valid; 900 as in the AWS SDK.'),
}).required();
