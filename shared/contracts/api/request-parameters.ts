import Joi from 'joi';
import { LONGEST_FILE_NAME } from '../../domain/file-name.ts';
import { LIMITS } from '../../domain/limits.ts';
import { CHECKSUM_ALGORITHMS, CHECKSUM_HEADER_PREFIX, type ChecksumAlgorithm, digestSchema } from './checksums.ts';
import { imageIdSchema } from './image-id-schema.ts';
import { linkQuery } from './link.ts';
import { renditionPathSchema } from './rendition-request.ts';
import { partNumberSchema, UPLOAD_ID_PATTERN } from './upload-request.ts';

const imageId = imageIdSchema.description('The id from the response to the upload.');
export const imageParams = Joi.object({ imageId });
export const renditionParams = Joi.object({ imageId, rendition: renditionPathSchema.required() });
export const fileParams = Joi.object({
  imageId,
  file: Joi.string()
    .pattern(/^[0-9a-f]{32}\.[a-z]{2,5}$/, 'file name')
    .required()
    .description('The last part of `links.file` in the record.'),
});

/** The query of URLs that people open and share. Parameters that are added on the way (`?v=2`, `?fbclid=…`) are ignored. */
export const anyQuery = Joi.object({}).unknown();

export const recordQuery = anyQuery.keys({
  receipts: Joi.boolean().description('Whether each rendition is to have its receipt: what making it has cost.'),
});

export const downloadQuery = anyQuery.keys({
  download: Joi.string()
    .allow('')
    .max(LONGEST_FILE_NAME)
    .description('Makes browsers save the file, under this name if it is not empty, instead of showing it.'),
  ...linkQuery,
});

/** A header that may be empty. */
export const headerText = () => Joi.string().allow('');

/** The headers of every download, from RFC 9110. */
export const downloadHeaders = Joi.object({
  accept: headerText().description('The formats that the client accepts, for renditions of the format `auto`.'),
  'if-none-match': headerText(),
  'if-modified-since': headerText(),
  'if-match': headerText(),
  'if-unmodified-since': headerText(),
  'if-range': headerText(),
  range: headerText().description('One range of bytes. For several ranges the whole is sent.'),
  prefer: headerText().description(
    `\`wait=SECONDS\`: the response waits at most ${LIMITS.waitSeconds} seconds for a rendition that is not ready (RFC 7240).`,
  ),
}).unknown();

/** The headers of every text with an ETag. */
export const textHeaders = Joi.object({ 'if-none-match': headerText(), 'if-match': headerText() }).unknown();

/** The preconditions of changes of an image. */
export const versionHeaders = Joi.object({
  'if-match': headerText().description('ETags of the record, compared strongly; `*` for any version.'),
  'if-unmodified-since': headerText().description('Compared with the time of the last change of the record.'),
  'if-none-match': headerText(),
}).unknown();

const uploadId = Joi.string()
  .pattern(UPLOAD_ID_PATTERN, 'upload id')
  .required()
  .description('The id from the response that created the upload.');
export const uploadParams = Joi.object({ uploadId });
export const partParams = Joi.object({ uploadId, partNumber: partNumberSchema.required() });

export const idempotencyKey = {
  'idempotency-key': Joi.string()
    .min(1)
    .max(255)
    .pattern(/^[\x21-\x7e]+$/, 'visible ASCII')
    .description(
      'For 24 hours, repeating a request with the same key creates nothing new: the response shows the current state of what the first request created. Another request with the same key is refused with 409.',
    ),
};

/** Other headers that begin with `x-amz-checksum-` are refused, because they would not be verified. */
export const digestHeaders = {
  'content-digest': Joi.string().description(
    'The digest of the body as sent (RFC 9530): `sha-256=:…:` or `sha-512=:…:`.',
  ),
  'content-md5': digestSchema('md5').description('The base64 MD5 of the body as sent.'),
  ...Object.fromEntries(
    Object.entries(CHECKSUM_ALGORITHMS).map(([name, { title }]) => [
      `${CHECKSUM_HEADER_PREFIX}${name}`,
      digestSchema(name as ChecksumAlgorithm).description(`The base64 ${title} of the body as sent.`),
    ]),
  ),
};

export const uploadHeaders = Joi.object({
  ...idempotencyKey,
  'content-disposition': headerText().description(
    'The name of the file in a raw body: `attachment; filename="holiday.jpg"`. A form has it in the part of the file.',
  ),
  ...digestHeaders,
}).unknown();
