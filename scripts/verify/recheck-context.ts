import {
  type FoundImage,
  type ImageItems,
  imageFromItems,
  readImageItems,
} from '../../shared/storage/table/image-table.ts';
import { isValidItem } from '../../shared/storage/table/item-validation.ts';
import { type FoundUpload, readUpload } from '../../shared/storage/table/upload-table.ts';
import type { VerifyRun } from './run.ts';

/** What a recheck needs of a run. */
export type RecheckContext = Pick<
  VerifyRun,
  'stack' | 'options' | 'looking' | 'reads' | 'recentFrom' | 'state' | 'openUploads'
>;

/** Reads the current state of an image's multipart upload, if the scan saw one that had not ended; undefined if it has been completed. */
export async function readUploadNow(
  { stack, reads, state }: RecheckContext,
  imageId: string,
): Promise<FoundUpload | undefined> {
  const uploadId = state.progress.openUploads[imageId];
  if (uploadId === undefined) return undefined;
  await reads.take(1);
  const found = await readUpload(stack.table, uploadId);
  return found?.upload.status === 'completed' ? undefined : found;
}

/** The current state of an image in the table. */
export interface ImageState {
  /** Undefined if there is no image or its record is damaged. */
  image: FoundImage | undefined;
  /** Whether the record exists but is damaged. */
  isDamaged: boolean;
  /** Whether some of the renditions are damaged, so that nobody knows what they are. */
  hasDamaged: boolean;
}

/** Reads the current state of an image, strongly consistent. */
export async function readImageNow({ stack, reads }: RecheckContext, imageId: string): Promise<ImageState> {
  const items = await readImageItems(stack.table, imageId, { consistent: true });
  await reads.take(1 + items.renditions.length);
  return imageStateFrom(imageId, items);
}

export function imageStateFrom(imageId: string, items: ImageItems): ImageState {
  const isDamaged = items.record !== undefined && !isValidItem(items.record);
  return {
    image: isDamaged ? undefined : imageFromItems(imageId, items),
    isDamaged,
    hasDamaged: !items.renditions.every(isValidItem),
  };
}
