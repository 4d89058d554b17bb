import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { imagePath, imageView } from '../../shared/contracts/api/image-view.ts';
import type { PartsToComplete } from '../../shared/contracts/api/upload-request.ts';
import type { UploadView } from '../../shared/contracts/api/upload-view.ts';
import { uploadedImageView } from '../../shared/contracts/api/uploader-view.ts';
import { pick } from '../../shared/domain/attributes.ts';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { fingerprintOf } from '../../shared/domain/fingerprint.ts';
import { checkPartOrder, type NamedPart, type UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { noteAudit } from '../../shared/http/audit.ts';
import { principalOf } from '../../shared/http/authentication.ts';
import { requestId } from '../../shared/http/request-id.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type Image, type ImageTable, readCreatedImage } from '../../shared/storage/table/image-table.ts';
import { claimCompletion } from '../../shared/storage/table/upload-completion.ts';
import { type FoundUpload, readUpload } from '../../shared/storage/table/upload-table.ts';
import type { Completions } from './completions.ts';
import type { UploadDependencies } from './dependencies.ts';
import { RETRY_AFTER_SECONDS, readOwnUpload, uploadRefusal, viewFor } from './upload-access.ts';

/** How long a request waits for its upload: well inside the 30 s and 60 s after which CloudFront and load balancers give up. */
const ANSWER_WITHIN_MS = 20_000;

/** How often a request that waits for another looks whether that one is done. */
const POLL_MS = 200;

interface Options {
  completions: Completions;
  answerWithinMs?: number | undefined;
}

/** `POST /v1/uploads/{uploadId}/complete` */
export const completeUpload =
  (
    { table, limits }: Pick<UploadDependencies, 'table' | 'limits'>,
    { completions, answerWithinMs = ANSWER_WITHIN_MS }: Options,
  ): Handler =>
  async (request, h) => {
    const parts = partsOf(request);
    const partsFingerprint = fingerprintOf(parts);
    const deadline = Date.now() + answerWithinMs;
    let found = await readOwnUpload(table, request);
    if (found.upload.status !== 'completed') await limits.checkOwner(found.upload.owner);
    // Each turn either completes the upload, or waits for the request that holds it.
    while (found.upload.status !== 'completed') {
      const { upload, isHeld } = found;
      refuseUnlessCompletable(found);
      const claim = isHeld ? undefined : await claimCompletion(table, upload, partsFingerprint);
      const goesOn = claim
        ? await endsBy(
            deadline,
            completions
              .begin({ upload, claim, parts, partsFingerprint, requestId: requestId(request) })
              .catch(unlessTakenOver),
          )
        : await pauseUntil(deadline);
      if (!goesOn) return answerUnderWay(viewFor(request, { ...upload, status: 'completing' }), h);
      found = await readAgain(table, upload);
    }
    const { record, renditions } = await readMadeImage(table, found.upload, partsFingerprint);
    const { uploadToken } = principalOf(request) ?? {};
    const { visibility = 'public' } = found.upload;
    const view = uploadToken
      ? uploadedImageView(record, { ...uploadToken, visibility })
      : imageView(record, renditions);
    noteAudit(request, pick(view, ['imageId', 'visibility']));
    return h.response(view).code(201).location(imagePath(view.imageId)).header('cache-control', 'no-store');
  };

/** The parts that the request lists; refuses a list that was meant for another upload. */
function partsOf({ payload, params }: Request): NamedPart[] {
  const { parts, uploadId } = payload as PartsToComplete;
  if (uploadId !== undefined && uploadId !== params.uploadId) {
    const message = `is ${uploadId}, and the path names another upload`;
    const detail = `The list has the parts of another upload: its uploadId ${message}.`;
    throw new ImageServiceError('invalid_request', detail, { errors: [{ path: 'uploadId', message }] });
  }
  checkPartOrder(parts);
  return parts;
}

/** An upload under completion can be taken over once nobody holds it; any other must be open. */
function refuseUnlessCompletable(found: FoundUpload): void {
  const refusal = found.upload.status === 'completing' ? undefined : uploadRefusal(found);
  if (refusal) throw refusal;
}

/** A completion that was taken for dead may have gone on. What has become of its upload meanwhile is the answer. */
function unlessTakenOver(error: unknown): void {
  if (!hasCode(error, 'upload_completing')) throw error;
}

async function readAgain(table: ImageTable, { uploadId }: UploadRecord): Promise<FoundUpload> {
  const found = await readUpload(table, uploadId);
  if (!found) throw new Error(`the record of the upload ${uploadId} is gone`);
  return found;
}

/** Waits for a moment; false if the deadline has passed already. */
async function pauseUntil(deadline: number): Promise<boolean> {
  if (Date.now() > deadline) return false;
  await sleep(POLL_MS);
  return true;
}

/** Whether the work ends before the deadline; rejects as the work does. */
async function endsBy(deadline: number, work: Promise<void>): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      work.then(() => true),
      sleep(Math.max(0, deadline - Date.now()), false, { signal: timer.signal }),
    ]);
  } finally {
    timer.abort();
  }
}

/** The image that the upload has become; refuses another list of parts than the one it was made from. */
async function readMadeImage(table: ImageTable, upload: UploadRecord, partsFingerprint: string): Promise<Image> {
  const { uploadId, imageId } = upload;
  // The image is read first, because the record of an upload whose image was deleted has lost its fingerprint.
  const image = await readCreatedImage(table, imageId);
  if (upload.partsFingerprint === partsFingerprint) return image;
  const detail = `The upload ${uploadId} has become the image ${imageId}, from another list of parts.`;
  throw new ImageServiceError('upload_completed', detail, { imageId });
}

const answerUnderWay = (view: UploadView, h: ResponseToolkit): ResponseObject =>
  h.response(view).code(202).header('retry-after', String(RETRY_AFTER_SECONDS)).header('cache-control', 'no-store');
