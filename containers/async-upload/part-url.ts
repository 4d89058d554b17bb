import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from '@hapi/hapi';
import type { PartUrlRequest } from '../../shared/contracts/api/upload-request.ts';
import { partPath } from '../../shared/contracts/api/upload-view.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';

/** The facts that the signature of a part URL covers. */
interface SignedPart extends Pick<PartUrlRequest, 'contentLength' | 'contentMd5'> {
  /** Contains the id of the upload and the number of the part. */
  path: string;
  /** Epoch seconds. */
  expires: number;
}

const sign = ({ path, expires, contentLength, contentMd5 = '' }: SignedPart, secret: string): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify(['PUT', path, expires, contentLength, contentMd5]))
    .digest('base64url');

/** Signs a URL of this API to which a part can be sent, for object stores that sign none themselves. */
export function signPartUrl(
  uploadId: string,
  { partNumber, contentLength, contentMd5 }: PartUrlRequest,
  { base, expires, secret }: { base: string; expires: number; secret: string },
): string {
  const path = partPath(uploadId, partNumber);
  const signature = sign({ path, expires, contentLength, ...(contentMd5 && { contentMd5 }) }, secret);
  return `${base}${path}?${new URLSearchParams({ expires: String(expires), signature })}`;
}

/** Verifies a request that came by a part URL against the signature, and returns whether it came by one. */
export function verifyPartUrl(request: Request, secret: string): boolean {
  const { expires, signature } = request.query as { expires?: number; signature?: string };
  if (expires === undefined || signature === undefined) return false;
  const { 'content-length': length, 'content-md5': contentMd5 } = request.raw.req.headers;
  const signed = {
    path: request.path,
    expires,
    contentLength: Number(length),
    ...(typeof contentMd5 === 'string' && { contentMd5 }),
  };
  const expected = Buffer.from(sign(signed, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new ImageServiceError(
      'part_url_invalid',
      'The URL was not signed for this part with this Content-Length and this Content-MD5. Ask for a new one.',
    );
  }
  if (expires * 1000 < Date.now()) {
    const detail = `The URL expired at ${new Date(expires * 1000).toISOString()}. Ask for a new one.`;
    throw new ImageServiceError('part_url_expired', detail);
  }
  return true;
}
