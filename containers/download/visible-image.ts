import type { Request } from '@hapi/hapi';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { Image } from '../../shared/storage/image-table.ts';
import { visibilityOf } from './cache-policy.ts';

/** The image, if who asks may see it: without credentials public ones only, `unauthenticated` of others. */
export function checkVisible({ auth }: Request, image: Image): Image {
  if (auth.isAuthenticated || visibilityOf(image.record) === 'public') return image;
  throw new ImageServiceError('unauthenticated', 'The image is private. Send a key in the header Authorization.');
}
