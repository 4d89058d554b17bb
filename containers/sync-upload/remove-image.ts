import type { Tombstone } from '../../shared/domain/image-record.ts';
import { originalKey, receivedKey, renditionsPrefix } from '../../shared/domain/object-key.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { deleteImageRecord } from '../../shared/storage/table/image-deletion.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { writeUploadTombstone } from '../../shared/storage/table/upload-table.ts';

/**
 * Removes an image with everything that belongs to it, or what an earlier removal has left, and answers its tombstone and how many objects it has
 * removed. An original counts also if an earlier removal had it: stores do not tell. The record goes first, so that nobody is shown an image whose bytes
 * are going.
 */
export async function removeImage(
  imageId: string,
  { objects, table }: { objects: ObjectStore; table: ImageTable },
  options: Parameters<typeof deleteImageRecord>[2],
): Promise<{ tombstone: Tombstone; objects: number }> {
  const tombstone = await deleteImageRecord(table, imageId, options);
  await writeUploadTombstone(table, tombstone);
  const [renditions] = await Promise.all([
    objects.deletePrefix(renditionsPrefix(imageId)),
    objects.delete(originalKey(imageId)),
    // A completion that died may have left what was uploaded.
    ...(tombstone.uploadId === undefined ? [] : [objects.delete(receivedKey(imageId))]),
  ]);
  return { tombstone, objects: 1 + renditions };
}
