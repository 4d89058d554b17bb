import Joi from 'joi';
import type { ErrorCode } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { Scope } from '../../domain/principal.ts';
import { IMAGE_PROGRESS } from '../../domain/rendition.ts';
import type { ServiceName } from '../services.ts';
import { ownerParams } from './erasure-view.ts';
import { imageChangeSchema } from './image-change.ts';
import { visibilitySchema } from './image-view.ts';
import { PATCH_MEDIA_TYPES } from './json-types.ts';
import { linkQuery, linkRequestSchema } from './link.ts';
import { moderationRequestSchema } from './moderation.ts';
import { presetsSchema, renditionsBodySchema } from './rendition-request.ts';
import {
  anyQuery,
  digestHeaders,
  downloadHeaders,
  downloadQuery,
  fileParams,
  headerText,
  idempotencyKey,
  imageParams,
  partParams,
  recordQuery,
  renditionParams,
  textHeaders,
  uploadHeaders,
  uploadParams,
  versionHeaders,
} from './request-parameters.ts';
import { CACHEABLE, DOWNLOAD_RESPONSES, IMAGE_STORED, PENDING, type RouteResponse, UNCHANGED } from './responses.ts';
import {
  DOWNLOAD_PROBLEMS,
  JSON_PROBLEMS,
  LINK_PROBLEMS,
  OPEN_UPLOAD_PROBLEMS,
  STORAGE_PROBLEMS,
  UPLOAD_PROBLEMS,
  UPLOAD_TOKEN_PROBLEMS,
  WORK_PROBLEMS,
} from './route-problems.ts';
import { completeBodySchema, decimalSchema, partUrlsBodySchema, uploadDeclarationSchema } from './upload-request.ts';
import { uploadTokenRequestSchema, uploadTokenSchema } from './upload-token.ts';

/** The permission that a route requires. `public` requires none. */
type RouteScope = Scope | 'public';

/**
 * `always`: every request, refused ones too, as for whatever changes something or makes a link or a token. `private-bytes`: those for an image or a
 * rendition that is private. `never`: those that only read what is known of images, and parts of uploads, because the upload has lines of its own.
 */
export type RouteAudit = 'always' | 'private-bytes' | 'never';

/**
 * `image`: raw image bytes or multipart/form-data, streamed. `part`: raw bytes, streamed. `json`: parsed and validated by the schema;
 * `maxBytes` is LIMITS.jsonBytes by default, `mediaTypes` that of JSON.
 */
export type RequestBody =
  | { kind: 'image' }
  | { kind: 'part' }
  | { kind: 'json'; schema: Joi.Schema; maxBytes?: number; mediaTypes?: readonly string[] };

export interface Route {
  service: ServiceName;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** hapi's and OpenAPI's notation: `{parameter}`. */
  path: string;
  scope: RouteScope;
  /** Whether the scope `admin` opens it as well, which has no other scopes in it. */
  opensForAdmin?: true;
  /** Which of its requests the audit trail has. */
  audit: RouteAudit;
  /** Whether it also serves clients without credentials: for public images, or by a signed URL. */
  anonymous?: true;
  /** Whether a signed link opens it without credentials. */
  links?: true;
  /** Whether an upload token opens it, for the upload of that token. */
  uploadTokens?: true;
  /** Whether its handler evaluates preconditions. On other routes a precondition that requires a version fails. */
  versions?: true;
  /** Whether the path with a slash at its end is redirected to it. The pattern of another route must lead such requests to the service. */
  slashed?: true;
  /** Any number, which gives its load balancer rule another priority, if synth says that two rules have the same one. */
  rulePlace?: number;
  summary: string;
  description?: string;
  params?: Joi.ObjectSchema;
  query?: Joi.ObjectSchema;
  headers?: Joi.ObjectSchema;
  body?: RequestBody;
  responses: Record<number, RouteResponse>;
  /** The error codes of this route, beside COMMON_PROBLEMS. */
  problems: ErrorCode[];
}

/**
 * Every route of the API; what several routes share is in request-parameters.ts, responses.ts and route-problems.ts. The services bind their handlers to this table; the load balancer's rules, the local gateway and the
 * OpenAPI document are generated from it.
 */
