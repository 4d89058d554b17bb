import { isWhole } from '../../shared/storage/damaged-items.ts';
import { type FoundImage, type ImageItems, imageOf, readImageItems } from '../../shared/storage/image-table.ts';
import { type FoundUpload, readUpload } from '../../shared/storage/upload-table.ts';
import type { Run } from './run.ts';

/** What it takes to look at something again. */
export type Judging = Pick<Run, 'place' | 'options' | 'looking' | 'reads' | 'youngFrom' | 'state' | 'openUploads'>;

/** The upload in parts of an image, as it is now, if there was one that had not ended; none where it was completed. */
export async function uploadNow({ place, reads, state }: Judging, imageId: string): Promise<FoundUpload | undefined> {
  const uploadId = state.progress.openUploads[imageId];
  if (uploadId === undefined) return undefined;
  await reads.take(1);
  const found = await readUpload(place.table, uploadId);
  return found?.upload.status === 'completed' ? undefined : found;
}

/** What the table has of an image. */
export interface Seen {
  /** Undefined where there is none, or its record is damaged. */
  image: FoundImage | undefined;
  /** Its record is there, and does not say what it should. */
  isDamaged: boolean;
  /** Of some of its renditions nobody knows what they are. */
  hasDamaged: boolean;
}

/** An image as it is now. */
export async function readNow({ place, reads }: Judging, imageId: string): Promise<Seen> {
  const items = await readImageItems(place.table, imageId, { consistent: true });
  await reads.take(1 + items.renditions.length);
  return seenIn(imageId, items);
}

export function seenIn(imageId: string, items: ImageItems): Seen {
  const isDamaged = items.record !== undefined && !isWhole(items.record);
  return {
    image: isDamaged ? undefined : imageOf(imageId, items),
    isDamaged,
    hasDamaged: !items.renditions.every(isWhole),
  };
}
