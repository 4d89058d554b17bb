import Joi from 'joi';
import type { ErrorCode } from '../domain/errors.ts';
import { IMAGE_ID_PATTERN } from '../domain/image-id.ts';
import { LIMITS } from '../domain/limits.ts';
import { presetsSchema, renditionNameSchema, renditionsBodySchema } from './rendition-request.ts';
import type { ServiceName } from './services.ts';

/** What a caller must be allowed to do; a route names the one it asks for. `public` asks for nothing. */
export type Scope = 'images:read' | 'images:write' | 'public';

/** `image`: raw image bytes or multipart/form-data, streamed. `json`: parsed and validated by the schema. */
export type RequestBody = { kind: 'image' } | { kind: 'json'; schema: Joi.Schema };

/** Names in `components.schemas` of the OpenAPI document. */
export type AnswerSchema = 'Image' | 'ImageList' | 'Limits';

export interface Answer {
  description: string;
  schema?: AnswerSchema;
  /** For bodies that are not JSON. */
  mediaType?: string;
}

export interface Route {
  service: ServiceName;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** hapi's and OpenAPI's notation: `{parameter}`. */
  path: string;
  scope: Scope;
  summary: string;
  description?: string;
  params?: Joi.ObjectSchema;
  query?: Joi.ObjectSchema;
  headers?: Joi.ObjectSchema;
  body?: RequestBody;
  answers: Record<number, Answer>;
  /** The codes this route can answer with, beside those that every route can. */
  problems: ErrorCode[];
}

/** Codes that any route can answer with. */
export const COMMON_PROBLEMS: ErrorCode[] = [
  'invalid_request',
  'malformed_request',
  'headers_too_large',
  'unauthenticated',
  'forbidden',
  'internal_error',
  'service_unavailable',
];

const imageId = Joi.string().pattern(IMAGE_ID_PATTERN, 'image id').required().description('As the upload answered it.');
const imageParams = Joi.object({ imageId });
const renditionParams = Joi.object({ imageId, rendition: renditionNameSchema.required() });

const uploadHeaders = Joi.object({
  'idempotency-key': Joi.string()
    .min(1)
    .max(255)
    .pattern(/^[\x21-\x7e]+$/, 'visible ASCII')
    .description('The same key with the same request gets the same answer for 24 hours; with another request, 409.'),
  'content-digest': Joi.string().description('RFC 9530, of the body as sent: `sha-256=:…:` or `sha-512=:…:`.'),
  'content-md5': Joi.string().base64().length(24).description('Base64 MD5 of the body as sent.'),
  'x-amz-checksum-sha256': Joi.string().base64().length(44).description('Base64 SHA-256 of the body as sent.'),
}).unknown();

/**
 * Every route of the API. The services bind their handlers to it, the load balancer's rules and the local gateway are compiled
 * from it, and the OpenAPI document is written from it.
 */
