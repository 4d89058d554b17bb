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
    const passed = Promise.allSettled([pipeline(body, held)]);
    try {
      // What ends the body ends this too. An error of the store is told as it is, and not as what it does to the body.
      return await objects.put(key, held, options);
    } finally {
      held.destroy();
      await passed;
    }
  },
});
