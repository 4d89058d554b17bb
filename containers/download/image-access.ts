import type { Request } from '@hapi/hapi';
import type { Scope } from '../../shared/contracts/api/routes.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { wasAbsoluteForm } from '../../shared/http/request-targets.ts';
import type { Image } from '../../shared/storage/image-table.ts';
import { visibilityOf } from './cache-policy.ts';

/** By whom a request for bytes may have been looked at before. */
export interface ImageAccess {
  /** Only the CDN reaches this service for bytes, and it has checked the signature of every URL (`SIGNED_URLS`). */
  signedUrls: boolean;
}

/** Whether who asks may read records, and so be told more of an image than its bytes. A signed URL and a public image are no such right. */
export const mayReadRecords = ({ auth }: Request): boolean =>
  auth.isAuthenticated && auth.credentials.scope?.includes('images:read' satisfies Scope) === true;

/** The image, if who asks may have its bytes: without credentials, a link or a signature public ones only, `unauthenticated` of others. */
export function checkImageAccess(request: Request, image: Image, { signedUrls }: ImageAccess): Image {
  const isSigned = signedUrls && isPlain(request);
  const isPrivate = visibilityOf(image.record) === 'private';
  request.app.isPrivate = isPrivate;
  if (request.auth.isAuthenticated || request.app.link || isSigned || !isPrivate) return image;
  throw new ImageServiceError(
    'unauthenticated',
    'The image is private. Send a key in the header `Authorization: Bearer KEY`, or ask by a link that was signed for this path.',
  );
}

/**
 * As the CDN asks. What is spelled otherwise may be a path of bytes here and none to the load balancer, which then lets it past the CDN, as
 * it does whoever shows a key, whatever that is worth.
 */
const isPlain = ({ path, raw }: Request): boolean =>
  !wasAbsoluteForm(raw.req) && raw.req.url?.split('?', 1)[0] === path && raw.req.headers.authorization === undefined;
