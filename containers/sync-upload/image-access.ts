import type { Request } from '@hapi/hapi';
import { type AccessTarget, decideAccess } from '../../shared/domain/access.ts';
import { principalOf } from '../../shared/http/authentication.ts';
import { findImage, permittedImage } from '../../shared/storage/table/image-access.ts';
import type { Image, ImageTable } from '../../shared/storage/table/image-table.ts';

/** Whether the caller may change or delete an image. */
export const mayChange = (request: Request, target: AccessTarget): boolean =>
  decideAccess(principalOf(request), target, 'change') === 'allow';

/** The image that a request is to change. Throws `image_not_found` if there is none or it is somebody else's, and `image_deleted` for a deleted one of the caller's own. */
export async function readOwnImage(
  table: ImageTable,
  request: Request,
  options?: Parameters<typeof findImage>[2],
): Promise<Image> {
  const imageId = String(request.params.imageId);
  return permittedImage(await findImage(table, imageId, options), imageId, (target) =>
    decideAccess(principalOf(request), target, 'change'),
  );
}
