import type { ResponseObject, ResponseToolkit } from '@hapi/hapi';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

export interface ObjectFacts {
  key: string;
  contentType: string;
  /** Strong, without quotes: whatever has other bytes has another one. */
  eTag: string;
}

/** Answers with an object's bytes as a stream, their length and their ETag; hapi turns a matching If-None-Match into 304. */
export async function sendObject(
  { key, contentType, eTag }: ObjectFacts,
  objects: ObjectStore,
  h: ResponseToolkit,
): Promise<ResponseObject> {
  const { body, contentLength } = await objects.get(key);
  return h.response(body).type(contentType).bytes(contentLength).etag(eTag);
}

/** A checksum as an ETag: hex, because base64 has characters that some caches trip over. */
export const eTagOf = (checksumSha256: string): string => Buffer.from(checksumSha256, 'base64').toString('hex');
