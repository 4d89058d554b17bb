import type { PendingImageList } from '../../shared/contracts/api/moderation.ts';
import { pick } from '../../shared/domain/attributes.ts';
import { noteAudit } from '../../shared/http/audit.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { LinkKey } from '../../shared/http/signed-links.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { readPendingImages } from '../../shared/storage/table/pending-images.ts';
import { pendingImageView } from './pending-image.ts';

interface Dependencies {
  table: ImageTable;
  /** Signs the links to the bytes. Without it there are none. */
  linkKey?: LinkKey | undefined;
}

/** `GET /v1/pending-images`: of each image as much as the webhook is told. */
export const listPendingImages =
  ({ table, linkKey }: Dependencies): Handler =>
  async (request, h) => {
    const { records, nextCursor } = await readPendingImages(table, request.query as { limit: number; cursor?: string });
    const now = new Date();
    const view: PendingImageList = {
      images: records.map((record) => pendingImageView(record, now, linkKey)),
      ...(nextCursor && { nextCursor }),
    };
    const [first] = view.images;
    if (first) noteAudit(request, pick(first, ['expiresAt']));
    return h.response(view).header('cache-control', 'no-store');
  };
