import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import type { LimitsView } from '../../shared/contracts/api/limits-view.ts';
import type { ErrorCode } from '../../shared/domain/errors.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import { checksumOf, openPhoto } from './photo-file.ts';
import type { Progress } from './progress.ts';
import { Refusal } from './retries.ts';
import type { AskedRendition, ServiceClient } from './service-client.ts';
import { uploadInParts } from './upload-in-parts.ts';
import { UploadStateFile } from './upload-state.ts';
import { uploadWhole } from './upload-whole.ts';

/** How to upload photographs. */
export interface UploadOptions {
  client: ServiceClient;
  limits: LimitsView;
  renditions: AskedRendition[];
  /** Who may see the images; the deployment decides if it is absent. */
  visibility: Visibility | undefined;
  /** Who uploads, as `callerOf` tells it. */
  caller: string | undefined;
  /** The size in bytes from which a file is sent in parts. */
  partsFrom: number;
  direct: boolean;
  concurrency: number;
}

/** Codes with which the service answers that an upload of an earlier run cannot be resumed. */
const GONE: readonly (ErrorCode | undefined)[] = [
  'upload_not_found',
  'upload_expired',
  'upload_aborted',
  'image_deleted',
  'idempotency_key_reused',
];

/** Uploads one file and returns the image's record. If an upload of an earlier run is gone, it begins again, once. */
export async function uploadPhoto(path: string, options: UploadOptions, progress: Progress): Promise<ImageView> {
  try {
    return await attempt(path, options, progress);
  } catch (error) {
    if (!(error instanceof UploadGone)) throw error;
    progress.note(`the earlier upload is gone (${error.message}) and begins again`);
  }
  try {
    return await attempt(path, options, progress);
  } catch (error) {
    throw error instanceof UploadGone ? error.cause : error;
  }
}

class UploadGone extends Error {}

async function attempt(path: string, options: UploadOptions, progress: Progress): Promise<ImageView> {
  const { client, renditions, visibility, caller, limits, partsFrom } = options;
  await using photo = await openPhoto(path, limits);
  progress.begin('checking', photo.size);
  const checksumSha256 = await checksumOf(photo, progress.add).finally(() => progress.stop());
  const stateFile = new UploadStateFile({ base: client.base, checksumSha256, renditions, visibility, caller });
  const earlier = await stateFile.read();
  const presets = renditions.filter((rendition) => typeof rendition === 'string');
  // The query can only name presets, and an upload that was begun in parts resumes in parts.
  const isWhole = !earlier?.uploadId && presets.length === renditions.length;
  const declaration = {
    contentType: photo.contentType,
    contentLength: photo.size,
    checksumSha256,
    ...(photo.fileName && { metadata: { filename: photo.fileName } }),
    ...(renditions.length > 0 && { renditions }),
    ...(visibility && { visibility }),
  };
  const shared = { client, photo, stateFile, progress };
  try {
    const image =
      isWhole && photo.size < partsFrom && photo.size <= limits.limits.syncUploadBytes
        ? await uploadWhole({ ...shared, checksumSha256, presets, visibility })
        : await uploadInParts({ ...options, ...shared, declaration });
    await stateFile.remove();
    return image;
  } catch (error) {
    throw error instanceof Refusal ? await judge(error, { stateFile, isNew: !earlier }) : error;
  }
}

/** Removes the state of an upload that cannot be resumed. Returns UploadGone if the upload can begin again, and the refusal otherwise. */
async function judge(refusal: Refusal, { stateFile, isNew }: { stateFile: UploadStateFile; isNew: boolean }) {
  const isRejected = refusal.code === 'upload_rejected';
  const isGone = isRejected || GONE.includes(refusal.code);
  // A request that was refused before it created an upload has nothing to resume.
  const isNothing = !refusal.isRetryable && (await stateFile.read())?.uploadId === undefined;
  if (isGone || isNothing) await stateFile.remove();
  // Bytes that were refused for their content would be refused again. Otherwise, the file has changed since.
  const stands = isRejected && isNew && refusal.problem.failure?.code !== 'upload_checksum_mismatch';
  return isGone && !stands ? new UploadGone(refusal.message, { cause: refusal }) : refusal;
}
