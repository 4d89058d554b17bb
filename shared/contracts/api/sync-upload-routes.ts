import Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';
import { ownerParams } from './erasure-view.ts';
import { imageChangeSchema } from './image-change.ts';
import { visibilitySchema } from './image-view.ts';
import { PATCH_MEDIA_TYPES } from './json-types.ts';
import { moderationRequestSchema } from './moderation.ts';
import { presetsSchema, renditionsBodySchema } from './rendition-request.ts';
import { imageParams, uploadHeaders, versionHeaders } from './request-parameters.ts';
import { IMAGE_STORED } from './responses.ts';
import type { Route } from './route.ts';
import { JSON_PROBLEMS, STORAGE_PROBLEMS, UPLOAD_TOKEN_PROBLEMS, WORK_PROBLEMS } from './route-problems.ts';
import { uploadTokenRequestSchema, uploadTokenSchema } from './upload-token.ts';

/** The routes of the Sync Upload API: whole images, and what changes images, decides on them and removes them. */
export const SYNC_UPLOAD_ROUTES = {
  uploadImage: {
    service: 'sync-upload',
    method: 'POST',
    path: '/v1/images',
    scope: 'images:write',
    audit: 'always',
    uploadTokens: true,
    summary: 'Upload a whole image in one request',
    description:
      'The body is the image itself, or a form with the image in `file` and a JSON list in `renditions`, in any order. The bytes decide the format: a raw body whose Content-Type differs is refused, and the type of the part in a form is ignored. An SVG may have at most `svgBytes`, and only flat entities. `image/heic` is accepted if the setting HEIC is on; see `acceptedMediaTypes` of the limits.',
    query: Joi.object({
      rendition: presetsSchema.description('The name of a preset; may be repeated. For raw bodies.'),
      visibility: visibilitySchema,
      uploadToken: uploadTokenSchema,
    }),
    headers: uploadHeaders,
    body: { kind: 'image' },
    responses: {
      201: IMAGE_STORED,
      303: {
        description:
          'The image is stored, and the upload token, which came in the query, has a `successRedirect`: `Location` is that, with `imageId` in its query.',
        headers: ['Location', 'Cache-Control'],
      },
    },
    problems: [
      ...STORAGE_PROBLEMS,
      ...WORK_PROBLEMS,
      'too_many_uploads_at_once',
      'unknown_preset',
      'unknown_operation',
      'transformation_not_allowed',
      'malformed_json',
      'malformed_form',
      'empty_body',
      'digest_mismatch',
      'payload_too_large',
      'unsupported_content_type',
      'unsupported_image',
      'image_type_mismatch',
      'image_unreadable',
      'storage_full',
      'too_many_pixels',
      'idempotency_key_reused',
      'idempotency_key_in_use',
      'image_deleted',
      'owner_being_erased',
      ...UPLOAD_TOKEN_PROBLEMS,
    ],
  },
  requestRenditions: {
    service: 'sync-upload',
    method: 'POST',
    path: '/v1/images/{imageId}/renditions',
    scope: 'images:write',
    audit: 'always',
    summary: 'Request renditions of an image',
    description:
      'Safe to repeat: an existing rendition with the same commands and output stays as it is, and a failed one is tried again.',
    params: imageParams,
    body: { kind: 'json', schema: renditionsBodySchema },
    responses: { 202: { description: 'The renditions are queued.', schema: 'Image' } },
    problems: [
      ...WORK_PROBLEMS,
      'unknown_preset',
      'unknown_operation',
      'transformation_not_allowed',
      'malformed_json',
      'unsupported_content_type',
      'payload_too_large',
      'image_not_found',
      'image_deleted',
      'rendition_conflict',
      'too_many_renditions',
      'owner_being_erased',
    ],
  },
  deleteImage: {
    service: 'sync-upload',
    method: 'DELETE',
    path: '/v1/images/{imageId}',
    scope: 'images:delete',
    audit: 'always',
    versions: true,
    summary: 'Delete an image with its original and all renditions',
    description:
      'With `If-Match` and an ETag of the record, the image is deleted only in that version; if anything has changed, the response is `precondition_failed`. Safe to repeat: a repetition removes the rest of a deleted image, and asks the CDN to purge it unless it has accepted that before. The image is deleted even if the CDN refuses.',
    params: imageParams,
    headers: versionHeaders,
    responses: {
      202: { description: 'The image is deleted; the body tells whether the CDN purges it.', schema: 'Deletion' },
      204: {
        description:
          'The image is deleted, and no CDN can have anything of it: none is configured, or the image was private.',
      },
    },
    problems: ['image_not_found', 'storage_full'],
  },
  changeImage: {
    service: 'sync-upload',
    method: 'PATCH',
    path: '/v1/images/{imageId}',
    scope: 'images:write',
    versions: true,
    audit: 'always',
    summary: 'Change who may see an image, and in whose renditions it may be a watermark',
    description:
      'What the body does not name stays as it is: it is a JSON Merge Patch (RFC 7396). With `If-Match` and an ETag of the record, the image is changed only in that version. Safe to repeat: a repetition changes nothing, and asks the CDN again for a purge that it has not accepted. The image is private at once for whoever asks the service; what caches have ends later, as the documentation of downloads says.',
    params: imageParams,
    headers: versionHeaders,
    body: { kind: 'json', schema: imageChangeSchema, mediaTypes: PATCH_MEDIA_TYPES },
    responses: {
      200: { description: 'The image as it is now.', schema: 'ChangedImage', headers: ['ETag', 'Cache-Control'] },
      202: {
        description: 'The image as it is now; `purge` tells whether the CDN purges its copies.',
        schema: 'ChangedImage',
        headers: ['ETag', 'Cache-Control'],
      },
    },
    problems: [...JSON_PROBLEMS, 'image_not_found', 'image_deleted', 'original_has_metadata'],
  },
  createUploadToken: {
    service: 'sync-upload',
    method: 'POST',
    path: '/v1/upload-tokens',
    scope: 'images:write',
    audit: 'always',
    summary: 'Make a token with which a browser uploads one image',
    description:
      "For pages whose users have no key: the customer's backend asks for a token, and gives it to the page. It opens the routes of an upload, in one request or in parts, for one image within these bounds, and nothing else. It is used once: the same upload may be repeated until the token expires, another one is refused. A form sends it as `?uploadToken=`.",
    body: { kind: 'json', schema: uploadTokenRequestSchema },
    responses: { 201: { description: 'The token, which is shown only now.', schema: 'UploadToken' } },
    problems: [
      ...JSON_PROBLEMS,
      'unknown_preset',
      'unknown_operation',
      'transformation_not_allowed',
      'unsupported_image',
    ],
  },
  moderateImage: {
    service: 'sync-upload',
    method: 'PUT',
    path: '/v1/images/{imageId}/moderation',
    scope: 'admin',
    audit: 'always',
    summary: 'Decide whether an image is delivered, of any owner',
    description:
      'For people and scanners that look at images. What is approved is delivered to whoever may see it; what is rejected to nobody, its owner included, and it may be decided on anew. An image that nobody was asked about can be rejected too.',
    params: imageParams,
    body: { kind: 'json', schema: moderationRequestSchema },
    responses: {
      200: { description: 'It is decided.', schema: 'Decision', headers: ['Cache-Control'] },
      202: {
        description: 'It is rejected; `purge` tells whether the CDN purges its copies.',
        schema: 'Decision',
        headers: ['Cache-Control'],
      },
    },
    problems: [...JSON_PROBLEMS, 'image_not_found', 'image_deleted'],
  },
  listPendingImages: {
    service: 'sync-upload',
    method: 'GET',
    path: '/v1/pending-images',
    scope: 'admin',
    audit: 'always',
    summary: 'List the images of all owners that wait for a decision',
    description:
      'For people who look at images, whether a webhook was told of them or not. Roughly the longest waiting first. Each has a link to its held original, which is valid for an hour. Eventually consistent: an image that was uploaded or decided a moment ago may be missing, and a page may have fewer images than `limit`, or one of the page before: go on as long as there is a `nextCursor`.',
    query: Joi.object({
      limit: Joi.number().integer().min(1).max(LIMITS.imagesPerPage).default(20),
      cursor: Joi.string().max(1024).base64({ urlSafe: true, paddingRequired: false }),
    }),
    responses: {
      200: { description: 'A page of images.', schema: 'PendingImageList', headers: ['Cache-Control'] },
    },
    problems: [],
  },
  eraseOwner: {
    service: 'sync-upload',
    method: 'DELETE',
    path: '/v1/owners/{owner}/images',
    scope: 'admin',
    audit: 'always',
    summary: 'Delete everything that an owner has stored',
    description:
      'Removes all images of an owner with their renditions, ends the open uploads, and forgets what was counted. A request works for about 20 seconds: repeat it until the response is 200. It may be interrupted at any point, and goes on with the next request. Until it is done, uploads and requests for renditions of this owner are refused as `owner_being_erased`; afterwards the owner may store images again, unless keys and tokens are taken away. The documentation of privacy says what is left.',
    params: ownerParams,
    responses: {
      200: { description: 'Nothing of the owner is stored.', schema: 'Erasure' },
      202: {
        description: 'What this request has removed. There is more: send it again after `Retry-After` seconds.',
        schema: 'Erasure',
        headers: ['Retry-After'],
      },
    },
    problems: ['storage_full'],
  },
} as const satisfies Record<string, Route>;
