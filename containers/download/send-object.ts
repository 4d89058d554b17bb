import { Readable } from 'node:stream';
import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { create as contentDisposition } from 'content-disposition';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import { evaluatePreconditions, validatorHeaders } from '../../shared/http/preconditions.ts';
import { secondsLeft } from '../../shared/http/signed-links.ts';
import { checkOpened } from '../../shared/storage/damaged-object.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { byteRangeOf } from './byte-range.ts';
import { type CachePolicy, cacheControl, cacheControlForLink } from './cache-policy.ts';
import { downloadFileName } from './download-file-name.ts';

declare module '@hapi/hapi' {
  interface ResponseObject {
    /** In hapi's documentation, and not in its types. */
    passThrough(enabled: boolean): ResponseObject;
  }
}

/** An object as its record knows it, and how it is to be answered. */
export interface SentObject {
  key: string;
  contentType: string;
  contentLength: number;
  /** Base64. */
  checksumSha256: string;
  lastModified: Date;
  visibility: Visibility;
  policy: CachePolicy;
  /** What a browser saves it as, unless another name is asked for or nothing is left of this one. */
  fileName?: string | undefined;
  /** Then: a name of ours. */
  fallbackName: string;
  /** The header by which this object was chosen among others. */
  vary?: string | undefined;
}

/**
 * Of what is opened as a page of its own, an SVG with scripts first of all: it runs nothing, loads nothing and has no origin. Images in a page
 * are shown as ever.
 */
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Where objects are, and how they are sent. */
export interface ObjectDependencies {
  objects: ObjectStore;
  /** A reader that takes nothing for so long is cut off, with what it holds at the object store. */
  stalledMs?: number | undefined;
}

/** Milliseconds: twice as long as load balancers leave a connection that rests, and no reader's patience. */
const STALLED_MS = 120_000;

/**
 * Refuses other spellings of a path (`%2e%2e/`, `/./`, `%6friginal`), which mean the same here: a CDN whose key is the path would keep
 * each for itself, and nobody would ask it to forget them.
 */
function checkSpelling({ path, raw }: Request): void {
  const [asked] = (raw.req.url ?? '').split('?', 1);
  if (asked !== path) throw new ImageServiceError('route_not_found', `Nothing is at this path. It is written ${path}.`);
}

/**
 * Answers with an object's bytes, a range of them, or that the client has them already: everything but the bytes is known from the record.
 * `object_missing` if they are gone, and `object_damaged` before the first byte if they are more or fewer.
 */
export async function sendObject(
  request: Request,
  h: ResponseToolkit,
  { objects, object, stalledMs = STALLED_MS }: ObjectDependencies & { object: SentObject },
): Promise<ResponseObject> {
  checkSpelling(request);
  const validators = { eTag: eTagOf(object.checksumSha256), lastModified: object.lastModified };
  const shared = { ...validatorHeaders(validators), ...headersOf(request, object) };
  if (evaluatePreconditions(request, validators) !== undefined) {
    // With type and length, or hapi tells of a compression and, of a HEAD, of no bytes.
    const unchanged = h.response().code(304).type(object.contentType).bytes(object.contentLength);
    return withHeaders(unchanged, shared, object.vary);
  }
  const range = byteRangeOf(request, { ...validators, contentLength: object.contentLength });
  // What a HEAD promises is what a GET would bring.
  const opened = request.method === 'head' ? await headOf(objects, object.key) : await objects.get(object.key, range);
  const { body, contentLength } = checkOpened(object.key, opened, object.contentLength);
  request.raw.res.setTimeout(stalledMs, () => request.raw.res.destroy());
  // hapi would pass on the headers of S3's answer, which a body of an object in parts is.
  const response = h.response(body).passThrough(false).type(object.contentType).bytes(contentLength);
  if (range) {
    response.code(206).header('content-range', `bytes ${range.start}-${range.end}/${object.contentLength}`);
  }
  return withHeaders(response, shared, object.vary);
}

async function headOf(objects: ObjectStore, key: string): ReturnType<ObjectStore['get']> {
  const { contentLength } = await objects.head(key);
  return { body: Readable.from([], { objectMode: false }), contentLength, objectLength: contentLength };
}

/** A checksum as a strong ETag: hex, because base64 has characters that some caches trip over. */
const eTagOf = (checksumSha256: string): string => `"${Buffer.from(checksumSha256, 'base64').toString('hex')}"`;

function headersOf(
  request: Request,
  { policy, visibility, contentType, fileName = '', fallbackName }: SentObject,
): Record<string, string> {
  const { download } = request.query as { download?: string };
  const { link } = request.app;
  return {
    'accept-ranges': 'bytes',
    'cache-control': link ? cacheControlForLink(policy, secondsLeft(link)) : cacheControl(policy, visibility),
    'content-security-policy': CONTENT_SECURITY_POLICY,
    ...(download !== undefined && {
      'content-disposition': contentDisposition(
        downloadFileName(download, contentType, downloadFileName(fileName, contentType, fallbackName)),
      ),
    }),
    ...((link || visibility === 'public') && { 'cross-origin-resource-policy': 'cross-origin' }),
  };
}

function withHeaders(response: ResponseObject, headers: Record<string, string>, vary?: string): ResponseObject {
  for (const [name, value] of Object.entries(headers)) response.header(name, value);
  return vary ? response.vary(vary) : response;
}
