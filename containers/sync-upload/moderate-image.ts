import type { ModerationRequest, ModerationView } from '../../shared/contracts/api/moderation.ts';
import { pick } from '../../shared/domain/attributes.ts';
import { purgeOf } from '../../shared/domain/image-record.ts';
import { noteAudit } from '../../shared/http/audit.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import type { CdnInvalidations } from './cdn-invalidations.ts';
import { decideModeration } from './decide-moderation.ts';

interface Dependencies {
  table: ImageTable;
  invalidations: CdnInvalidations;
}

/** `PUT /v1/images/{imageId}/moderation`, of images of any owner. What is rejected and was public is purged as if it were made private. */
export const moderateImage =
  ({ table, invalidations }: Dependencies): Handler =>
  async (request, h) => {
    const imageId = String(request.params.imageId);
    const decision = request.payload as ModerationRequest;
    noteAudit(request, { decision: decision.decision });
    const { record } = await decideModeration(table, { imageId, ...decision }, invalidations);
    noteAudit(request, { subjectOwner: record.owner });
    const purge = decision.decision === 'rejected' ? await invalidations.invalidate(purgeOf(record)) : undefined;
    const view: ModerationView = {
      ...pick(record, ['imageId', 'moderation', 'moderationReason']),
      ...(purge && { purge }),
    };
    return h
      .response(view)
      .code(purge ? 202 : 200)
      .header('cache-control', 'no-store');
  };
