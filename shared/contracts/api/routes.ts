import Joi from 'joi';
import type { ErrorCode } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';
import { IMAGE_PROGRESS } from '../../domain/rendition.ts';
import type { ServiceName } from '../services.ts';
import type { AnswerHeader } from './answer-headers.ts';
import { CHECKSUM_ALGORITHMS, CHECKSUM_HEADER_PREFIX, type ChecksumAlgorithm, digestSchema } from './checksums.ts';
import { imageIdSchema } from './image-id.ts';
import { visibilitySchema } from './image-view.ts';
import { linkQuery, linkRequestSchema } from './link.ts';
import { presetsSchema, renditionPathSchema, renditionsBodySchema } from './rendition-request.ts';
import {
  completeBodySchema,
  decimalSchema,
  partNumberSchema,
  partUrlsBodySchema,
  UPLOAD_ID_PATTERN,
  uploadDeclarationSchema,
} from './upload-request.ts';

/** What a caller must be allowed to do; a route names the one it asks for. `public` asks for nothing. */
export type Scope = 'images:read' | 'images:write' | 'public';

/**
 * `image`: raw image bytes or multipart/form-data, streamed. `part`: raw bytes, streamed. `json`: parsed and validated by the schema;
 * `maxBytes` where that is not LIMITS.jsonBytes.
 */
export type RequestBody =
  | { kind: 'image' }
  | { kind: 'part' }
  | { kind: 'json'; schema: Joi.Schema; maxBytes?: number };

/** Names in `components.schemas` of the OpenAPI document. */
export type AnswerSchema =
  | 'Image'
  | 'Pending'
  | 'ImageList'
  | 'Deletion'
  | 'Link'
  | 'ServiceLimits'
  | 'Upload'
  | 'Part'
  | 'PartList'
  | 'PartUrls';

export interface Answer {
  description: string;
  schema?: AnswerSchema;
  /** For bodies that are not described by a schema of that name. */
  mediaType?: string;
  /** What it always carries, beside what every answer does. */
  headers?: readonly AnswerHeader[];
  /** What it carries only if that was asked for. */
  maybe?: readonly AnswerHeader[];
}

export interface Route {
  service: ServiceName;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** hapi's and OpenAPI's notation: `{parameter}`. */
  path: string;
  scope: Scope;
  /** Whether callers without credentials are heard too: for public images, or by a URL that was signed. */
  anonymous?: true;
  /** Whether signed links open it, without credentials. */
  links?: true;
  /** Whether its handler evaluates preconditions, by a version that it knows. Elsewhere any that asks for one fails. */
  versions?: true;
  /** Whether who writes a slash behind the path is sent to it. A pattern of another row must lead that to the service. */
  slashed?: true;
  /** Another place for its rule of the load balancer, any number: where synth says that a rule has that of another. */
  rulePlace?: number;
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
  'precondition_failed',
  'malformed_request',
  'method_not_implemented',
  'coding_not_implemented',
  'version_not_supported',
  'expectation_failed',
  'headers_too_large',
  'incomplete_body',
  'request_timeout',
  'unauthenticated',
  'forbidden',
  'host_not_allowed',
  'origin_not_allowed',
  'object_damaged',
  'internal_error',
  'service_unavailable',
];

const imageId = imageIdSchema.description('As the upload answered it.');
const imageParams = Joi.object({ imageId });
const renditionParams = Joi.object({ imageId, rendition: renditionPathSchema.required() });
const fileParams = Joi.object({
  imageId,
  file: Joi.string()
    .pattern(/^[0-9a-f]{32}\.[a-z]{2,5}$/, 'file name')
    .required()
    .description('The last part of `links.file` in the record.'),
});

/** Of what people open and pass on: whatever links are given on their way (`?v=2`, `?fbclid=…`) says nothing here. */
const anyQuery = Joi.object({}).unknown();

