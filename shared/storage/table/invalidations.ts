import type { CdnPurge } from '../../domain/image-record.ts';
import { updateItem } from './conditional-write.ts';
import { type ImageTable, recordKey } from './image-table.ts';
import { OWED_NAMES, owes } from './owed-work.ts';

/**
 * Keeps with an image or its tombstone that the CDN has accepted its invalidation, unless that was for an earlier purge. If whoever decides on the
 * image has to be told of it, that is owed from now on: one item owes one thing at a time.
 */
export async function writeInvalidation(table: ImageTable, purge: CdnPurge, invalidationId: string): Promise<void> {
  const { imageId, purgeId } = purge;
  const accepted = {
    key: recordKey(imageId),
    names: ['purgeId', 'deletedAt', 'moderation', 'moderatorToldAt'],
    values: { ':purgeId': purgeId, ':pending': 'pending' },
  };
  const condition = '(#purgeId = :purgeId OR #deletedAt = :purgeId)';
  const done = await updateItem(table, {
    ...{ ...accepted, set: { invalidationId }, remove: OWED_NAMES },
    condition: `${condition} AND (attribute_not_exists(#moderation) OR #moderation <> :pending OR attribute_exists(#moderatorToldAt))`,
  });
  if (done) return;
  await updateItem(table, {
    ...{ ...accepted, set: { invalidationId, ...owes('owed_moderation', imageId, new Date()) } },
    condition: `${condition} AND #moderation = :pending AND attribute_not_exists(#moderatorToldAt)`,
  });
}
