import { pick } from '../../domain/attributes.ts';
import type { IMAGE_ATTRIBUTES, ImageRecord, Visibility } from '../../domain/image-record.ts';
import type { UploadRecord } from '../../domain/multipart-upload.ts';
import { queuedRendition } from '../../domain/rendition.ts';
import type { UploadToken } from '../../domain/upload-token.ts';
import { type ImageView, imageView } from './image-view.ts';
import { type UploadView, uploadView } from './upload-view.ts';

type Attributes = typeof IMAGE_ATTRIBUTES;
type Shown = { [Name in keyof Attributes]: Attributes[Name] extends 'shown' ? Name : never }[keyof Attributes];

/**
 * Which attributes of an image the holder of its upload token sees: those that the upload itself has decided. The others its owner alone knows, or they
 * tell what became of the image.
 */
const TOLD: Record<Exclude<Shown, 'visibility'>, boolean> = {
  imageId: true,
  status: true,
  fileName: true,
  contentType: true,
  contentLength: true,
  checksumSha256: true,
  uploadedChecksumSha256: true,
  removed: true,
  width: true,
  height: true,
  createdAt: true,
  watermarkFor: false,
  moderation: false,
  moderationReason: false,
  placeholder: false,
  dominantColor: false,
  metadata: false,
  changedAt: false,
};
const TOLD_NAMES = (Object.keys(TOLD) as (keyof typeof TOLD)[]).filter((name) => TOLD[name]);

/**
 * An image as the holder of its upload token sees it, who is a stranger: as it was when it was uploaded, whatever has become of it. `visibility` is that
 * of the upload.
 */
export function uploadedImageView(
  record: ImageRecord,
  { renditions, visibility }: Pick<UploadToken, 'renditions'> & { visibility: Visibility },
): ImageView {
  const then = new Date(record.createdAt);
  return imageView(
    { ...pick(record, TOLD_NAMES), owner: record.owner, visibility },
    renditions.map((request, index) => queuedRendition(request, then, index)),
  );
}

/** An upload as the holder of its token sees it: without the metadata that its owner gives the image. */
export const uploadOfTokenView = ({ metadata: _ofOwner, ...upload }: UploadRecord): UploadView => uploadView(upload);
