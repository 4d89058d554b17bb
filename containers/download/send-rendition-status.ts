import type { ResponseObject } from '@hapi/hapi';
import type { PendingView } from '../../shared/contracts/api/image-view.ts';
import { type Failure, ImageServiceError } from '../../shared/domain/errors.ts';
import { retryAfterSeconds } from '../../shared/domain/retry-after.ts';
import { mayReadRecord } from './image-access.ts';
import { findRendition, type RenditionContext } from './send-rendition.ts';

/** The failure is shown only to those who may read the record, because it may name other images. */
function renditionFailed(name: string, failure: Failure | undefined): ImageServiceError {
  const detail = failure
    ? `${name} could not be made: ${failure.detail}`
    : `${name} could not be made. Whoever may read the image's record is told why.`;
  return new ImageServiceError('rendition_failed', detail, failure && { failure });
}

/** Answers a request for a rendition that has no bytes: 202 while it is being made, and throws `rendition_failed` if it has failed. */
export function sendRenditionStatus({ request, h, image, preferWait }: RenditionContext, name: string): ResponseObject {
  const { status, failure, updatedAt } = findRendition(image, name);
  if (failure) throw renditionFailed(name, mayReadRecord(request, image.record) ? failure : undefined);
  const { seconds } = preferWait;
  const response = h.response({ status } satisfies PendingView).code(202);
  if (seconds !== undefined) response.header('preference-applied', `wait=${seconds}`);
  const retryAfter = retryAfterSeconds(Date.parse(updatedAt));
  return response.header('retry-after', String(retryAfter)).header('cache-control', 'no-store');
}
