import { sanitizeFileName } from '../domain/file-name.ts';
import type { ImageRecord, Visibility } from '../domain/image-record.ts';
import { queuedRendition, type SettledRequest } from '../domain/rendition.ts';
import type { Image } from '../storage/table/image-table.ts';

/** What is known about an image when it is first written, by the names of its record. `fileName` is as the sender gave it. */
export type NewImageFacts = Omit<ImageRecord, 'status' | 'createdAt' | 'placeholder' | 'dominantColor'> & {
  visibility: Visibility;
};

/** The first record of an image whose bytes are stored and checked, with its renditions. It has the facts named here, whatever else came with them. */
export function newImage(facts: NewImageFacts, renditions: SettledRequest[], now = new Date()): Image {
  const { imageId, owner, contentType, contentLength, checksumSha256 } = facts;
  const { uploadedChecksumSha256, removed, visibility, moderation, width, height, metadata, uploadId, countedAs } =
    facts;
  // An upload in parts has its file name in its metadata, as in tus.
  const fileName = sanitizeFileName(facts.fileName ?? metadata?.filename);
  return {
    record: {
      imageId,
      owner,
      status: 'stored',
      visibility,
      ...(moderation && { moderation }),
      ...(fileName && { fileName }),
      contentType,
      contentLength,
      checksumSha256,
      ...(uploadedChecksumSha256 && { uploadedChecksumSha256 }),
      ...(removed && { removed }),
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(metadata && { metadata }),
      ...(uploadId && { uploadId }),
      createdAt: now.toISOString(),
      ...(countedAs && { countedAs }),
    },
    renditions: renditions.map((request, index) => queuedRendition(request, now, index)),
  };
}

/** The renditions of an image that were requested with its upload, which is when the image was created. */
export const uploadedRenditions = ({ record, renditions }: Image): Image['renditions'] =>
  renditions.filter(({ requestedAt }) => requestedAt === record.createdAt);
