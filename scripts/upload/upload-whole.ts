import { randomUUID } from 'node:crypto';
import { create as contentDisposition } from 'content-disposition';
import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import type { PhotoFile } from './photo-file.ts';
import type { Progress } from './progress.ts';
import type { ServiceClient } from './service-client.ts';
import type { UploadStateFile } from './upload-state.ts';

/** An upload in one request. */
export interface WholeUpload {
  client: ServiceClient;
  photo: PhotoFile;
  checksumSha256: string;
  presets: string[];
  visibility: Visibility | undefined;
  stateFile: UploadStateFile;
  progress: Progress;
}

/** Sends the image in one request. A repeated request after a kill has the same Idempotency-Key, so it gets the same image. */
export async function uploadWhole(options: WholeUpload): Promise<ImageView> {
  const { client, photo, checksumSha256, presets, visibility, stateFile, progress } = options;
  const known = await stateFile.read();
  const state = known ?? { idempotencyKey: randomUUID() };
  if (!known) await stateFile.write(state);
  const headers = {
    'content-type': photo.contentType,
    ...(photo.fileName && { 'content-disposition': contentDisposition(photo.fileName) }),
    'content-digest': `sha-256=:${checksumSha256}:`,
    'idempotency-key': state.idempotencyKey,
  };
  const body = { length: photo.size, pieces: photo.pieces };
  try {
    return await client.retrying(() => {
      progress.begin('sending', photo.size);
      return client.uploadImage(body, { presets, visibility }, headers, { onSent: progress.add });
    });
  } finally {
    progress.stop();
  }
}
