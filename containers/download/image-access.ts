import type { Request } from '@hapi/hapi';
import { type AccessNeed, type AccessTarget, decideAccess, isForEverybody } from '../../shared/domain/access.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import { principalOf } from '../../shared/http/authentication.ts';
import { noteError } from '../../shared/http/request-log.ts';
import { wasAbsoluteForm } from '../../shared/http/request-targets.ts';
import { type KnownImage, permittedImage } from '../../shared/storage/table/image-access.ts';
import type { Image } from '../../shared/storage/table/image-table.ts';
import { visibilityOf } from './cache-control.ts';

export interface ImageAccess {
  /** Whether only the CDN sends requests for bytes here, after it has checked the signature of every URL (`SIGNED_URLS`). */
  signedUrls: boolean;
}

/** What a request needs of an image. `signedUrls` counts for bytes. */
interface AccessWanted extends Partial<ImageAccess> {
  need: AccessNeed;
}

function decisionOn(request: Request, target: AccessTarget, { need, signedUrls = false }: AccessWanted) {
  // For the audit trail, whatever is decided.
  if (!isForEverybody(target)) request.app.concernsPrivate = true;
  request.app.isSignedByCdn = need === 'bytes' && signedUrls && isFromCdn(request);
  const { link, isSignedByCdn } = request.app;
  const signed = { isScan: link?.isScan, isSigned: link?.isScan === false || isSignedByCdn };
  return decideAccess(principalOf(request), signedUrls && need === 'bytes' ? closed(target) : target, need, signed);
}

/**
 * Where the CDN asks for a signature, no bytes are for everybody: the load balancer lets whoever sends a key past the CDN, valid or not, and would else
 * give public ones without a signature.
 */
const closed = (target: AccessTarget): AccessTarget => ({ ...target, visibility: 'private' });

/** The image, if the caller may have what the request needs of it. Otherwise throws `image_not_found`, or what he may know instead, as `permittedImage` does. */
export async function checkImageAccess(
  request: Request,
  image: KnownImage | undefined,
  wanted: AccessWanted,
): Promise<Image> {
  if (wanted.need === 'bytes') checkSpelling(request);
  const permitted = await permittedImage(image, String(request.params.imageId), (target) =>
    decisionOn(request, target, wanted),
  );
  // Only now, because the headers of CORS depend on it, and those of an image that is hidden must be those of one that is missing.
  request.app.isPrivate = visibilityOf(permitted.record) === 'private';
  return permitted;
}

/**
 * Refuses other spellings of a path (`%2e%2e/`, `/./`, `%6friginal`), which hapi resolves to the same path. A CDN would cache each of them under its
 * own key, and no invalidation would reach them.
 */
function checkSpelling({ path, raw }: Request): void {
  const [spelled] = (raw.req.url ?? '').split('?', 1);
  if (spelled !== path)
    throw new ImageServiceError('route_not_found', `Nothing is at this path. It is written ${path}.`);
}

/**
 * Whether the caller may have the bytes of an image that was cached. If not, it is to be read again, as a missing one always is: who is told that there is none
 * must not hear it sooner.
 */
export const mayHaveCached = (request: Request, { record }: Image, { signedUrls }: ImageAccess): boolean =>
  decisionOn(request, record, { need: 'bytes', signedUrls }) === 'allow';

/** Whether the caller may have the bytes of a rendition of an image whose bytes he may have: the rendition may be private where the image is public. */
export function mayHaveRendition(
  request: Request,
  { record, rendition }: { record: ImageRecord; rendition: Rendition },
  access: ImageAccess,
): boolean {
  const target = { ...record, isPrivateRendition: rendition.isPrivate };
  if (decisionOn(request, target, { need: 'bytes', ...access }) !== 'allow') return false;
  request.app.isPrivate = visibilityOf(record, rendition) === 'private';
  return true;
}

/** Whether the caller may read the record, which says more of an image than its bytes: the same link or signature does not open both. */
export const mayReadRecord = (request: Request, record: ImageRecord): boolean =>
  decideAccess(principalOf(request), record, 'record') === 'allow';

/** For how long an answer may go on that outlives its request. */
export interface LastingAccess {
  /** Milliseconds since 1970. */
  expiresAt?: number | undefined;
  /** Whether the credentials are known to be still valid. If that cannot be told now, the request log says why. */
  recheck(): Promise<boolean>;
}

/** A link replaces credentials, so nothing but its own end counts for those who have come by one. */
export function lastingAccessOf(request: Request): LastingAccess {
  const { link } = request.app;
  const principal = link ? undefined : principalOf(request);
  return {
    expiresAt: link?.expiresAt ?? principal?.expiresAt,
    async recheck() {
      try {
        return (await principal?.recheck?.()) ?? true;
      } catch (error) {
        noteError(request, error as Error);
        return false;
      }
    },
  };
}

/**
 * Whether the request is written as the CDN writes it. The load balancer lets two kinds of requests past the CDN: those with a key, valid or not,
 * and those whose path is spelled so that it does not recognise a path of bytes, which this service would.
 */
const isFromCdn = ({ path, raw }: Request): boolean =>
  !wasAbsoluteForm(raw.req) && raw.req.url?.split('?', 1)[0] === path && raw.req.headers.authorization === undefined;
