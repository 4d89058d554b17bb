import { type ImageVersion, versionOf } from '../../shared/contracts/api/image-version.ts';
import { isSettled } from '../../shared/domain/rendition.ts';
import type { Image } from '../../shared/storage/image-table.ts';

/** What is told of an image, ready to be sent. */
export interface ImageSnapshot extends ImageVersion {
  /** Whether nothing will change until somebody asks for something. */
  isSettled: boolean;
  isDeleted: boolean;
}

export const snapshotOf = (image: Image): ImageSnapshot => ({
  ...versionOf(image),
  isSettled: isSettled(image.renditions),
  isDeleted: false,
});
