import { IMAGE_TABLE } from '../../../shared/contracts/table.ts';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import type { ImageRecord } from '../../../shared/domain/image-record.ts';
import { queuedRendition, type Rendition } from '../../../shared/domain/rendition.ts';
import { updateItem } from '../../../shared/storage/table/conditional-write.ts';
import { type ImageTable, recordKey } from '../../../shared/storage/table/image-table.ts';

export const imageRecord = (facts: Partial<ImageRecord> = {}): ImageRecord => ({
  imageId: createImageId(),
  owner: 'local',
  status: 'stored',
  contentType: 'image/jpeg',
  contentLength: 12_345,
  checksumSha256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  width: 400,
  height: 300,
  createdAt: '2026-01-02T03:04:05.678Z',
  ...facts,
});

export const renditionRequest = (name = 'thumb'): RenditionRequest => ({
  name,
  commands: [{ operation: 'rotate', angle: 90, background: '#000000' }],
  output: { format: 'webp', quality: 80 },
});

export const rendition = (name = 'thumb', facts: Partial<Rendition> = {}): Rendition => ({
  ...queuedRendition(renditionRequest(name), new Date('2026-01-02T03:04:05.678Z')),
  ...facts,
});

/** Sets attributes of a record as another process would. */
export async function changeRecord(table: ImageTable, imageId: string, set: Partial<ImageRecord>): Promise<void> {
  const written = await updateItem(table, {
    key: recordKey(imageId),
    set: { imageId, ...set, ...(set.owner !== undefined && { [IMAGE_TABLE.listIndex.partitionKey]: set.owner }) },
    condition: 'attribute_exists(createdAt)',
    values: {},
  });
  if (!written) throw new Error(`no image is stored as ${imageId}`);
}
