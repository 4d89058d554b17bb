import type { Request } from '@hapi/hapi';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { Scope } from '../../shared/domain/principal.ts';
import { wasAbsoluteForm } from '../../shared/http/request-targets.ts';
import type { Image } from '../../shared/storage/table/image-table.ts';
import { visibilityOf } from './cache-control.ts';

export interface ImageAccess {
  /** Whether only the CDN sends requests for bytes here, after it has checked the signature of every URL (`SIGNED_URLS`). */
  signedUrls: boolean;
}

/** Whether the client may read records, which say more of an image than its bytes. A signed URL does not give this right, nor does a public image. */
export const mayReadRecords = ({ auth }: Request): boolean =>
  auth.isAuthenticated && auth.credentials.scope?.includes('images:read' satisfies Scope) === true;

/** The image, if the client may have its bytes: private images need credentials, a link or a signed URL. Throws `unauthenticated` otherwise. */
export function checkImageAccess(request: Request, image: Image, { signedUrls }: ImageAccess): Image {
  const isSigned = signedUrls && isFromCdn(request);
  const isPrivate = visibilityOf(image.record) === 'private';
  request.app.isPrivate = isPrivate;
  if (request.auth.isAuthenticated || request.app.link || isSigned || !isPrivate) return image;
  throw new ImageServiceError(
    'unauthenticated',
    'The image is private. Send a key in the header `Authorization: Bearer KEY`, or use a link that was signed for this path.',
  );
}

/**
 * Whether the request is written as the CDN writes it. The load balancer lets two kinds of requests past the CDN: those with a key, valid or not,
 * and those whose path is spelled so that it does not recognise a path of bytes, which this service would.
 */
const isFromCdn = ({ path, raw }: Request): boolean =>
  !wasAbsoluteForm(raw.req) && raw.req.url?.split('?', 1)[0] === path && raw.req.headers.authorization === undefined;
