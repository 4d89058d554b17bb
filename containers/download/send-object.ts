import { Readable } from 'node:stream';
import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { create as contentDisposition } from 'content-disposition';
import type { Visibility } from '../../shared/domain/image-record.ts';
import { READER_STALLED_MS } from '../../shared/http/http-limits.ts';
import { evaluatePreconditions, validatorHeaders } from '../../shared/http/preconditions.ts';
import { secondsLeft } from '../../shared/http/signed-links.ts';
import { checkOpenedLength } from '../../shared/storage/objects/damaged-object.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { byteRangeOf } from './byte-range.ts';
import { type CachePolicy, cacheControl, cacheControlForLink } from './cache-control.ts';
import { downloadFileName } from './download-file-name.ts';

declare module '@hapi/hapi' {
  interface ResponseObject {
    /** hapi documents this, but its types lack it. */
    passThrough(enabled: boolean): ResponseObject;
  }
}

/** An object as its record describes it, and how it is sent. */
export interface SentObject {
  key: string;
  contentType: string;
  contentLength: number;
  /** Base64. */
  checksumSha256: string;
  lastModified: Date;
  visibility: Visibility;
  policy: CachePolicy;
  /** The name under which a browser saves it, unless the request gives another. */
  fileName?: string | undefined;
  /** A name of ours, used if nothing safe is left of the others. */
  fallbackName: string;
  /** The request header by which this object was chosen among others. */
  vary?: string | undefined;
}

/**
 * This applies to an object that is opened as a page of its own, such as an SVG with scripts: it can run and load nothing, and has no origin. Images
 * inside a page are not affected.
 */
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

export interface ObjectDependencies {
  objects: ObjectStore;
  /** Milliseconds after which a client that reads nothing is disconnected, which also closes the object. */
  stalledMs?: number | undefined;
}

/**
 * Sends an object's bytes or a range of them, or 304 if the client has them. Everything but the bytes is known from the record. Throws
 * `object_missing` if the object is gone, and `object_damaged` before the first byte if its length is not that of the record.
 */
export async function sendObject(
  request: Request,
  h: ResponseToolkit,
  { objects, object, stalledMs = READER_STALLED_MS }: ObjectDependencies & { object: SentObject },
): Promise<ResponseObject> {
  const validators = { eTag: eTagOf(object.checksumSha256), lastModified: object.lastModified };
  const shared = { ...validatorHeaders(validators), ...headersOf(request, object) };
  if (evaluatePreconditions(request, validators) !== undefined) {
    // Without type and length hapi would announce compression, and a length of zero to HEAD.
    const unchanged = h.response().code(304).type(object.contentType).bytes(object.contentLength);
    return withHeaders(unchanged, shared, object.vary);
  }
  const range = byteRangeOf(request, { ...validators, contentLength: object.contentLength });
  // HEAD has the same headers as GET, which needs the object's real length.
  const opened = request.method === 'head' ? await headOf(objects, object.key) : await objects.get(object.key, range);
  const { body, contentLength } = checkOpenedLength(object.key, opened, object.contentLength);
  request.raw.res.setTimeout(stalledMs, () => request.raw.res.destroy());
  // A body from S3 is an HTTP response, whose headers hapi would pass on.
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

/** A checksum as a strong ETag, in hex, because some caches fail on characters of base64. */
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
