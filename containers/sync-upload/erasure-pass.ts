import { hasCode } from '../../shared/domain/errors.ts';
import { purgeOf } from '../../shared/domain/image-record.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { preventImage } from '../../shared/storage/table/image-deletion.ts';
import { epochSeconds, type ImageTable, isStored, readImageIfValid } from '../../shared/storage/table/image-table.ts';
import { resolveLeftEntries } from '../../shared/storage/table/left-entries.ts';
import { listOpenUploads, listOwnedImages } from '../../shared/storage/table/owned-items.ts';
import { type Erasure, forgetBegun, MOST_NOTED, noteBegun } from '../../shared/storage/table/owner-erasure.ts';
import { giveBackImage } from '../../shared/storage/table/stored-usage.ts';
import { abortUploadRecord, readUpload, removeUploadItem } from '../../shared/storage/table/upload-table.ts';
import { deleteOrphanedOriginal } from '../../shared/uploads/orphaned-original.ts';
import { storeUploadNameOf } from '../../shared/uploads/upload-objects.ts';
import type { CdnInvalidations } from './cdn-invalidations.ts';
import { removeImage } from './remove-image.ts';

/** What an erasure needs. */
export interface ErasureDependencies {
  objects: ObjectStore;
  table: ImageTable;
  invalidations: CdnInvalidations;
}

/** What this request has removed: ids, how many objects the images had, and the images of which the CDN is asked. */
interface Removed {
  images: Map<string, number>;
  uploads: Set<string>;
  purged: Set<string>;
}

export const nothingRemoved = (): Removed => ({ images: new Map(), uploads: new Set(), purged: new Set() });

/** What one request works on. */
export interface ErasureWork extends ErasureDependencies {
  erasure: Erasure;
  /** Epoch milliseconds after which nothing new is begun. */
  deadline: number;
  removed: Removed;
  /** What could not be removed, and has to be tried again. */
  errors: unknown[];
}

/**
 * Seconds after which whoever has a place for an image is not waited for any more. What it writes is refused before that too; afterwards nobody looks for
 * what it has written, so it must be longer than the few requests to AWS that lie between.
 */
const ARRIVAL_SECONDS = 120;

/**
 * Goes once through everything that is left of an owner, and removes it. Resolves to what it met: `nothing`; `something` that it has removed; or only what is
 * `under way` and has to be waited for, such as a list that is behind the table.
 */
export async function eraseOnce(work: ErasureWork): Promise<'nothing' | 'something' | 'under way'> {
  const { table, erasure, removed, errors } = work;
  const before = removed.images.size + removed.uploads.size;
  const { owner, arriving } = erasure;
  // What a request that died has begun is in no list any more.
  await removeImages(erasure.begun, work);
  for (const { imageId } of arriving) await preventImage(table, { imageId, owner });
  for (const ids of inBatches(arriving.map(({ imageId }) => imageId))) await noteAndRemove(ids, work);
  const late = arriving.filter(({ since }) => since < epochSeconds() - ARRIVAL_SECONDS);
  for (const image of late) await giveBackImage(table, { owner, ...image }, image.reservation);
  const isHeld = await endUploads(work);
  const hasListed = await removeListed(work);
  await resolveLeftEntries(table, owner);
  if (errors.length > 0) throw errors[0];
  if (removed.images.size + removed.uploads.size > before) return 'something';
  return hasListed || isHeld || erasure.isLeaving || arriving.length > late.length ? 'under way' : 'nothing';
}

function* inBatches(ids: string[]): Generator<string[]> {
  for (let index = 0; index < ids.length; index += MOST_NOTED) yield ids.slice(index, index + MOST_NOTED);
}

/** Removes the images in the owner's list. Resolves to whether there were any. */
async function removeListed(work: ErasureWork): Promise<boolean> {
  let hasListed = false;
  for await (const ids of listOwnedImages(work.table, work.erasure.owner, MOST_NOTED)) {
    hasListed ||= ids.length > 0;
    if (Date.now() > work.deadline) return hasListed;
    await noteAndRemove(ids, work);
  }
  return hasListed;
}

async function noteAndRemove(imageIds: string[], work: ErasureWork): Promise<void> {
  if (imageIds.length === 0 || !(await noteBegun(work.table, work.erasure, imageIds))) return;
  await removeImages(imageIds, work);
}

/** Removes images that are noted, and forgets those of which nothing is left. */
async function removeImages(imageIds: readonly string[], work: ErasureWork): Promise<void> {
  const { erasure, invalidations, removed, errors } = work;
  const options = { owesInvalidation: invalidations.hasCdn && erasure.purge !== 'all' };
  const gone: string[] = [];
  // A list that is behind the table names an image again whose renditions have gone.
  const count = (imageId: string, objects: number) =>
    removed.images.set(imageId, Math.max(objects, removed.images.get(imageId) ?? 0));
  const remove = async (imageId: string) => {
    try {
      const { tombstone, objects } = await removeImage(imageId, work, options);
      count(imageId, objects);
      const purge = options.owesInvalidation ? purgeOf(tombstone) : undefined;
      if (purge) removed.purged.add(imageId);
      // It never rejects, and what the CDN does not accept is owed.
      void invalidations.invalidate(purge);
    } catch (error) {
      // Its tombstone was removed since, weeks after the image.
      if (!hasCode(error, 'image_not_found')) return void errors.push(error);
      count(imageId, 0);
    }
    gone.push(imageId);
  };
  await Promise.all(imageIds.map(remove));
  for (const ids of inBatches(gone)) await forgetBegun(work.table, erasure, ids);
}

/** Ends the owner's open uploads. Resolves to whether there are some that somebody is completing. */
async function endUploads(work: ErasureWork): Promise<boolean> {
  let isHeld = false;
  for await (const ids of listOpenUploads(work.table, work.erasure.owner, MOST_NOTED)) {
    if (Date.now() > work.deadline) return true;
    await Promise.all(
      ids.map(async (uploadId) => {
        try {
          if (await endUpload(uploadId, work)) work.removed.uploads.add(uploadId);
          else isHeld = true;
        } catch (error) {
          work.errors.push(error);
        }
      }),
    );
  }
  return isHeld;
}

/**
 * Ends an upload with its parts, which go first, because its record is in no list any more once it has ended. Resolves to false if somebody is completing
 * it, or it has become an image.
 */
async function endUpload(uploadId: string, { table, objects }: ErasureWork): Promise<boolean> {
  const found = await readUpload(table, uploadId).catch((error: unknown) => {
    // Nobody knows what the store calls it. Its parts expire there.
    if (hasCode(error, 'object_damaged')) return undefined;
    throw error;
  });
  if (!found) {
    await removeUploadItem(table, uploadId);
    return true;
  }
  const { upload, isHeld } = found;
  if (isHeld || isStored(await readImageIfValid(table, upload.imageId, { consistent: true }))) return false;
  const removeBytes = async () => {
    await objects.abortMultipartUpload(storeUploadNameOf(upload));
    return deleteOrphanedOriginal(upload, { objects, table });
  };
  if (!(await removeBytes()) || !(await abortUploadRecord(table, uploadId))) return false;
  // Parts may have been joined between the two.
  return removeBytes();
}
