import type { RenditionRequest } from '../domain/commands.ts';
import { keptFileName } from '../domain/file-name.ts';
import type { ImageRecord } from '../domain/image-record.ts';
import { queuedRendition } from '../domain/rendition.ts';
import type { Image } from '../storage/table/image-table.ts';

/** What is known of an image when it is first written; the names are those of its record. `fileName` as its sender gave it. */
export type NewImageFacts = Omit<ImageRecord, 'status' | 'createdAt' | 'placeholder' | 'dominantColor'>;

/** An image whose bytes are stored and checked, with its renditions, as both are first written: the facts that are named here, whatever else came with them. */
export function newImage(facts: NewImageFacts, renditions: RenditionRequest[], now = new Date()): Image {
  const { imageId, owner, contentType, contentLength, checksumSha256 } = facts;
  const { visibility, width, height, metadata, uploadId } = facts;
  // An upload in parts has it where tus has it.
  const fileName = keptFileName(facts.fileName ?? metadata?.filename);
  return {
    record: {
      imageId,
      owner,
      status: 'stored',
      ...(visibility && { visibility }),
      ...(fileName && { fileName }),
      contentType,
      contentLength,
      checksumSha256,
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(metadata && { metadata }),
      ...(uploadId && { uploadId }),
      createdAt: now.toISOString(),
    },
    renditions: renditions.map((request, place) => queuedRendition(request, now, place)),
  };
}

/** Those of an image's renditions that came with its upload: their times are the same moment. */
export const uploadedRenditions = ({ record, renditions }: Image): Image['renditions'] =>
  renditions.filter(({ requestedAt }) => requestedAt === record.createdAt);
