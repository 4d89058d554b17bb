import type { Route } from '../../../shared/contracts/api/route.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import type { Visibility } from '../../../shared/domain/image-record.ts';
import { UPLOAD_SCOPE } from '../../../shared/domain/principal.ts';
import { type Credential, OWNER } from './credentials.ts';
import type { RouteRequest } from './route-requests.ts';

interface Asked {
  route: Route;
  about: RouteRequest['about'];
  credential: Credential;
  visibility: Visibility;
  /** Whether the CDN has looked at every request that has no Authorization. */
  signedUrls: boolean;
}

/** What the documentation says about who may make a request, independently of how the services decide: `works`, or the code of the refusal. */
export function expectedOf({ route, about, credential, visibility, signedUrls }: Asked): 'works' | ErrorCode {
  const { owner, scopes = [], hasBegun = false, link, refusal = 'unauthenticated', headers } = credential;
  if (route.scope === 'public') return 'works';
  if (link) return link === 'opens' ? 'works' : link;
  const isUploadToken = scopes.includes(UPLOAD_SCOPE);
  const isOpen =
    owner !== undefined &&
    (scopes.includes(route.scope) ||
      (scopes.includes('admin') && route.opensForAdmin === true) ||
      (isUploadToken && route.uploadTokens === true));
  if (about === 'bytes') {
    const isForAll = signedUrls ? headers === undefined : visibility === 'public';
    return (isOpen && owner === OWNER) || isForAll ? 'works' : 'image_not_found';
  }
  if (!isOpen) return owner === undefined ? refusal : 'forbidden';
  // An upload token opens only the upload that it has begun.
  if (about === 'upload' && isUploadToken && !hasBegun) return 'upload_not_found';
  if (owner === OWNER || about === 'own' || about === 'any image') return 'works';
  return about === 'upload' ? 'upload_not_found' : 'image_not_found';
}
