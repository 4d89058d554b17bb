import { type FoundImage, readImage } from '../../shared/storage/image-table.ts';
import { type FoundUpload, isUnderWay, readUpload } from '../../shared/storage/upload-table.ts';
import type { Run } from './run.ts';

/** What it takes to look at something again. */
export type Judging = Pick<Run, 'place' | 'options' | 'looking' | 'reads' | 'youngFrom' | 'state'>;

/** The upload in parts that is to become an image, as it is now, if there was one that had not ended. */
export async function uploadNow({ place, reads, state }: Judging, imageId: string): Promise<FoundUpload | undefined> {
  const uploadId = state.progress.openUploads[imageId];
  if (uploadId === undefined) return undefined;
  await reads.take(1);
  const found = await readUpload(place.table, uploadId);
  return found && isUnderWay(found.upload.status) ? found : undefined;
}

/** An image as it is now. */
export async function readNow({ place, reads }: Judging, imageId: string): Promise<FoundImage | undefined> {
  const image = await readImage(place.table, imageId, { consistent: true });
  await reads.take(1 + (image?.renditions.length ?? 0));
  return image;
}
