import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import { imagePath } from '../../shared/contracts/api/image-view.ts';
import type { UploadView } from '../../shared/contracts/api/upload-view.ts';
import type { NamedPart } from '../../shared/domain/multipart-upload.ts';
import { Refusal } from './retries.ts';
import { type PartSending, sendMissingParts } from './send-parts.ts';
import type { Declaration } from './service-client.ts';
import type { UploadState, UploadStateFile } from './upload-state.ts';

/** An upload in parts, new or begun by an earlier run. */
export interface PartsUpload extends Omit<PartSending, 'uploadId' | 'partSize'> {
  declaration: Declaration;
  stateFile: UploadStateFile;
}

/** Begins or resumes an upload, and returns the image's record. */
export async function uploadInParts(options: PartsUpload): Promise<ImageView> {
  const { client, stateFile } = options;
  const { upload, state } = await openUpload(options);
  if (upload.status === 'completed') return client.getImage(imagePath(upload.imageId));
  try {
    return await finish(upload, state, options);
  } catch (error) {
    // Another run was faster, or the answer to this one was lost.
    if (!(error instanceof Refusal) || error.code !== 'upload_completed') throw error;
    return client.getImage(imagePath(upload.imageId));
  } finally {
    options.progress.stop();
  }

  async function openUpload({ declaration }: PartsUpload): Promise<{ upload: UploadView; state: UploadState }> {
    const known = await stateFile.read();
    if (known?.uploadId) return { upload: await client.getUpload(known.uploadId), state: known };
    const begun = known ?? { idempotencyKey: randomUUID() };
    if (!known) await stateFile.write(begun);
    const created = await client.createUpload(declaration, begun.idempotencyKey);
    const state = { ...begun, uploadId: created.uploadId };
    await stateFile.write(state);
    // A repeated create gets the answer of the first one, whatever has happened to the upload since.
    return { upload: known ? await client.getUpload(created.uploadId) : created, state };
  }
}

async function finish({ uploadId, partSize }: UploadView, state: UploadState, options: PartsUpload) {
  const { stateFile } = options;
  const sendAndComplete = async () => {
    const parts = await sendMissingParts({ ...options, uploadId, partSize });
    await stateFile.write({ ...state, parts });
    return complete(uploadId, parts, options);
  };
  try {
    return await (state.parts ? complete(uploadId, state.parts, options) : sendAndComplete());
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'invalid_part') throw error;
    return sendAndComplete();
  }
}

/** Completes the upload, which may take longer than one request. */
async function complete(uploadId: string, parts: NamedPart[], { client, photo, progress }: PartsUpload) {
  progress.begin('completing', photo.size, photo.size);
  for (;;) {
    const answer = await client.completeUpload(uploadId, parts);
    if ('image' in answer) return answer.image;
    await sleep(answer.waitSeconds * 1000);
  }
}
