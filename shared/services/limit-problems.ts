import { ImageServiceError } from '../domain/errors.ts';
import type { OwnerLimitValues, Standing } from '../domain/owner-limits.ts';

/** What a client that has used the requests of a window should do. */
const SLOW_DOWN: Record<'too_many_requests' | 'too_many_requests_from_address', string> = {
  too_many_requests:
    'requests a minute are the most for one owner, over all of its keys and tokens of issuers. Send them more slowly',
  too_many_requests_from_address:
    'requests a minute without valid credentials, or with upload tokens, are the most from one address. Send a key or a token of an issuer, which has a limit of its own',
};

export function tooManyRequests(code: keyof typeof SLOW_DOWN, { quota, reset }: Standing): ImageServiceError {
  const policy = code === 'too_many_requests' ? 'owner' : 'address';
  const detail = `${quota} ${SLOW_DOWN[code]}, or wait for ${reset} s.`;
  return new ImageServiceError(code, detail, {
    ...{ limit: quota, unit: 'requests', retryAfterSeconds: reset, violatedPolicies: [policy] },
  });
}

/** An upload of a mebibyte takes about as long. */
const NEXT_UPLOAD_SECONDS = 1;

/** `senders` are those of upload tokens; absent for the owner itself. */
export const tooManyUploadsAtOnce = (limit: number, senders?: string): ImageServiceError =>
  new ImageServiceError(
    'too_many_uploads_at_once',
    `${limit} uploads, or parts of uploads, ${senders === undefined ? 'of this owner' : 'with upload tokens'} are being sent, and no more may be at once. Send this one when another has ended.`,
    { limit, unit: 'uploads', retryAfterSeconds: NEXT_UPLOAD_SECONDS },
  );

interface Stored {
  images: number;
  storedBytes: number;
}

type StorageLimits = Pick<OwnerLimitValues, 'images' | 'storedBytes'>;

/** The problem of an image for which there is no place; undefined if there is. */
export function storageProblem(
  { images, storedBytes }: Stored,
  limits: StorageLimits,
  contentLength: number,
): ImageServiceError | undefined {
  if (limits.images !== null && images + 1 > limits.images) {
    const detail = `${images} images are stored, and ${limits.images} may be. Delete some (DELETE /v1/images/IMAGE_ID), or ask the operator for more.`;
    return new ImageServiceError('image_quota_reached', detail, {
      ...{ limit: limits.images, actual: images + 1, unit: 'images' },
    });
  }
  const actual = storedBytes + contentLength;
  if (limits.storedBytes === null || actual <= limits.storedBytes) return undefined;
  const detail = `With this image of ${contentLength} bytes, ${actual} would be stored, and ${limits.storedBytes} may be. Delete images (DELETE /v1/images/IMAGE_ID), or ask the operator for more.`;
  return new ImageServiceError('storage_quota_reached', detail, { limit: limits.storedBytes, actual, unit: 'bytes' });
}

/** About as long as one request of an erasure takes. */
const ERASURE_SECONDS = 20;

export const ownerBeingErased = (): ImageServiceError =>
  new ImageServiceError(
    'owner_being_erased',
    'The operator is deleting everything that this owner has stored, and nothing new is taken until that is done. Send it again then.',
    { retryAfterSeconds: ERASURE_SECONDS },
  );

const secondsUntilMidnight = (now: Date): number => Math.ceil((86_400_000 - (now.getTime() % 86_400_000)) / 1000);

interface Day {
  renditions: number;
  processingMs: number;
}

type DayLimits = Pick<OwnerLimitValues, 'renditionsPerDay' | 'processingSecondsPerDay'>;

/** Whether so many renditions may be made beside what was done today. */
export const isWithinDay = (
  { renditions, processingMs }: Day,
  { renditionsPerDay, processingSecondsPerDay }: DayLimits,
  count: number,
): boolean =>
  (renditionsPerDay === null || renditions + count <= renditionsPerDay) &&
  (processingSecondsPerDay === null || processingMs < processingSecondsPerDay * 1000);

/** The problem of work that is not to be done today; `used` is what was done, and `count` the renditions that are asked for. */
export function dayProblem(
  { renditions, processingMs }: Day,
  { renditionsPerDay, processingSecondsPerDay }: DayLimits,
  { count, now }: { count: number; now: Date },
): ImageServiceError {
  const again = 'Ask again after midnight (UTC), or ask the operator for more.';
  const retryAfterSeconds = secondsUntilMidnight(now);
  if (processingSecondsPerDay !== null && processingMs >= processingSecondsPerDay * 1000) {
    const actual = Math.ceil(processingMs / 1000);
    return new ImageServiceError(
      'processing_quota_reached',
      `Renditions have taken ${actual} s of processor time today, and ${processingSecondsPerDay} s are allowed. ${again}`,
      { limit: processingSecondsPerDay, actual, unit: 'seconds', retryAfterSeconds },
    );
  }
  const limit = renditionsPerDay ?? 0;
  return new ImageServiceError(
    'rendition_quota_reached',
    `${renditions} renditions were made today; with ${count} more there would be more than the ${limit} that are allowed. ${again}`,
    { limit, actual: renditions + count, unit: 'renditions', retryAfterSeconds },
  );
}

export function tooManyInRequest(limit: number, actual: number): ImageServiceError {
  const message = `has ${actual}, and a request may ask for ${limit}; ask for the others in another request`;
  return new ImageServiceError('invalid_request', `renditions: ${message}.`, {
    ...{ limit, actual, unit: 'renditions', errors: [{ path: 'renditions', message }] },
  });
}
