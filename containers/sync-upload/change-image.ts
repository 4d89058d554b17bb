import type { ChangedImageView, ImageChangeRequest } from '../../shared/contracts/api/image-change.ts';
import { versionOf } from '../../shared/contracts/api/image-version.ts';
import { imageView } from '../../shared/contracts/api/image-view.ts';
import { pick } from '../../shared/domain/attributes.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { formatOfMediaType } from '../../shared/domain/formats/image-format.ts';
import { type ImageRecord, purgeOf } from '../../shared/domain/image-record.ts';
import { type ModerationSetting, moderationOfChanged } from '../../shared/domain/moderation.ts';
import { noteAudit } from '../../shared/http/audit.ts';
import { evaluatePreconditions } from '../../shared/http/preconditions.ts';
import type { Handler } from '../../shared/http/server.ts';
import { changeImageRecord } from '../../shared/storage/table/image-changes.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { type IngestionRules, mustRemove } from '../../shared/uploads/ingestion.ts';
import type { CdnInvalidations } from './cdn-invalidations.ts';
import { readOwnImage } from './image-access.ts';

interface Dependencies extends IngestionRules {
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
  ({ table, invalidations, moderation, ...rules }: Dependencies): Handler =>
  async (request, h) => {
    const { originalMetadata, ...asked } = request.payload as ImageChangeRequest;
    noteAudit(request, pick(request.payload as ImageChangeRequest, ['visibility', 'watermarkFor', 'originalMetadata']));
    for (;;) {
      const image = await readOwnImage(table, request, { consistent: true });
      evaluatePreconditions(request, { ...versionOf(image), isCompressed: true });
      if (asked.visibility === 'public') checkOriginal(image.record, rules, originalMetadata === 'keep');
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

/**
 * Refuses to make an original public of which something would have been removed if it had been uploaded as public. Removing it now would change its
 * checksum and so every rendition, and earlier versions in the bucket would keep it.
 */
function checkOriginal(record: ImageRecord, rules: IngestionRules, keepsMetadata: boolean): void {
  const { imageId, contentType, visibility, removed } = record;
  if (visibility !== 'private' || removed !== undefined) return;
  if (!mustRemove(rules, { contentType, visibility: 'public' })) return;
  const isSvg = formatOfMediaType(contentType) === 'svg';
  // What an SVG could run harms those who open it, and is not for its owner to accept.
  if (keepsMetadata && !isSvg) return;
  const uploadAgain = 'Upload the image again with visibility=public';
  throw new ImageServiceError(
    'original_has_metadata',
    isSvg
      ? `The SVG ${imageId} was uploaded as private, so nothing was removed of it that could run a program. ${uploadAgain}.`
      : `The image ${imageId} was uploaded as private, so its personal metadata were not removed. ${uploadAgain}, or say originalMetadata: "keep" to publish it with them.`,
  );
}
