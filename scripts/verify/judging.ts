import { type FoundImage, readImage } from '../../shared/storage/image-table.ts';
import type { Run } from './run.ts';

/** What it takes to look at something again. */
export type Judging = Pick<Run, 'place' | 'options' | 'looking' | 'reads' | 'youngFrom'>;

/** An image as it is now. */
export async function readNow({ place, reads }: Judging, imageId: string): Promise<FoundImage | undefined> {
  const image = await readImage(place.table, imageId, { consistent: true });
  await reads.take(1 + (image?.renditions.length ?? 0));
  return image;
}