export const ROUTES = {
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
  listImages: {
    service: 'download',
    method: 'GET',
    path: '/v1/images',
    scope: 'images:read',
    audit: 'never',
    versions: true,
    summary: 'List images, newest first',
    description:
      'Eventually consistent: an image that was uploaded a moment ago may be missing. With `status`, pages may have fewer images than `limit`, or none: go on as long as there is a `nextCursor`.',
    query: Joi.object({
      status: Joi.string()
        .valid(...IMAGE_PROGRESS)
        .description(
          'Only images with a failed rendition (`failed`), with unfinished renditions (`processing`), or with all renditions ready (`ready`).',
        ),
      limit: Joi.number().integer().min(1).max(LIMITS.imagesPerPage).default(20),
      cursor: Joi.string().max(1024).base64({ urlSafe: true, paddingRequired: false }),
    }),
    headers: textHeaders,
    responses: { 200: { ...CACHEABLE, description: 'A page of images.', schema: 'ImageList' }, 304: UNCHANGED },
    problems: [],
  },
  getImage: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}',
    scope: 'images:read',
    audit: 'never',
    versions: true,
    summary: 'Read the record of an image with all its renditions',
    description:
      'Eventually consistent. The ETag changes with every change of the record. Use it for conditional requests, and to DELETE only a certain version.',
    params: imageParams,
    query: recordQuery,
    headers: textHeaders,
    responses: {
      200: { ...CACHEABLE, description: 'The record.', schema: 'Image' },
      304: UNCHANGED,
    },
    problems: ['image_not_found', 'image_deleted'],
  },
  getOriginal: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/original',
    scope: 'images:read',
    audit: 'private-bytes',
    anonymous: true,
    links: true,
    versions: true,
    summary: 'Download the original, byte for byte',
    description:
      'The response has a Content-Security-Policy, so that a browser that opens an SVG as a page runs no scripts and loads nothing.',
    params: imageParams,
    query: downloadQuery,
    headers: downloadHeaders,
    responses: DOWNLOAD_RESPONSES,
    problems: DOWNLOAD_PROBLEMS,
  },
  getRendition: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/renditions/{rendition}',
    scope: 'images:read',
    audit: 'private-bytes',
    anonymous: true,
    links: true,
    versions: true,
    summary: 'Download a rendition',
    description:
      'A rendition of the format `auto` is sent as AVIF or WebP if `Accept` names them; until that is made, in the format that the worker chose. A rendition whose bytes have expired is made again.',
    params: renditionParams,
    query: downloadQuery,
    headers: downloadHeaders,
    responses: { ...DOWNLOAD_RESPONSES, 202: PENDING },
    problems: [...DOWNLOAD_PROBLEMS, 'rendition_not_found', 'rendition_failed'],
  },
  getFile: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/files/{file}',
    scope: 'images:read',
    audit: 'private-bytes',
    anonymous: true,
    links: true,
    versions: true,
    summary: 'Download the original or a rendition by the hash of its content',
    description: 'The path is `links.file` of the record. Its bytes never change, so they may be cached for a year.',
    params: fileParams,
    query: downloadQuery,
    headers: downloadHeaders,
    responses: { ...DOWNLOAD_RESPONSES, 202: PENDING },
    problems: [...DOWNLOAD_PROBLEMS, 'file_not_found', 'rendition_not_found', 'rendition_failed'],
  },
  getEvents: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/events',
    scope: 'images:read',
    audit: 'never',
    links: true,
    summary: 'Watch the changes of an image, by server-sent events',
    description:
      'Sends an event `image` with the record at once and at each change. The stream ends with `settled` when every rendition is ready or failed, or with `deleted`. It is meant for `EventSource`, which reconnects by itself when the connection ends.',
    params: imageParams,
    query: anyQuery.keys(linkQuery),
    headers: Joi.object({ 'last-event-id': Joi.string().max(128) }).unknown(),
    responses: {
      200: { description: 'Events.', mediaType: 'text/event-stream' },
      204: { description: 'There are no more events: do not reconnect.' },
    },
    problems: [...LINK_PROBLEMS, 'image_not_found', 'image_deleted'],
  },
  createLink: {
    service: 'download',
    method: 'POST',
    path: '/v1/images/{imageId}/links',
    scope: 'images:write',
    audit: 'always',
    summary: 'Sign a link to bytes or events, for clients without a key',
    description:
      'For web pages: `<img>` and `EventSource` send no Authorization. Everybody who has the link may open its target, and nothing else, by GET and HEAD; it cannot be revoked before `expiresAt`. `?download` may be added.',
    params: imageParams,
    body: { kind: 'json', schema: linkRequestSchema },
    responses: { 201: { description: 'The link.', schema: 'Link' } },
    problems: [
      ...JSON_PROBLEMS,
      'image_not_found',
      'image_deleted',
      'rendition_not_found',
      'file_not_found',
      'links_unavailable',
    ],
  },
  getUsage: {
    service: 'download',
    method: 'GET',
    path: '/v1/usage',
    scope: 'images:read',
    opensForAdmin: true,
    audit: 'never',
    summary: 'Read what you have used, and what is left',
    description:
      'Everything that is limited for each owner. Requests and uploads at once are not in it, because they change with every request: the fields `RateLimit` of responses tell about requests.',
    query: Joi.object({
      owner: Joi.string()
        .max(256)
        .description('Another owner, for the scope `admin`, which needs no other scope here.'),
    }),
    responses: { 200: { description: 'The usage.', schema: 'Usage' } },
    problems: [],
  },
  getLimits: {
    service: 'download',
    method: 'GET',
    path: '/v1/limits',
    scope: 'public',
    audit: 'never',
    versions: true,
    summary: 'Read every limit, format, command and preset',
    description:
      'Everything that a client would otherwise learn by being refused. It changes only with versions of the service.',
    headers: textHeaders,
    responses: { 200: { ...CACHEABLE, description: 'The limits.', schema: 'ServiceLimits' }, 304: UNCHANGED },
    problems: [],
  },
  getOpenApi: {
    service: 'download',
    method: 'GET',
    path: '/openapi.json',
    scope: 'public',
    audit: 'never',
    versions: true,
    summary: 'Read this document',
    description: 'Generated from the tables by which the services validate requests.',
    headers: textHeaders,
    responses: { 200: { ...CACHEABLE, description: 'OpenAPI 3.1.', mediaType: 'application/json' }, 304: UNCHANGED },
    problems: [],
  },
  getFrontPage: {
    service: 'download',
    method: 'GET',
    path: '/',
    scope: 'public',
    audit: 'never',
    versions: true,
    summary: 'See what the service is, and upload an image by hand',
    description: 'A page, or links as JSON if `Accept` asks for `application/json`. The query is ignored.',
    query: anyQuery,
    headers: textHeaders.keys({ accept: headerText() }),
    responses: { 200: { description: 'A page, or links.', mediaType: '*/*' }, 304: UNCHANGED },
    problems: [],
  },
  getFavicon: {
    service: 'download',
    method: 'GET',
    path: '/favicon.ico',
    scope: 'public',
    audit: 'never',
    versions: true,
    summary: 'Read the icon that browsers show for a page',
    description: 'Browsers request it by themselves.',
    query: anyQuery,
    headers: textHeaders,
    responses: { 200: { description: 'An icon.', mediaType: 'image/x-icon' }, 304: UNCHANGED },
    problems: [],
  },
  getDocs: {
    service: 'download',
    method: 'GET',
    path: '/docs',
    scope: 'public',
    audit: 'never',
    versions: true,
    slashed: true,
    summary: 'Browse this document',
    description: 'A page on which every operation can be tried out.',
    query: anyQuery,
    headers: textHeaders,
    responses: { 200: { ...CACHEABLE, description: 'A page.', mediaType: 'text/html' }, 304: UNCHANGED },
    problems: [],
  },
  getDocsAsset: {
    service: 'download',
    method: 'GET',
    path: '/docs/{asset}',
    scope: 'public',
    audit: 'never',
    versions: true,
    summary: 'Read a file of the documentation page',
    description: 'Scripts, the style sheet and the icon of the page.',
    params: Joi.object({ asset: Joi.string().required() }),
    query: anyQuery,
    headers: textHeaders,
    responses: { 200: { ...CACHEABLE, description: 'A script or a style sheet.', mediaType: '*/*' }, 304: UNCHANGED },
    problems: ['route_not_found'],
  },
} as const satisfies Record<string, Route>;

export type OperationId = keyof typeof ROUTES;

/** The operations of one service. */
export type OperationOf<S extends ServiceName> = {
  [O in OperationId]: (typeof ROUTES)[O]['service'] extends S ? O : never;
}[OperationId];

/** The route table as a list, with the operationId of each route. */
export const routeList: (Route & { operationId: OperationId })[] = Object.entries(ROUTES).map(
  ([operationId, route]) => ({
    ...(route as Route),
    operationId: operationId as OperationId,
  }),
);

/** Whether a route takes an upload token as `?uploadToken=` too: forms cannot send headers, and only they need it. */
export const takesTokenInQuery = ({ uploadTokens, body }: Route): boolean =>
  uploadTokens === true && body?.kind === 'image';

/** All methods that any path takes. */
export const ALL_METHODS = [
  ...new Set(['GET', 'HEAD', ...routeList.map(({ method }) => method)]),
  'OPTIONS',
] as const satisfies string[];

/** The methods of a path as written in the table; GET includes HEAD. */
export const methodsAt = (path: string): string[] =>
  routeList
    .filter((route) => route.path === path)
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
