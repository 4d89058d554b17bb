import type { UploadRecord } from '../domain/multipart-upload.ts';
import { originalKey, receivedKey } from '../domain/object-key.ts';
import type { UploadName } from '../storage/objects/object-store.ts';

/** The key under which the parts of an upload are joined. */
export const assembledKey = ({ imageId, received }: Pick<UploadRecord, 'imageId' | 'received'>): string =>
  received ? receivedKey(imageId) : originalKey(imageId);

/** The name of an upload in the store. */
export const storeUploadNameOf = (
  upload: Pick<UploadRecord, 'imageId' | 'received' | 'storeUploadId'>,
): UploadName => ({ key: assembledKey(upload), storeUploadId: upload.storeUploadId });