const downloadQuery = anyQuery.keys({
  download: Joi.string()
    .allow('')
    .max(255)
    .description('Has browsers save it, under this name if there is one, instead of showing it.'),
  ...linkQuery,
});

/** Of a header that may be there and say nothing. */
const headerText = () => Joi.string().allow('');

/** What every download takes; each header is RFC 9110's. */
const downloadHeaders = Joi.object({
  accept: headerText().description('The formats a client takes, for renditions of `auto`.'),
  'if-none-match': headerText(),
  'if-modified-since': headerText(),
  'if-match': headerText(),
  'if-unmodified-since': headerText(),
  'if-range': headerText(),
  range: headerText().description('One range of bytes; of several the whole comes.'),
  prefer: headerText().description(
    '`wait=SECONDS`: the answer waits, 30 seconds at most, for what is not ready (RFC 7240).',
  ),
}).unknown();

/** What every text with an ETag takes. */
const textHeaders = Joi.object({ 'if-none-match': headerText(), 'if-match': headerText() }).unknown();

/** Of every text that may be kept and asked for anew. */
const KEPT = { headers: ['ETag', 'Cache-Control'] } as const satisfies Partial<Answer>;

const UNCHANGED = { description: 'The client has it already.', ...KEPT } as const satisfies Answer;

const OF_BYTES = {
  mediaType: 'image/*',
  headers: ['ETag', 'Last-Modified', 'Cache-Control', 'Accept-Ranges'],
  maybe: ['Content-Disposition'],
} as const satisfies Partial<Answer>;

const DOWNLOAD_ANSWERS = {
  200: { ...OF_BYTES, description: 'The bytes.' },
  206: {
    ...OF_BYTES,
    description: 'The range of them that was asked for.',
    headers: [...OF_BYTES.headers, 'Content-Range'],
  },
  304: { description: 'The client has them already.', headers: ['ETag', 'Last-Modified', 'Cache-Control'] },
} as const satisfies Record<number, Answer>;

const PENDING = {
  description: 'Not ready yet; ask again after `Retry-After` seconds.',
  schema: 'Pending',
  headers: ['Retry-After', 'Cache-Control'],
} as const satisfies Answer;

const STORED = {
  description: 'The image is stored; its renditions are queued.',
  schema: 'Image',
  headers: ['Location'],
} as const satisfies Answer;

const LINK_PROBLEMS = ['link_invalid', 'link_expired'] as const satisfies ErrorCode[];

const DOWNLOAD_PROBLEMS = [
  ...LINK_PROBLEMS,
  'route_not_found',
  'image_not_found',
  'image_deleted',
  'object_missing',
  'range_not_satisfiable',
] as const satisfies ErrorCode[];

const uploadId = Joi.string()
  .pattern(UPLOAD_ID_PATTERN, 'upload id')
  .required()
  .description('As the create answered it.');
const uploadParams = Joi.object({ uploadId });
const partParams = Joi.object({ uploadId, partNumber: partNumberSchema.required() });

const idempotencyKey = {
  'idempotency-key': Joi.string()
    .min(1)
    .max(255)
    .pattern(/^[\x21-\x7e]+$/, 'visible ASCII')
    .description(
      'For 24 hours the same key with the same request makes nothing new: it is answered with what the first has made, as it is now. With another request, 409.',
    ),
};

/** Any other header that begins with `x-amz-checksum-` is refused, because nobody would verify it. */
const digestHeaders = {
  'content-digest': Joi.string().description('RFC 9530, of the body as sent: `sha-256=:…:` or `sha-512=:…:`.'),
  'content-md5': digestSchema('md5').description('Base64 MD5 of the body as sent.'),
  ...Object.fromEntries(
    Object.entries(CHECKSUM_ALGORITHMS).map(([name, { title }]) => [
      `${CHECKSUM_HEADER_PREFIX}${name}`,
      digestSchema(name as ChecksumAlgorithm).description(`Base64 ${title} of the body as sent.`),
    ]),
  ),
};

