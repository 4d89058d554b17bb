import { pipeline } from 'node:stream/promises';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { HeldBody } from '../../shared/uploads/verified-body.ts';

/** A store in which the original of an image is whole only after a check, which is made when all of its bytes have come. */
export const withCheckedOriginal = (
  objects: ObjectStore,
  imageId: string,
  check: () => Promise<void>,
): ObjectStore => ({
  ...objects,
  async put(key, body, options) {
    if (key !== originalKey(imageId)) return objects.put(key, body, options);
    const held = new HeldBody(check);
    // An error of the one ends the other.
    const [stored] = await Promise.all([objects.put(key, held, options), pipeline(body, held)]);
    return stored;
  },
});
