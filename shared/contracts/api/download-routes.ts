import Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';
import { IMAGE_PROGRESS } from '../../domain/rendition.ts';
import { linkQuery, linkRequestSchema } from './link.ts';
import { ownerSchema } from './owner-schema.ts';
import {
  anyQuery,
  downloadHeaders,
  downloadQuery,
  fileParams,
  imageParams,
  recordQuery,
  renditionParams,
  textHeaders,
} from './request-parameters.ts';
import { CACHEABLE, DOWNLOAD_RESPONSES, PENDING, UNCHANGED } from './responses.ts';
import type { Route } from './route.ts';
import { DOWNLOAD_PROBLEMS, JSON_PROBLEMS, LINK_PROBLEMS } from './route-problems.ts';

/** The routes of the Download API that tell of images and deliver them. */
export const DOWNLOAD_ROUTES = {
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
      owner: ownerSchema.description('Another owner, for the scope `admin`, which needs no other scope here.'),
    }),
    responses: { 200: { description: 'The usage.', schema: 'Usage' } },
    problems: [],
  },
} as const satisfies Record<string, Route>;
