import { type ImageVersion, versionOf } from '../../shared/contracts/api/image-version.ts';
import { isSettled } from '../../shared/domain/rendition.ts';
import type { Image } from '../../shared/storage/table/image-table.ts';

/** An image's record at one moment, as it is sent to clients. */
export interface ImageSnapshot extends ImageVersion {
  /** Whether the image changes only if somebody requests something. */
  isSettled: boolean;
  isDeleted: boolean;
}

export const snapshotOf = (image: Image): ImageSnapshot => ({
  ...versionOf(image),
  isSettled: isSettled(image.renditions),
  isDeleted: false,
});
