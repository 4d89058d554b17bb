import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, uploadPartition, uploadSortKey } from '../../../shared/contracts/table.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import { recommendedPartSize, type UploadRecord } from '../../../shared/domain/multipart-upload.ts';
import { originalKey } from '../../../shared/domain/object-key.ts';
import { LOCAL_OWNER } from '../../../shared/domain/principal.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';
import { createUploadRecord, readUpload } from '../../../shared/storage/table/upload-table.ts';
import type { Services } from './services.ts';

/** Begins an upload, bypassing the API, with values that the API would not write. */
export async function writtenUpload(
  { objects, table }: Pick<Services, 'objects' | 'table'>,
  facts: Partial<UploadRecord>,
): Promise<UploadRecord> {
  const imageId = createImageId();
  const upload: UploadRecord = {
    uploadId: randomUUID(),
    imageId,
    owner: LOCAL_OWNER,
    status: 'open',
    contentType: 'image/jpeg',
    renditions: [],
    storeUploadId: await objects.createMultipartUpload(originalKey(imageId), { contentType: 'image/jpeg' }),
    partSize: recommendedPartSize(),
    createdAt: new Date().toISOString(),
    validUntil: new Date(Date.now() + 60_000).toISOString(),
    ...facts,
  };
  await createUploadRecord(table, upload);
  return upload;
}

export async function recordOf(table: ImageTable, uploadId: string): Promise<UploadRecord> {
  const found = await readUpload(table, uploadId);
  if (!found) throw new Error(`there is no upload ${uploadId}`);
  return found.upload;
}

/** Sets attributes of an upload's item as another process would. Undefined ones are removed. */
export async function rewriteUpload(
  { documents, tableName }: ImageTable,
  uploadId: string,
  attributes: Record<string, unknown>,
): Promise<void> {
  const entries = Object.entries(attributes);
  const set = entries.filter(([, value]) => value !== undefined);
  const remove = entries.filter(([, value]) => value === undefined);
  await documents.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { [IMAGE_TABLE.partitionKey]: uploadPartition(uploadId), [IMAGE_TABLE.sortKey]: uploadSortKey },
      UpdateExpression: [
        `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ...(remove.length > 0 ? [`REMOVE ${remove.map(([name]) => `#${name}`).join(', ')}`] : []),
      ].join(' '),
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
    }),
  );
}

/** An upload whose completion was begun by a process that has ended, or that is still alive. */
export const claimUpload = (
  table: ImageTable,
  uploadId: string,
  { alive = false, ...attributes }: { alive?: boolean; [attribute: string]: unknown } = {},
): Promise<void> =>
  rewriteUpload(table, uploadId, {
    status: 'completing',
    token: 'of somebody else',
    claimedUntil: alive ? Math.floor(Date.now() / 1000) + 60 : 0,
    ...attributes,
  });
