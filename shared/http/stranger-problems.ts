import { type ErrorCode, ImageServiceError } from '../domain/errors.ts';

const NO_ROOM = 'There is no room for this image. Tell whoever runs this page.';
const NOT_TODAY = 'No more can be made of images today. Try again tomorrow, or tell whoever runs this page.';

/** Of which problems a stranger, who has an upload token, is told this instead: in full they tell how much the owner has and may have, and what becomes of it. */
const TOLD_TO_STRANGERS: Partial<Record<ErrorCode, string>> = {
  too_many_uploads: 'There is no room for another upload now. Try again later.',
  too_many_uploads_at_once: 'Too many uploads are being sent now. Send this one when another has ended.',
  storage_quota_reached: NO_ROOM,
  image_quota_reached: NO_ROOM,
  rendition_quota_reached: NOT_TODAY,
  processing_quota_reached: NOT_TODAY,
  owner_being_erased: 'No images are taken here now. Tell whoever runs this page.',
};

/** A problem as a stranger may see it, without the figures of the owner. */
export function forStranger(error: ImageServiceError): ImageServiceError {
  const detail = TOLD_TO_STRANGERS[error.code];
  if (detail === undefined) return error;
  const { retryAfterSeconds } = error.facts;
  return new ImageServiceError(error.code, detail, { ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
}
