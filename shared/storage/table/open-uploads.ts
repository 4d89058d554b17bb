import { IMAGE_TABLE, openUploadsCountSortKey, openUploadsPartition } from '../../contracts/table.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { UploadRecord } from '../../domain/multipart-upload.ts';
import { updateItem } from './conditional-write.ts';
import { negated, readCount, sumOf } from './counted-entries.ts';
import { epochSeconds, type ImageTable, type Item } from './image-table.ts';

/** The owner and the day of creation determine where an upload counts. */
type Begun = Pick<UploadRecord, 'owner' | 'createdAt'>;

const DAY_SECONDS = 24 * 60 * 60;

/** Uploads of one day that nobody ended stop counting together, when the last of them has expired. */
const dayOf = (createdAt: string): string => `day_${createdAt.slice(0, 10).replaceAll('-', '_')}`;

const countKey = (owner: string): Item => ({
  [IMAGE_TABLE.partitionKey]: openUploadsPartition(owner),
  [IMAGE_TABLE.sortKey]: openUploadsCountSortKey,
});

/**
 * Counts an upload that is about to begin. Resolves to false, and does not count it, if its owner has `limit` open uploads. Sum and day are in
 * one item, so that concurrent requests can neither exceed the limit together nor keep each other from reaching it.
 */
export async function countOpenUpload(table: ImageTable, begun: Begun, limit: number): Promise<boolean> {
  const { owner, createdAt } = begun;
  const removeAfter = epochSeconds(Date.parse(createdAt)) + LIMITS.uploadSeconds + 2 * DAY_SECONDS;
  const count = () =>
    updateItem(table, {
      key: countKey(owner),
      add: { openUploads: 1, [dayOf(createdAt)]: 1 },
      set: { [IMAGE_TABLE.timeToLiveAttribute]: removeAfter },
      condition: 'attribute_not_exists(#openUploads) OR #openUploads < :limit',
      values: { ':limit': limit },
    });
  if (await count()) return true;
  return (await dropExpiredDays(table, begun)) && (await count()) !== undefined;
}

/** Stops counting an upload that has ended. If the process dies before this, the upload counts until all of its day have expired. */
export async function uncountOpenUpload(table: ImageTable, { owner, createdAt }: Begun): Promise<void> {
  const day = dayOf(createdAt);
  // The condition fails if that day is over, or the upload was counted by an earlier version.
  await updateItem(table, {
    key: countKey(owner),
    add: { openUploads: -1, [day]: -1 },
    condition: `#${day} > :none`,
    values: { ':none': 0 },
  });
}

/** How many uploads of an owner are open. */
export async function readOpenUploads(table: ImageTable, owner: string): Promise<number> {
  return sumOf(await readCount(table, countKey(owner)), 'openUploads');
}

/** Stops counting what is left of days of which no upload is open any more. Resolves to whether that has made room. */
async function dropExpiredDays(table: ImageTable, { owner, createdAt }: Begun): Promise<boolean> {
  const oldest = dayOf(new Date(Date.parse(createdAt) - LIMITS.uploadSeconds * 1000).toISOString());
  const item = (await readCount(table, countKey(owner))) ?? {};
  let hasRoom = false;
  for (const day of Object.keys(item).filter((name) => name.startsWith('day_') && name < oldest)) {
    const count = sumOf(item, day);
    const dropped = await updateItem(table, {
      ...{ key: countKey(owner), add: negated({ openUploads: count }), remove: [day] },
      ...{ condition: `#${day} = :count`, values: { ':count': count } },
    });
    hasRoom ||= dropped !== undefined && count > 0;
  }
  return hasRoom;
}
