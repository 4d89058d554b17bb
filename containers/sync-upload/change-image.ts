import type { ChangedImageView, ImageChangeRequest } from '../../shared/contracts/api/image-change.ts';
import { versionOf } from '../../shared/contracts/api/image-version.ts';
import { imageView } from '../../shared/contracts/api/image-view.ts';
import { purgeOf } from '../../shared/domain/image-record.ts';
import { type ModerationSetting, moderationOfChanged } from '../../shared/domain/moderation.ts';
import { evaluatePreconditions } from '../../shared/http/preconditions.ts';
import type { Handler } from '../../shared/http/server.ts';
import { changeImageRecord } from '../../shared/storage/table/image-changes.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import type { CdnInvalidations } from './cdn-invalidations.ts';
import { readOwnImage } from './image-access.ts';

interface Dependencies {
  table: ImageTable;
  invalidations: CdnInvalidations;
  /** Which images wait for a decision before their bytes are delivered. */
  moderation: ModerationSetting;
}

/**
 * `PATCH /v1/images/{imageId}`. The answer waits a few seconds for the CDN if the image is to be private: a repetition asks again for a purge that it has
 * not accepted, and changes nothing else.
 */
export const changeImage =
  ({ table, invalidations, moderation }: Dependencies): Handler =>
  async (request, h) => {
    const asked = request.payload as ImageChangeRequest;
    for (;;) {
      const image = await readOwnImage(table, request, { consistent: true });
      evaluatePreconditions(request, { ...versionOf(image), isCompressed: true });
      const change = { ...asked, ...moderationOfChanged(moderation, image.record, { ...image.record, ...asked }) };
      const record = await changeImageRecord(table, image.record, { change, hasCdn: invalidations.hasCdn });
      // Somebody else has changed it since: what they made of it is looked at anew.
      if (!record) continue;
      const purge = asked.visibility === 'private' ? await invalidations.invalidate(purgeOf(record)) : undefined;
      const changed = { record, renditions: image.renditions };
      const view: ChangedImageView = { ...imageView(record, image.renditions), ...(purge && { purge }) };
      return h
        .response(view)
        .code(purge ? 202 : 200)
        .header('etag', versionOf(changed).eTag)
        .header('cache-control', 'no-store');
    }
  };
