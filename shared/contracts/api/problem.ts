import Joi from 'joi';
import { ERRORS, type ErrorCode, type ErrorFacts, type ImageServiceError } from '../../domain/errors.ts';

/** The media type of every error (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The HTTP status of each error. Codes that only occur in a rendition's record have the status of the rendition's download. */
export const PROBLEM_STATUS = {
  invalid_request: 400,
  malformed_request: 400,
  malformed_json: 400,
  malformed_form: 400,
  unknown_preset: 400,
  unknown_operation: 400,
  empty_body: 400,
  incomplete_body: 400,
  digest_mismatch: 400,
  invalid_part: 400,
  invalid_part_order: 400,
  part_too_small: 400,
  upload_length_mismatch: 400,
  unauthenticated: 401,
  token_invalid: 401,
  token_expired: 401,
  forbidden: 403,
  upload_token_exceeded: 403,
  transformation_not_allowed: 403,
  moderation_pending: 403,
  moderation_rejected: 403,
  storage_quota_reached: 403,
  image_quota_reached: 403,
  owner_being_erased: 403,
  host_not_allowed: 403,
  origin_not_allowed: 403,
  part_url_invalid: 403,
  part_url_expired: 403,
  link_invalid: 403,
  link_expired: 403,
  route_not_found: 404,
  image_not_found: 404,
  upload_not_found: 404,
  rendition_not_found: 404,
  file_not_found: 404,
  object_missing: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  idempotency_key_reused: 409,
  idempotency_key_in_use: 409,
  rendition_conflict: 409,
  too_many_renditions: 409,
  part_urls_refused: 409,
  links_unavailable: 409,
  upload_token_used: 409,
  original_has_metadata: 409,
  upload_completed: 409,
  upload_completing: 409,
  image_deleted: 410,
  upload_expired: 410,
  upload_aborted: 410,
  length_required: 411,
  precondition_failed: 412,
  payload_too_large: 413,
  part_too_large: 413,
  upload_too_large: 413,
  unsupported_content_type: 415,
  unsupported_image: 415,
  image_type_mismatch: 415,
  range_not_satisfiable: 416,
  expectation_failed: 417,
  image_unreadable: 422,
  too_many_pixels: 422,
  upload_rejected: 422,
  upload_checksum_mismatch: 422,
  rendition_failed: 422,
  crop_outside_image: 422,
  command_not_applicable: 422,
  too_many_channels: 422,
  output_over_max_bytes: 422,
  rendition_too_costly: 422,
  output_too_large: 422,
  watermark_not_found: 422,
  watermark_not_approved: 422,
  watermark_too_large: 422,
  watermark_unreadable: 422,
  processing_timeout: 422,
  processing_memory: 422,
  processing_crashed: 422,
  processing_failed: 422,
  too_many_uploads: 429,
  too_many_uploads_at_once: 429,
  too_many_requests: 429,
  too_many_requests_from_address: 429,
  rendition_quota_reached: 429,
  processing_quota_reached: 429,
  headers_too_large: 431,
  object_damaged: 500,
  internal_error: 500,
  method_not_implemented: 501,
  coding_not_implemented: 501,
  service_unavailable: 503,
  version_not_supported: 505,
  storage_full: 507,
} as const satisfies Record<ErrorCode, number>;

/** The body of every error. */
export interface Problem
  extends Omit<ErrorFacts, 'cause' | 'allow' | 'accepts' | 'challenge' | 'endsConnection' | 'violatedPolicies'> {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  /** As the IETF's draft on RateLimit fields names it. */
  'violated-policies'?: string[];
  /** Absent if no service saw the request. */
  requestId?: string;
}

/** Converts an error to the form that clients see, without internal facts such as its cause. */
export function toProblem(
  {
    code,
    message,
    facts: {
      allow: _methods,
      accepts: _types,
      challenge: _challenge,
      endsConnection: _isLast,
      violatedPolicies,
      ...facts
    },
  }: ImageServiceError,
  requestId?: string,
): Problem {
  return {
    type: `urn:image-service:problem:${code}`,
    title: ERRORS[code].title,
    status: PROBLEM_STATUS[code],
    code,
    detail: message,
    ...(requestId && { requestId }),
    ...facts,
    ...(violatedPolicies && { 'violated-policies': violatedPolicies }),
  };
}

/** The code of an error in responses and records. */
export const errorCodeSchema = Joi.string().valid(...Object.keys(ERRORS));

export const failureSchema = Joi.object({ code: errorCodeSchema.required(), detail: Joi.string().required() });

export const fieldErrorSchema = Joi.object({ path: Joi.string().required(), message: Joi.string().required() });

export const problemSchema = Joi.object<Problem>({
  type: Joi.string().required().description('Identifies the kind of problem; its last part is the code.'),
  title: Joi.string().required(),
  status: Joi.number().integer().required(),
  code: errorCodeSchema.required().description('Stable, so that programs can rely on it.'),
  detail: Joi.string().required().description('What was wrong, where, and what to do.'),
  requestId: Joi.string(),
  errors: Joi.array().items(fieldErrorSchema),
  limit: Joi.number(),
  actual: Joi.number(),
  unit: Joi.string(),
  imageId: Joi.string(),
  retryAfterSeconds: Joi.number(),
  'violated-policies': Joi.array()
    .items(Joi.string())
    .description('The names of the policies in `RateLimit-Policy` that the request exceeds.'),
  failure: failureSchema,
});
