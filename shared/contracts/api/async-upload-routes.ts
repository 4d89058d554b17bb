import Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';
import { digestHeaders, idempotencyKey, partParams, uploadParams } from './request-parameters.ts';
import { IMAGE_STORED } from './responses.ts';
import type { Route } from './route.ts';
import {
  JSON_PROBLEMS,
  OPEN_UPLOAD_PROBLEMS,
  STORAGE_PROBLEMS,
  UPLOAD_PROBLEMS,
  UPLOAD_TOKEN_PROBLEMS,
  WORK_PROBLEMS,
} from './route-problems.ts';
import { completeBodySchema, decimalSchema, partUrlsBodySchema, uploadDeclarationSchema } from './upload-request.ts';

/** The routes of the Async Upload API: images in parts. */
export const ASYNC_UPLOAD_ROUTES = {
  createUpload: {
    service: 'async-upload',
    method: 'POST',
    path: '/v1/uploads',
    scope: 'images:write',
    audit: 'always',
    uploadTokens: true,
    summary: 'Begin to upload a large image in parts (CreateMultipartUpload)',
    description:
      'Then send the parts, each of `partSize` bytes except the last. `Upload-Limit` tells the limits with the names of the IETF draft on resumable uploads.',
    headers: Joi.object(idempotencyKey).unknown(),
    body: { kind: 'json', schema: uploadDeclarationSchema },
    responses: {
      201: {
        description: 'The upload takes parts until `expiresAt`.',
        schema: 'Upload',
        headers: ['Location', 'Upload-Limit'],
      },
    },
    problems: [
      ...STORAGE_PROBLEMS,
      ...JSON_PROBLEMS,
      'unknown_preset',
      'unknown_operation',
      'transformation_not_allowed',
      'unsupported_image',
      'upload_too_large',
      'storage_full',
      'too_many_uploads',
      'idempotency_key_reused',
      'idempotency_key_in_use',
      ...UPLOAD_PROBLEMS,
      'upload_rejected',
      'image_deleted',
      'owner_being_erased',
      ...UPLOAD_TOKEN_PROBLEMS,
    ],
  },
  getUpload: {
    service: 'async-upload',
    method: 'GET',
    path: '/v1/uploads/{uploadId}',
    scope: 'images:write',
    audit: 'never',
    uploadTokens: true,
    summary: 'Read the state of an upload',
    description: 'The status of the upload, what was declared, and how it ended.',
    params: uploadParams,
    responses: { 200: { description: 'The upload, whatever its status.', schema: 'Upload' } },
    problems: [...UPLOAD_PROBLEMS, 'image_deleted'],
  },
  uploadPart: {
    service: 'async-upload',
    method: 'PUT',
    path: '/v1/uploads/{uploadId}/parts/{partNumber}',
    scope: 'images:write',
    audit: 'never',
    uploadTokens: true,
    anonymous: true,
    summary: 'Upload a part (UploadPart)',
    description:
      'Parts may be sent in any order and concurrently. Sending a number again replaces the part; sending the same bytes changes nothing. All parts except the last must have at least 5 MiB, which is checked when the upload is completed.',
    params: partParams,
    query: Joi.object({
      expires: decimalSchema.description('For part URLs.'),
      signature: Joi.string().description('For part URLs.'),
    }).and('expires', 'signature'),
    headers: Joi.object(digestHeaders).unknown(),
    body: { kind: 'part' },
    responses: {
      200: { description: 'The part is stored. `ETag` is the eTag of the part.', schema: 'Part', headers: ['ETag'] },
    },
    problems: [
      'too_many_uploads_at_once',
      ...OPEN_UPLOAD_PROBLEMS,
      'length_required',
      'empty_body',
      'digest_mismatch',
      'payload_too_large',
      'upload_too_large',
      'storage_full',
      'part_too_large',
      'unsupported_content_type',
      'part_url_invalid',
      'part_url_expired',
    ],
  },
  listParts: {
    service: 'async-upload',
    method: 'GET',
    path: '/v1/uploads/{uploadId}/parts',
    scope: 'images:write',
    audit: 'never',
    uploadTokens: true,
    summary: 'List the stored parts (ListParts)',
    description:
      'For resuming: send the missing parts. Complete the upload with the eTags from the responses to the parts if you have them.',
    params: uploadParams,
    query: Joi.object({
      'max-parts': Joi.number().integer().min(1).max(LIMITS.partsPerPage).default(LIMITS.partsPerPage),
      'part-number-marker': Joi.number()
        .integer()
        .min(0)
        .max(LIMITS.partsPerUpload)
        .default(0)
        .description('List parts after this number: `nextPartNumberMarker` of the previous page.'),
    }),
    responses: { 200: { description: 'A page of parts, ascending.', schema: 'PartList', headers: ['Upload-Limit'] } },
    problems: OPEN_UPLOAD_PROBLEMS,
  },
  createPartUrls: {
    service: 'async-upload',
    method: 'POST',
    path: '/v1/uploads/{uploadId}/part-urls',
    scope: 'images:write',
    audit: 'always',
    uploadTokens: true,
    summary: 'Get presigned URLs for parts',
    description:
      'Send the bytes of a part to its URL by PUT, with exactly the length and digest that were signed. If the object store is S3, they go directly to S3. Each part may have `partSize` bytes, and the last one the rest. Once URLs were signed, the upload takes no larger parts in any way, and an upload with larger parts gets no URLs.',
    params: uploadParams,
    body: { kind: 'json', schema: partUrlsBodySchema, maxBytes: LIMITS.partListBytes },
    responses: { 200: { description: 'A URL for each part, in the order of the request.', schema: 'PartUrls' } },
    problems: [...JSON_PROBLEMS, ...OPEN_UPLOAD_PROBLEMS, 'part_too_large', 'part_urls_refused'],
  },
  completeUpload: {
    service: 'async-upload',
    method: 'POST',
    path: '/v1/uploads/{uploadId}/complete',
    scope: 'images:write',
    audit: 'always',
    uploadTokens: true,
    summary: 'Join the parts into an image (CompleteMultipartUpload)',
    description:
      'Send the list of parts from their responses or from ListParts; the whole response of ListParts may be sent if it is the only page. The parts are joined, the result is compared with the declaration, its type is read from its bytes, and its SHA-256 is computed; only then is there an image. Safe to repeat: the same list gets the current state of the image. If it takes longer than 20 seconds, the response is 202 and the work goes on: send the request again.',
    params: uploadParams,
    body: { kind: 'json', schema: completeBodySchema, maxBytes: LIMITS.partListBytes },
    responses: {
      201: IMAGE_STORED,
      202: {
        description: 'In progress; send the request again after `Retry-After` seconds.',
        schema: 'Upload',
        headers: ['Retry-After'],
      },
    },
    problems: [
      ...STORAGE_PROBLEMS,
      ...WORK_PROBLEMS,
      ...JSON_PROBLEMS,
      ...UPLOAD_PROBLEMS,
      'upload_completed',
      'upload_rejected',
      'upload_too_large',
      'invalid_part',
      'invalid_part_order',
      'part_too_small',
      'storage_full',
      'upload_length_mismatch',
      'too_many_uploads_at_once',
      'image_deleted',
      'owner_being_erased',
    ],
  },
  abortUpload: {
    service: 'async-upload',
    method: 'DELETE',
    path: '/v1/uploads/{uploadId}',
    scope: 'images:write',
    audit: 'always',
    uploadTokens: true,
    summary: 'Abort an upload and remove its parts (AbortMultipartUpload)',
    description: 'Safe to repeat.',
    params: uploadParams,
    responses: { 204: { description: 'The upload is aborted and its parts are removed.' } },
    problems: ['upload_not_found', 'upload_completed', 'upload_completing', 'image_deleted', 'storage_full'],
  },
} as const satisfies Record<string, Route>;
