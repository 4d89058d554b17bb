import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import type { PendingView } from '../../shared/contracts/api/image-view.ts';
import { type Failure, hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { fileOfKey, isBelowRenditionsOf } from '../../shared/domain/object-key.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import { retryAfterSeconds } from '../../shared/domain/retry-after.ts';
import { requestId } from '../../shared/http/request-id.ts';
import { noteError } from '../../shared/http/request-log.ts';
import { type Image, type ImageTable, recordDamaged } from '../../shared/storage/image-table.ts';
import { type CachePolicy, visibilityOf } from './cache-policy.ts';
import { renditionFileName } from './download-file-name.ts';
import { type ImageAccess, mayReadRecords } from './image-access.ts';
import type { PreferWait } from './prefer-wait.ts';
import type { RenditionRequests } from './rendition-requests.ts';
import { type ObjectDependencies, sendObject } from './send-object.ts';

export interface RenditionDependencies extends ObjectDependencies, ImageAccess {
  table: ImageTable;
  renditionRequests: RenditionRequests;
}

/** A request for a rendition, with the image as it was last read. */
export interface RenditionContext {
  request: Request;
  h: ResponseToolkit;
  image: Image;
  preferWait: PreferWait;
}

/** Which rendition to answer with, and how. */
interface Choice {
  name: string;
  policy: CachePolicy;
  vary?: string | undefined;
  /** The only file that is meant, where the URL names one. */
  file?: string;
}

/** The rendition of a name; `rendition_not_found` if the image has none. */
export function findRendition({ record, renditions }: Image, name: string): Rendition {
  const rendition = renditions.find((candidate) => candidate.name === name);
  if (rendition) return rendition;
  throw new ImageServiceError('rendition_not_found', `The image ${record.imageId} has no rendition ${name}.`);
}

export const fileNotFound = (imageId: string, file: string): ImageServiceError =>
  new ImageServiceError('file_not_found', `The image ${imageId} has no file ${file}.`);

/**
 * Answers with a rendition once it is ready, for which the client may wait. One whose object is damaged, or was removed by a lifecycle rule, is
 * made again.
 * Undefined where it is not ready, or failed.
 */
export async function sendRendition(
  asked: RenditionContext,
  { name, policy, vary, file }: Choice,
  { objects, stalledMs, renditionRequests }: RenditionDependencies,
): Promise<ResponseObject | undefined> {
  const { request, h, preferWait } = asked;
  for (;;) {
    asked.image = await preferWait.untilFinal(asked.image, name);
    const { record } = asked.image;
    const rendition = findRendition(asked.image, name);
    const { facts, updatedAt } = rendition;
    if (!facts) return undefined;
    if (!isBelowRenditionsOf(record.imageId, facts.key)) {
      // It may be what another image has, so whatever it is, it is not sent.
      noteError(request, recordDamaged(`The record of the rendition ${name} of ${record.imageId}`, ['facts.key']));
      asked.image = await renditionRequests.remake(asked.image, rendition, requestId(request));
      continue;
    }
    // Made again by a newer pipeline it has another hash.
    if (file !== undefined && fileOfKey(facts.key) !== file) throw fileNotFound(record.imageId, file);
    const [, extension] = fileOfKey(facts.key).split('.');
    const object = {
      ...facts,
      lastModified: new Date(updatedAt),
      visibility: visibilityOf(record),
      policy,
      fileName: record.fileName && renditionFileName(record.fileName, name.split('.')[0] ?? name),
      fallbackName: `${record.imageId}-${name.split('.')[0]}.${extension}`,
      vary,
    };
    try {
      return await sendObject(request, h, { objects, stalledMs, object });
    } catch (error) {
      if (hasCode(error, 'object_damaged')) noteError(request, error as Error);
      else if (!hasCode(error, 'object_missing')) throw error;
    }
    asked.image = await renditionRequests.remake(asked.image, rendition, requestId(request));
  }
}

/** The reason is a part of the record, and may name other images. */
function renditionFailed(name: string, failure: Failure | undefined): ImageServiceError {
  const detail = failure
    ? `${name} could not be made: ${failure.detail}`
    : `${name} could not be made. Whoever may read the image's record is told why.`;
  return new ImageServiceError('rendition_failed', detail, failure && { failure });
}

/** What there is to say of a rendition that has no bytes: that it failed, or that it is being made. */
export function sendRenditionStatus({ request, h, image, preferWait }: RenditionContext, name: string): ResponseObject {
  const { status, failure, updatedAt } = findRendition(image, name);
  if (failure) throw renditionFailed(name, mayReadRecords(request) ? failure : undefined);
  const { seconds } = preferWait;
  const response = h.response({ status } satisfies PendingView).code(202);
  if (seconds !== undefined) response.header('preference-applied', `wait=${seconds}`);
  const retryAfter = retryAfterSeconds(Date.parse(updatedAt));
  return response.header('retry-after', String(retryAfter)).header('cache-control', 'no-store');
}