const uploadHeaders = Joi.object({
  ...idempotencyKey,
  'content-disposition': headerText().description(
    'The name of the file in a raw body: `attachment; filename="holiday.jpg"`. A form has it in its part.',
  ),
  ...digestHeaders,
}).unknown();

/** Codes of any route below an upload. */
const UPLOAD_PROBLEMS = ['upload_not_found', 'upload_expired', 'upload_aborted'] as const satisfies ErrorCode[];

/** Codes of what only an open upload takes. */
const OPEN_UPLOAD_PROBLEMS = [
  ...UPLOAD_PROBLEMS,
  'upload_completed',
  'upload_completing',
  'upload_rejected',
  'image_deleted',
] as const satisfies ErrorCode[];

const JSON_PROBLEMS = [
  'malformed_json',
  'unsupported_content_type',
  'payload_too_large',
] as const satisfies ErrorCode[];

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
      'The body is the image itself, or a form with the image in `file` and a JSON list in `renditions`, in any order. The bytes decide the format: a Content-Type of a raw body that says otherwise is refused, of what a form says of its part nothing counts. An SVG may have `svgBytes`, and no entities but flat ones. `image/heic` is taken where the setting HEIC is on, as `acceptedMediaTypes` of the limits tells.',
    query: Joi.object({
      rendition: presetsSchema.description('Name of a preset; may be repeated. For raw bodies.'),
      visibility: visibilitySchema,
    }),
    headers: uploadHeaders,
    body: { kind: 'image' },
    answers: { 201: STORED },
    problems: [
      'unknown_preset',
      'unknown_operation',
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
    versions: true,
    summary: 'Delete an image with its original and all renditions',
    description:
      'With `If-Match` and an ETag of the record only if that is the version: `precondition_failed` if anything of it has changed. Safe to repeat: what is left of a deleted image goes, and a CDN is asked to forget it once more. The image is deleted whatever became of that.',
    params: imageParams,
    headers: Joi.object({
      'if-match': headerText().description('ETags of the record, compared strongly; `*` for any version.'),
      'if-unmodified-since': headerText().description('Compared with the last change of the record.'),
      'if-none-match': headerText(),
    }).unknown(),
    answers: {
      202: { description: 'The image is deleted; what became of asking the CDN to forget it.', schema: 'Deletion' },
      204: { description: 'The image is deleted, and no CDN is configured that might show it.' },
    },
    problems: ['image_not_found', 'storage_full'],
  },
  createUpload: {
    service: 'async-upload',
    method: 'POST',
    path: '/v1/uploads',
    scope: 'images:write',
    summary: 'Begin to upload a large image in parts (CreateMultipartUpload)',
    description:
      'Send the parts next, each of `partSize` bytes but the last. `Upload-Limit` tells the limits in the words of the IETF draft on resumable uploads.',
    headers: Joi.object(idempotencyKey).unknown(),
    body: { kind: 'json', schema: uploadDeclarationSchema },
    answers: {
      201: {
        description: 'The upload takes parts until `expiresAt`.',
        schema: 'Upload',
        headers: ['Location', 'Upload-Limit'],
      },
    },
    problems: [
      ...JSON_PROBLEMS,
      'unknown_preset',
      'unknown_operation',
      'unsupported_image',
      'upload_too_large',
      'storage_full',
      'too_many_uploads',
      'idempotency_key_reused',
      'idempotency_key_in_use',
      ...UPLOAD_PROBLEMS,
      'upload_rejected',
      'image_deleted',
    ],
  },
  getUpload: {
    service: 'async-upload',
    method: 'GET',
    path: '/v1/uploads/{uploadId}',
    scope: 'images:write',
    summary: 'Read what became of an upload',
    description: 'Its status, what was declared, and once it has ended, as what.',
    params: uploadParams,
    answers: { 200: { description: 'The upload, whatever its status.', schema: 'Upload' } },
    problems: [...UPLOAD_PROBLEMS, 'image_deleted'],
  },
  uploadPart: {
    service: 'async-upload',
    method: 'PUT',
    path: '/v1/uploads/{uploadId}/parts/{partNumber}',
    scope: 'images:write',
    anonymous: true,
    summary: 'Upload a part (UploadPart)',
    description:
      'In any order and any number at once; sending a number again replaces the part, and the same bytes are the same part. All parts but the last must have 5 MiB, which is looked at when the upload is completed.',
    params: partParams,
    query: Joi.object({
      expires: decimalSchema.description('Of a part URL.'),
      signature: Joi.string().description('Of a part URL.'),
    }).and('expires', 'signature'),
    headers: Joi.object(digestHeaders).unknown(),
    body: { kind: 'part' },
    answers: { 200: { description: 'The part is stored. `ETag` is its eTag.', schema: 'Part', headers: ['ETag'] } },
    problems: [
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
    summary: 'List the parts that are stored (ListParts)',
    description:
      'For resuming: send what is missing. Complete from the eTags that the parts answered where they are known.',
    params: uploadParams,
    query: Joi.object({
      'max-parts': Joi.number().integer().min(1).max(LIMITS.partsPerPage).default(LIMITS.partsPerPage),
      'part-number-marker': Joi.number()
        .integer()
        .min(0)
        .max(LIMITS.partsPerUpload)
        .default(0)
        .description('Parts behind this number: `nextPartNumberMarker` of the page before.'),
    }),
    answers: { 200: { description: 'A page of parts, ascending.', schema: 'PartList', headers: ['Upload-Limit'] } },
    problems: OPEN_UPLOAD_PROBLEMS,
  },
  createPartUrls: {
    service: 'async-upload',
    method: 'POST',
    path: '/v1/uploads/{uploadId}/part-urls',
    scope: 'images:write',
    summary: 'Get presigned URLs for parts',
    description:
      'The bytes of a part go to its URL by PUT, straight to S3 where that is the object store, with exactly the length and digest that were signed. Each part may have `partSize` bytes, and the last what is left: from the first URL on the upload takes no larger ones, by whatever way, and one that has larger ones gets no URLs.',
    params: uploadParams,
    body: { kind: 'json', schema: partUrlsBodySchema, maxBytes: LIMITS.partListBytes },
    answers: { 200: { description: 'A URL for each part, in the order asked for.', schema: 'PartUrls' } },
    problems: [...JSON_PROBLEMS, ...OPEN_UPLOAD_PROBLEMS, 'part_too_large', 'part_urls_refused'],
  },
  completeUpload: {
    service: 'async-upload',
    method: 'POST',
    path: '/v1/uploads/{uploadId}/complete',
    scope: 'images:write',
    summary: 'Make an image of the parts (CompleteMultipartUpload)',
    description:
      'From the parts as their uploads, or ListParts, answered them; what ListParts answers may be sent as a whole, if it is the only page. They are put together, the whole is compared with what was declared, its type read from its bytes and its SHA-256 computed; only then is there an image. Repeatable: the same list is answered with the image as it is then. What takes longer than 20 seconds goes on behind a 202: send the request again.',
    params: uploadParams,
    body: { kind: 'json', schema: completeBodySchema, maxBytes: LIMITS.partListBytes },
    answers: {
      201: STORED,
      202: {
        description: 'Under way; send the request again after `Retry-After` seconds.',
        schema: 'Upload',
        headers: ['Retry-After'],
      },
    },
    problems: [
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
      'image_deleted',
    ],
  },
  abortUpload: {
    service: 'async-upload',
    method: 'DELETE',
    path: '/v1/uploads/{uploadId}',
    scope: 'images:write',
    summary: 'Give an upload up and remove its parts (AbortMultipartUpload)',
    description: 'Safe to repeat.',
    params: uploadParams,
    answers: { 204: { description: 'The upload is aborted, its parts are gone.' } },
    problems: ['upload_not_found', 'upload_completed', 'upload_completing', 'image_deleted', 'storage_full'],
  },
  listImages: {
    service: 'download',
    method: 'GET',
    path: '/v1/images',
    scope: 'images:read',
    versions: true,
    summary: 'List images, newest first',
    description:
      'Eventually consistent: an image uploaded a moment ago may be missing. With `status`, pages may have fewer images than `limit`, or none: go on while there is a `nextCursor`.',
    query: Joi.object({
      status: Joi.string()
        .valid(...IMAGE_PROGRESS)
        .description(
          'Only images of which a rendition failed (`failed`), is still to be made (`processing`), or all are ready (`ready`).',
        ),
      limit: Joi.number().integer().min(1).max(LIMITS.imagesPerPage).default(20),
      cursor: Joi.string().max(1024).base64({ urlSafe: true, paddingRequired: false }),
    }),
    headers: textHeaders,
    answers: { 200: { ...KEPT, description: 'A page of images.', schema: 'ImageList' }, 304: UNCHANGED },
    problems: [],
  },
  getImage: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}',
    scope: 'images:read',
    versions: true,
    summary: 'Read the record of an image with all its renditions',
    description:
      'Eventually consistent. Its ETag changes with every change, so that asking again costs a 304, and says to DELETE which version is meant.',
    params: imageParams,
    query: anyQuery,
    headers: textHeaders,
    answers: {
      200: { ...KEPT, description: 'The record.', schema: 'Image' },
      304: UNCHANGED,
    },
    problems: ['image_not_found', 'image_deleted'],
  },
  getOriginal: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/original',
    scope: 'images:read',
    anonymous: true,
    links: true,
    versions: true,
    summary: 'Download the original, byte for byte',
    description:
      'With a Content-Security-Policy under which a browser that opens it as a page runs no script of an SVG and loads nothing.',
    params: imageParams,
    query: downloadQuery,
    headers: downloadHeaders,
    answers: DOWNLOAD_ANSWERS,
    problems: DOWNLOAD_PROBLEMS,
  },
  getRendition: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/renditions/{rendition}',
    scope: 'images:read',
    anonymous: true,
    links: true,
    versions: true,
    summary: 'Download a rendition',
    description:
      'One of the format `auto` comes in AVIF or WebP where `Accept` names them; until that is made, in the format that the worker chose. A rendition whose bytes have expired is made again.',
    params: renditionParams,
    query: downloadQuery,
    headers: downloadHeaders,
    answers: { ...DOWNLOAD_ANSWERS, 202: PENDING },
    problems: [...DOWNLOAD_PROBLEMS, 'rendition_not_found', 'rendition_failed'],
  },
  getFile: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/files/{file}',
    scope: 'images:read',
    anonymous: true,
    links: true,
    versions: true,
    summary: 'Download the original or a rendition by the hash of its content',
    description: '`links.file` of the record. What it names never changes, so it may be kept for a year.',
    params: fileParams,
    query: downloadQuery,
    headers: downloadHeaders,
    answers: { ...DOWNLOAD_ANSWERS, 202: PENDING },
    problems: [...DOWNLOAD_PROBLEMS, 'file_not_found', 'rendition_not_found', 'rendition_failed'],
  },
  getEvents: {
    service: 'download',
    method: 'GET',
    path: '/v1/images/{imageId}/events',
    scope: 'images:read',
    links: true,
    summary: 'Be told of every change of an image, by server-sent events',
    description:
      'An event `image` with the record now and at each change; `settled` when every rendition is ready or failed, and `deleted`, end it. For `EventSource`, which comes back by itself where the connection ends.',
    params: imageParams,
    query: anyQuery.keys(linkQuery),
    headers: Joi.object({ 'last-event-id': Joi.string().max(128) }).unknown(),
    answers: {
      200: { description: 'Events.', mediaType: 'text/event-stream' },
      204: { description: 'All was told: do not come back.' },
    },
    problems: [...LINK_PROBLEMS, 'image_not_found', 'image_deleted'],
  },
  createLink: {
    service: 'download',
    method: 'POST',
    path: '/v1/images/{imageId}/links',
    scope: 'images:write',
    summary: 'Sign a link to bytes or events, for who has no key',
    description:
      'For pages: `<img>` and `EventSource` send no Authorization. Whoever has the link may open what it was signed for, by GET and HEAD, and nothing else; nobody can call it back before `expiresAt`. `?download` may be added.',
    params: imageParams,
    body: { kind: 'json', schema: linkRequestSchema },
    answers: { 201: { description: 'The link.', schema: 'Link' } },
    problems: [
      ...JSON_PROBLEMS,
      'image_not_found',
      'image_deleted',
      'rendition_not_found',
      'file_not_found',
      'links_unavailable',
    ],
  },
  getLimits: {
    service: 'download',
    method: 'GET',
    path: '/v1/limits',
    scope: 'public',
    versions: true,
    summary: 'Read every limit, format, command and preset',
    description:
      'All that a client would otherwise learn by being refused. It changes with versions of the service only.',
    headers: textHeaders,
    answers: { 200: { ...KEPT, description: 'The limits.', schema: 'ServiceLimits' }, 304: UNCHANGED },
    problems: [],
  },
  getOpenApi: {
    service: 'download',
    method: 'GET',
    path: '/openapi.json',
    scope: 'public',
    versions: true,
    summary: 'Read this document',
    description: 'Written from the tables that the services check requests by.',
    headers: textHeaders,
    answers: { 200: { ...KEPT, description: 'OpenAPI 3.1.', mediaType: 'application/json' }, 304: UNCHANGED },
    problems: [],
  },
  getFrontPage: {
    service: 'download',
    method: 'GET',
    path: '/',
    scope: 'public',
    versions: true,
    summary: 'See what this is, and upload an image by hand',
    description: 'A page; links as JSON for who asks for `application/json`. Whatever its query says changes nothing.',
    query: anyQuery,
    headers: textHeaders.keys({ accept: headerText() }),
    answers: { 200: { description: 'A page, or links.', mediaType: '*/*' }, 304: UNCHANGED },
    problems: [],
  },
  getFavicon: {
    service: 'download',
    method: 'GET',
    path: '/favicon.ico',
    scope: 'public',
    versions: true,
    summary: 'Read the icon that browsers show beside a page',
    description: 'Browsers ask for it by themselves.',
    query: anyQuery,
    headers: textHeaders,
    answers: { 200: { description: 'An icon.', mediaType: 'image/x-icon' }, 304: UNCHANGED },
    problems: [],
  },
  getDocs: {
    service: 'download',
    method: 'GET',
    path: '/docs',
    scope: 'public',
    versions: true,
    slashed: true,
    summary: 'Browse this document',
    description: 'A page on which every operation can be tried out.',
    query: anyQuery,
    headers: textHeaders,
    answers: { 200: { ...KEPT, description: 'A page.', mediaType: 'text/html' }, 304: UNCHANGED },
    problems: [],
  },
  getDocsAsset: {
    service: 'download',
    method: 'GET',
    path: '/docs/{asset}',
    scope: 'public',
    versions: true,
    summary: 'Read a file of the documentation page',
    description: 'Its scripts, its style sheet and its icon.',
    params: Joi.object({ asset: Joi.string().required() }),
    query: anyQuery,
    headers: textHeaders,
    answers: { 200: { ...KEPT, description: 'A script or a style sheet.', mediaType: '*/*' }, 304: UNCHANGED },
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

/** Every method that some path takes. */
export const ALL_METHODS = [
  ...new Set(['GET', 'HEAD', ...routeList.map(({ method }) => method)]),
  'OPTIONS',
] as const satisfies string[];

/** The methods that some service answers at a path as written in the table, HEAD with GET. */
export const methodsAt = (path: string): string[] =>
  routeList
    .filter((route) => route.path === path)
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
