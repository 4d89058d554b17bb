import { setTimeout as sleep } from 'node:timers/promises';
import type { ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { imagePath, imageView } from '../../shared/contracts/api/image-view.ts';
import type { PartsToComplete } from '../../shared/contracts/api/upload-request.ts';
import { uploadView } from '../../shared/contracts/api/upload-view.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { fingerprintOf } from '../../shared/domain/fingerprint.ts';
import { checkPartOrder } from '../../shared/domain/multipart-upload.ts';
import { requestId } from '../../shared/http/request-id.ts';
import type { Handler } from '../../shared/http/server.ts';
import { readCreatedImage } from '../../shared/storage/table/image-table.ts';
import { claimCompletion } from '../../shared/storage/table/upload-completion.ts';
import { type FoundUpload, readUpload } from '../../shared/storage/table/upload-table.ts';
import type { Completions } from './completions.ts';
import type { UploadDependencies } from './dependencies.ts';
import { RETRY_AFTER_SECONDS, readOwnUpload, whyNotOpen } from './own-upload.ts';

/** How long a request waits for its upload: well inside the 30 s and 60 s after which CloudFront and load balancers give up. */
export const ANSWER_WITHIN_MS = 20_000;

/** How often somebody who waits for another request looks whether it is done. */
const LOOK_MS = 200;

interface Options {
  completions: Completions;
  answerWithinMs?: number;
}

/** `POST /v1/uploads/{uploadId}/complete` */
export const completeUpload =
  (
    { table }: Pick<UploadDependencies, 'table'>,
    { completions, answerWithinMs = ANSWER_WITHIN_MS }: Options,
  ): Handler =>
  async (request, h) => {
    const { parts, uploadId: named } = request.payload as PartsToComplete;
    if (named !== undefined && named !== request.params.uploadId) throw ofAnother(named);
    checkPartOrder(parts);
    const partsFingerprint = fingerprintOf(parts);
    const until = Date.now() + answerWithinMs;
    let found: FoundUpload | undefined = await readOwnUpload(table, request);
    const { uploadId } = found.upload;

    // Until it is completed or refused: by this request, or by another that holds it, whose end is waited for.
    for (; ; found = await readUpload(table, uploadId)) {
      if (!found) throw new Error(`the record of the upload ${uploadId} is gone`);
      const { upload } = found;
      if (upload.status === 'completed') return answerCompleted(found, partsFingerprint, h);
      if (upload.status !== 'completing') throwUnlessOpen(found);
      const claim = found.isHeld ? undefined : await claimCompletion(table, upload, partsFingerprint);
      if (!claim) {
        if (Date.now() > until) return answerUnderWay(found, h);
        await sleep(LOOK_MS);
        continue;
      }
      const work = completions.begin({ upload, claim, parts, partsFingerprint, requestId: requestId(request) });
      if (!(await endsBy(until, work))) return answerUnderWay(found, h);
    }

    function throwUnlessOpen(found: FoundUpload): void {
      const refusal = whyNotOpen(found);
      if (refusal) throw refusal;
    }

    async function answerCompleted(
      { upload }: FoundUpload,
      asked: string,
      h: ResponseToolkit,
    ): Promise<ResponseObject> {
      // First: of an upload whose image was deleted nothing else is left.
      const { record, renditions } = await readCreatedImage(table, upload.imageId);
      const { imageId } = record;
      if (upload.partsFingerprint !== asked) {
        const detail = `The upload ${upload.uploadId} has become the image ${imageId}, from another list of parts.`;
        throw new ImageServiceError('upload_completed', detail, { imageId });
      }
      const view = imageView(record, renditions);
      return h.response(view).code(201).location(imagePath(imageId)).header('cache-control', 'no-store');
    }
  };

function ofAnother(uploadId: string): ImageServiceError {
  const message = `is ${uploadId}, and the path names another upload`;
  return new ImageServiceError(
    'invalid_request',
    `The list has the parts of another upload: its uploadId ${message}.`,
    {
      errors: [{ path: 'uploadId', message }],
    },
  );
}

/** Whether work ends before a time; fails as it does. */
async function endsBy(time: number, work: Promise<void>): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      work.then(() => true),
      sleep(Math.max(0, time - Date.now()), false, { signal: timer.signal }),
    ]);
  } finally {
    timer.abort();
  }
}

const answerUnderWay = ({ upload }: FoundUpload, h: ResponseToolkit): ResponseObject =>
  h
    .response(uploadView({ ...upload, status: 'completing' }))
    .code(202)
    .header('retry-after', String(RETRY_AFTER_SECONDS))
    .header('cache-control', 'no-store');
