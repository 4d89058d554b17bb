import type { DeletionView } from '../../shared/contracts/api/deletion-view.ts';
import { versionOf } from '../../shared/contracts/api/image-version.ts';
import type { AccessTarget } from '../../shared/domain/access.ts';
import { purgeOf } from '../../shared/domain/image-record.ts';
import { evaluatePreconditions, isConditional } from '../../shared/http/preconditions.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import type { Image, ImageTable } from '../../shared/storage/table/image-table.ts';
import type { CdnInvalidations } from './cdn-invalidations.ts';
import { mayChange } from './image-access.ts';
import { removeImage } from './remove-image.ts';

interface Dependencies {
  objects: ObjectStore;
  table: ImageTable;
  invalidations: CdnInvalidations;
}

/**
 * `DELETE /v1/images/{imageId}`. The CDN comes last, because it would otherwise fetch again what is still there. It is asked once: not again when it has accepted, and
 * never for a private image that it has nothing of.
 */
export const deleteImage =
  ({ objects, table, invalidations }: Dependencies): Handler =>
  async (request, h) => {
    const checkVersion = (image: Image) =>
      void evaluatePreconditions(request, { ...versionOf(image), isCompressed: true });
    const imageId = String(request.params.imageId);
    // An image that is deleted already needs no check: whatever version was meant, everything is as the client wants it (RFC 9110, 13.1.1).
    const options = {
      mayDelete: (target: AccessTarget) => mayChange(request, target),
      check: isConditional(request) ? checkVersion : undefined,
      owesInvalidation: invalidations.hasCdn,
    };
    const { tombstone } = await removeImage(imageId, { objects, table }, options);
    const purge = await invalidations.invalidate(purgeOf(tombstone));
    const answer = purge ? h.response({ imageId, purge } satisfies DeletionView).code(202) : h.response().code(204);
    return answer.header('cache-control', 'no-store');
  };