export const ROUTES = {
  uploadImage: {
    service: 'sync-upload',
    method: 'POST',
    path: '/v1/images',
    scope: 'images:write',
    summary: 'Upload a whole image in one request',
    description:
      'The body is the image itself, or a form with the image in `file` and a JSON list in `renditions`, in any order. The bytes decide the format; a Content-Type that says otherwise is refused.',
    query: Joi.object({ rendition: presetsSchema.description('Name of a preset; may be repeated. For raw bodies.') }),
    headers: uploadHeaders,
    body: { kind: 'image' },
    answers: { 201: { description: 'The image is stored; its renditions are queued.', schema: 'Image' } },
    problems: [
      'unknown_preset',
      'unknown_operation',
      'malformed_json',
      'malformed_form',
      'empty_body',
      'incomplete_body',
      'digest_mismatch',
      'payload_too_large',
      'unsupported_content_type',
      'unsupported_image',
      'image_type_mismatch',
      'image_unreadable',
      'too_many_pixels',
      'idempotency_key_reused',
      'idempotency_key_in_use',
      'request_timeout',
    ],
  },
  requestRenditions: {
    service: 'sync-upload',
    method: 'POST',
    path: '/v1/images/{imageId}/renditions',
    scope: 'images:write',
    summary: 'Ask for renditions of an image',
    description:
      'Repeatable: a rendition that is there already with the same commands and output stays as it is, one that failed is tried again.',
    params: imageParams,
    body: { kind: 'json', schema: renditionsBodySchema },
    answers: { 202: { description: 'The renditions are queued.', schema: 'Image' } },
    problems: [
      'unknown_preset',
      'unknown_operation',
      'malformed_json',
      'unsupported_content_type',
      'payload_too_large',
      'request_timeout',
      'image_not_found',
      'image_deleted',
      'rendition_conflict',
      'too_many_renditions',
    ],
  },
  deleteImage: {
    service: 'sync-upload',
    method: 'DELETE',
    path: '/v1/images/{imageId}',
    scope: 'images:write',
    summary: 'Delete an image with its original and all renditions',
    description: 'Safe to repeat: deleting a deleted image answers the same.',
    params: imageParams,
    answers: { 204: { description: 'The image is deleted.' } },
    problems: ['image_not_found'],
  },
  listImages: {
    service: 'download',
    method: 'GET',
    path: '/v1/images',
    scope: 'images:read',
    summary: 'List images, newest first',
    description: 'Eventually consistent: an image uploaded a moment ago may be missing.',
    query: Joi.object({
      limit: Joi.number().integer().min(1).max(LIMITS.imagesPerPage).default(20),
      cursor: Joi.string().max(1024).base64({ urlSafe: true, paddingRequired: false }),
    }),
    answers: { 200: { description: 'A page of images.', schema: 'ImageList' } },
    problems: [],
  },
  getImage: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}',
    scope: 'images:read',
    summary: 'Read the record of an image with all its renditions',
    description: 'Eventually consistent.',
    params: imageParams,
    answers: { 200: { description: 'The record.', schema: 'Image' } },
    problems: ['image_not_found', 'image_deleted'],
  },
  getOriginal: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/original',
    scope: 'images:read',
    summary: 'Download the original, byte for byte',
    params: imageParams,
    answers: { 200: { description: 'The bytes as they were uploaded.', mediaType: 'image/*' } },
    problems: ['image_not_found', 'image_deleted', 'object_missing'],
  },
  getRendition: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/renditions/{rendition}',
    scope: 'images:read',
    summary: 'Download a rendition',
    params: renditionParams,
    answers: {
      200: { description: 'The bytes of the rendition.', mediaType: 'image/*' },
      202: { description: 'Not ready yet; ask again after `Retry-After` seconds.', schema: 'Image' },
    },
    problems: ['image_not_found', 'image_deleted', 'rendition_not_found', 'rendition_failed', 'object_missing'],
  },
  getLimits: {
    service: 'download',
    method: 'GET',
    path: '/v1/limits',
    scope: 'public',
    summary: 'Read every limit, format, command and preset',
    answers: { 200: { description: 'The limits.', schema: 'Limits' } },
    problems: [],
  },
  getOpenApi: {
    service: 'download',
    method: 'GET',
    path: '/openapi.json',
    scope: 'public',
    summary: 'Read this document',
    answers: { 200: { description: 'OpenAPI 3.1.', mediaType: 'application/json' } },
    problems: [],
  },
  getDocs: {
    service: 'download',
    method: 'GET',
    path: '/docs',
    scope: 'public',
    summary: 'Browse this document',
    answers: { 200: { description: 'A page.', mediaType: 'text/html' } },
    problems: [],
  },
  getDocsAsset: {
    service: 'download',
    method: 'GET',
    path: '/docs/{asset}',
    scope: 'public',
    summary: 'Read a file of the documentation page',
    params: Joi.object({ asset: Joi.string().required() }),
    answers: { 200: { description: 'A script or a style sheet.', mediaType: '*/*' } },
    problems: ['route_not_found'],
  },
} as const satisfies Record<string, Route>;

export type OperationId = keyof typeof ROUTES;

/** The operations that one service answers. */
export type OperationOf<S extends ServiceName> = {
  [O in OperationId]: (typeof ROUTES)[O]['service'] extends S ? O : never;
}[OperationId];

/** The table as a list, each row with its operationId. */
export const routeList: (Route & { operationId: OperationId })[] = Object.entries(ROUTES).map(
  ([operationId, route]) => ({
    ...(route as Route),
    operationId: operationId as OperationId,
  }),
);

/** The methods that some service answers at a path as written in the table, HEAD with GET. */
export const methodsAt = (path: string): string[] =>
  routeList
    .filter((route) => route.path === path)
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
