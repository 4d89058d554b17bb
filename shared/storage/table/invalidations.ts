import type { OwedWork } from '../../contracts/table.ts';
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
    values: { ':purgeId': purgeId, ':pending': 'pending' },
  };
  for (const { work, names, condition } of OWED_NEXT) {
    const owed = work && owes(work, imageId, new Date());
    const done = await updateItem(table, {
      ...{ ...accepted, set: { invalidationId, ...owed }, ...(!owed && { remove: OWED_NAMES }) },
      names: ['purgeId', 'deletedAt', ...names],
      condition: `(#purgeId = :purgeId OR #deletedAt = :purgeId) AND ${condition}`,
    });
    if (done) return;
  }
}

/** What an image owes after its purge, in the order of how often. */
const OWED_NEXT: readonly { work?: OwedWork; names: string[]; condition: string }[] = [
  { names: ['moderation'], condition: '(attribute_not_exists(#moderation) OR #moderation <> :pending)' },
  {
    work: 'owed_moderation',
    names: ['moderation', 'moderatorToldAt'],
    condition: '#moderation = :pending AND attribute_not_exists(#moderatorToldAt)',
  },
  {
    work: 'owed_decision',
    names: ['moderation', 'moderatorToldAt'],
    condition: '#moderation = :pending AND attribute_exists(#moderatorToldAt)',
  },
];
