import Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';
import { type StoredPart, UPLOAD_STATUSES, type UploadRecord, uploadBytes } from '../../domain/multipart-upload.ts';
import { imageIdSchema } from './image-id-schema.ts';
import { imagePath, metadataViewSchema, visibilitySchema } from './image-view.ts';
import { failureSchema } from './problem.ts';

/** Multipart uploads as the API shows them. */
export const uploadPath = (uploadId: string): string => `/v1/uploads/${uploadId}`;

export const partPath = (uploadId: string, partNumber: number): string => `${uploadPath(uploadId)}/parts/${partNumber}`;

/** An upload as shown to clients, with the links that its status allows. */
export function uploadView(upload: UploadRecord) {
  const { uploadId, imageId, status, contentType, contentLength, checksumSha256, metadata, visibility } = upload;
  const self = uploadPath(uploadId);
  const working = { parts: `${self}/parts`, partUrls: `${self}/part-urls`, complete: `${self}/complete` };
  return {
    uploadId,
    imageId,
    status,
    contentType,
    ...(contentLength !== undefined && { contentLength }),
    ...(checksumSha256 && { checksumSha256 }),
    ...(metadata && { metadata }),
    ...(visibility && { visibility }),
    partSize: upload.partSize,
    createdAt: upload.createdAt,
    expiresAt: upload.validUntil,
    ...(upload.failure && { failure: upload.failure }),
    links: {
      self,
      ...(status === 'open' && working),
      ...(status === 'completing' && { complete: working.complete }),
      ...(status === 'completed' && { image: imagePath(imageId) }),
    },
  };
}

export type UploadView = ReturnType<typeof uploadView>;

/** One page of ListParts, with S3's names. */
export interface PartPage {
  parts: StoredPart[];
  isTruncated: boolean;
  /** Absent on the last page. */
  nextPartNumberMarker?: number;
}

export const partListView = (
  upload: UploadRecord,
  asked: { maxParts: number; partNumberMarker: number },
  page: PartPage,
) => ({
  uploadId: upload.uploadId,
  imageId: upload.imageId,
  partSize: upload.partSize,
  ...(upload.contentLength !== undefined && { contentLength: upload.contentLength }),
  expiresAt: upload.validUntil,
  ...asked,
  ...page,
});

/**
 * The limits of an upload, or of uploads in general, for the `Upload-Limit` header. The names are those of the IETF draft on resumable uploads
 * (draft-ietf-httpbis-resumable-upload, "Limits"), in which a part is an append. Figures are bytes, and seconds from now.
 */
export const uploadLimits = (
  upload?: Pick<UploadRecord, 'contentLength' | 'maxBytes' | 'validUntil'>,
  now = Date.now(),
): Record<string, number> => ({
  'max-size': upload ? uploadBytes(upload) : LIMITS.asyncUploadBytes,
  'min-size': 1,
  'max-append-size': LIMITS.maxPartBytes,
  'min-append-size': LIMITS.minPartBytes,
  'max-age': upload ? Math.max(0, Math.floor((Date.parse(upload.validUntil) - now) / 1000)) : LIMITS.uploadSeconds,
});

export const uploadLinksSchema = Joi.object({
  self: Joi.string().required(),
  parts: Joi.string(),
  partUrls: Joi.string(),
  complete: Joi.string(),
  image: Joi.string(),
});

const integer = () => Joi.number().integer().required();

export const uploadViewSchema = Joi.object({
  uploadId: imageIdSchema,
  imageId: imageIdSchema.description('The id of the image that the upload will become.'),
  status: Joi.string()
    .valid(...UPLOAD_STATUSES)
    .required(),
  contentType: Joi.string().required(),
  contentLength: Joi.number().integer().description('The declared number of bytes.'),
  checksumSha256: Joi.string().description('The declared SHA-256 in base64, until the upload ends.'),
  metadata: metadataViewSchema.description('As declared. After completion the image has it.'),
  visibility: visibilitySchema,
  partSize: integer().description('The bytes that every part should have; the last may have fewer.'),
  createdAt: Joi.string().isoDate().required(),
  expiresAt: Joi.string()
    .isoDate()
    .required()
    .description('Until then parts are accepted and the upload can be completed.'),
  failure: failureSchema.description('Why the upload was rejected.'),
  links: uploadLinksSchema.required(),
});

const partKeys = {
  partNumber: integer(),
  eTag: Joi.string()
    .required()
    .description('The MD5 of the bytes, in hex. The list that completes the upload needs it.'),
  size: integer().description('Bytes.'),
};

export const partSchema = Joi.object(partKeys);

/** A part as shown by ListParts. */
export const storedPartSchema = Joi.object({ ...partKeys, lastModified: Joi.string().isoDate().required() });

export const partListSchema = Joi.object({
  uploadId: Joi.string().required(),
  imageId: Joi.string().required(),
  partSize: integer(),
  contentLength: Joi.number().integer(),
  expiresAt: Joi.string().isoDate().required(),
  maxParts: integer(),
  partNumberMarker: integer(),
  parts: Joi.array().items(storedPartSchema).required(),
  isTruncated: Joi.boolean()
    .required()
    .description('Whether there are more parts: request them with `part-number-marker`.'),
  nextPartNumberMarker: Joi.number().integer(),
});

/** The URL of a part, and how to send the part to it. */
export const partUrlSchema = Joi.object({
  partNumber: integer(),
  method: Joi.string().valid('PUT').required(),
  url: Joi.string().uri().required(),
  headers: Joi.object()
    .pattern(Joi.string(), Joi.string())
    .required()
    .description('Headers to send as they are, beside the requested Content-Length.'),
  expiresAt: Joi.string().isoDate().required(),
});

export const partUrlsSchema = Joi.object({
  uploadId: Joi.string().required(),
  parts: Joi.array().items(partUrlSchema).required(),
});
