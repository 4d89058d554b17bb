import Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';
import { type StoredPart, UPLOAD_STATUSES, type UploadRecord, uploadBytes } from '../../domain/multipart-upload.ts';
import { imageIdSchema } from './image-id.ts';
import { imagePath, metadataViewSchema, visibilitySchema } from './image-view.ts';
import { failureSchema } from './problem.ts';

/** Uploads in parts as the API shows them. */
export const uploadPath = (uploadId: string): string => `/v1/uploads/${uploadId}`;

export const partPath = (uploadId: string, partNumber: number): string => `${uploadPath(uploadId)}/parts/${partNumber}`;

/** What clients are told; the links that an upload's status has no use for are left out. */
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

/** One page of ListParts, in S3's words. */
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
 * The limits of an upload, or of uploads as such, for the `Upload-Limit` header: names are those of the IETF draft on resumable uploads
 * (draft-ietf-httpbis-resumable-upload, "Limits"), where a part is an append. Bytes, and seconds from now.
 */
export const uploadLimits = (
  upload?: Pick<UploadRecord, 'contentLength' | 'validUntil'>,
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
  imageId: imageIdSchema.description('Of the image that this will be.'),
  status: Joi.string()
    .valid(...UPLOAD_STATUSES)
    .required(),
  contentType: Joi.string().required(),
  contentLength: Joi.number().integer().description('Bytes, if declared.'),
  checksumSha256: Joi.string().description('Base64, if declared, until the upload ends.'),
  metadata: metadataViewSchema.description('As declared; with the image once it is completed.'),
  visibility: visibilitySchema,
  partSize: integer().description('Bytes that every part should have but the last, which may have fewer.'),
  createdAt: Joi.string().isoDate().required(),
  expiresAt: Joi.string()
    .isoDate()
    .required()
    .description('Parts are taken and the upload can be completed until then.'),
  failure: failureSchema.description('Why it was rejected.'),
  links: uploadLinksSchema.required(),
});

const partKeys = {
  partNumber: integer(),
  eTag: Joi.string().required().description('The MD5 of its bytes, in hex. Name it in the list to complete from.'),
  size: integer().description('Bytes.'),
};

export const partSchema = Joi.object(partKeys);

/** A part as ListParts tells it. */
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
  isTruncated: Joi.boolean().required().description('There are more: ask again with `part-number-marker`.'),
  nextPartNumberMarker: Joi.number().integer(),
});

/** Where to send a part, and how. */
export const partUrlSchema = Joi.object({
  partNumber: integer(),
  method: Joi.string().valid('PUT').required(),
  url: Joi.string().uri().required(),
  headers: Joi.object()
    .pattern(Joi.string(), Joi.string())
    .required()
    .description('To be sent as they are, beside the Content-Length that was asked for.'),
  expiresAt: Joi.string().isoDate().required(),
});

export const partUrlsSchema = Joi.object({
  uploadId: Joi.string().required(),
  parts: Joi.array().items(partUrlSchema).required(),
});
