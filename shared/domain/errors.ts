/**
 * Every way in which a request or a rendition can fail, by its stable code. `title` is the sentence for people; `retryable` says whether
 * the same request or message may succeed later without any change. HTTP statuses are in contracts/api/problem.ts.
 */
export const ERRORS = {
  invalid_request: { title: 'The request has an invalid field', retryable: false },
  malformed_request: { title: 'The request is not valid HTTP', retryable: false },
  method_not_implemented: { title: 'No path takes the method of the request', retryable: false },
  coding_not_implemented: {
    title: 'The request has a transfer coding that the service does not know',
    retryable: false,
  },
  version_not_supported: { title: 'The request has a version of HTTP other than 1.0 and 1.1', retryable: false },
  expectation_failed: { title: 'The request has an expectation that cannot be met', retryable: false },
  headers_too_large: { title: 'The headers of the request are too large', retryable: false },
  malformed_json: { title: 'The body is not valid JSON', retryable: false },
  malformed_form: { title: 'The form is not valid multipart/form-data', retryable: false },
  unsupported_content_type: { title: 'The body has a content type that this route does not take', retryable: false },
  unknown_preset: { title: 'There is no preset with that name', retryable: false },
  unknown_operation: { title: 'There is no command with that name', retryable: false },
  empty_body: { title: 'The body is empty', retryable: false },
  incomplete_body: { title: 'The body ended before it was complete', retryable: true },
  digest_mismatch: { title: 'The bytes received do not match the digest sent with them', retryable: true },
  payload_too_large: { title: 'The body is larger than this route allows', retryable: false },
  length_required: { title: 'The request has no Content-Length', retryable: false },
  upload_too_large: { title: 'The upload would be larger than declared or allowed', retryable: false },
  part_too_large: { title: 'The part is larger than its place in the upload', retryable: false },
  part_urls_refused: { title: 'URLs cannot be signed for parts of the sizes that this upload has', retryable: false },
  too_many_uploads: { title: 'The most uploads that are allowed are open already', retryable: true },
  upload_not_found: { title: 'There is no upload with that id', retryable: false },
  upload_expired: { title: 'The time of the upload is over', retryable: false },
  upload_aborted: { title: 'The upload was aborted', retryable: false },
  upload_completed: { title: 'The upload is complete', retryable: false },
  upload_completing: { title: 'The upload is being completed', retryable: true },
  upload_rejected: { title: 'The bytes of the completed upload were refused', retryable: false },
  invalid_part: { title: 'A part in the list was not uploaded or has another ETag', retryable: false },
  invalid_part_order: { title: 'The list of parts is not in ascending order', retryable: false },
  part_too_small: { title: 'A part other than the last is smaller than allowed', retryable: false },
  upload_length_mismatch: { title: 'The length of all parts differs from the declared length', retryable: false },
  upload_checksum_mismatch: { title: 'The SHA-256 of the bytes differs from the declared one', retryable: false },
  part_url_invalid: { title: 'The part URL was signed for another request', retryable: false },
  part_url_expired: { title: 'The time of the part URL is over', retryable: false },
  link_invalid: { title: 'The link was not signed for this request', retryable: false },
  link_expired: { title: 'The time of the link is over', retryable: false },
  links_unavailable: { title: 'Links cannot be signed here', retryable: false },
  unsupported_image: { title: 'The bytes are not an image of an accepted format', retryable: false },
  image_type_mismatch: { title: 'The format of the image differs from the declared one', retryable: false },
  image_unreadable: { title: 'The image cannot be decoded', retryable: false },
  too_many_pixels: { title: 'The image has more pixels than allowed', retryable: false },
  unauthenticated: { title: 'The request carries no valid credentials', retryable: false },
  token_invalid: { title: 'The token is not valid here', retryable: false },
  token_expired: { title: 'The time of the token is over', retryable: false },
  forbidden: { title: 'The credentials do not allow this', retryable: false },
  upload_token_exceeded: { title: 'The upload token does not allow this', retryable: false },
  upload_token_used: { title: 'The upload token was used for another upload', retryable: false },
  transformation_not_allowed: { title: 'This deployment does not make such renditions', retryable: false },
  moderation_pending: { title: 'The image waits for its approval', retryable: true },
  moderation_rejected: { title: 'The image was not approved', retryable: false },
  original_has_metadata: {
    title: 'The original may hold what is removed of public images, such as personal metadata',
    retryable: false,
  },
  too_many_requests: { title: 'The owner has made the most requests that are allowed for now', retryable: true },
  too_many_requests_from_address: {
    title: 'The address has made the most requests that are allowed for now',
    retryable: true,
  },
  too_many_uploads_at_once: { title: 'The owner sends the most uploads that are allowed at once', retryable: true },
  storage_quota_reached: { title: 'The owner has stored the most bytes that are allowed', retryable: false },
  image_quota_reached: { title: 'The owner has the most images that are allowed', retryable: false },
  rendition_quota_reached: {
    title: 'The owner has had the most renditions made that are allowed in a day',
    retryable: true,
  },
  processing_quota_reached: {
    title: 'The owner has used the processing time that is allowed in a day',
    retryable: true,
  },
  owner_being_erased: { title: 'All images of the owner are being deleted', retryable: true },
  host_not_allowed: { title: 'The service does not answer to that host name', retryable: false },
  origin_not_allowed: { title: 'Pages of that origin may not make changes', retryable: false },
  route_not_found: { title: 'There is nothing at this path', retryable: false },
  method_not_allowed: { title: 'This path does not take that method', retryable: false },
  image_not_found: { title: 'There is no image with that id', retryable: false },
  image_deleted: { title: 'The image was deleted', retryable: false },
  rendition_not_found: { title: 'The image has no rendition with that name', retryable: false },
  file_not_found: { title: 'The image has no file with that name', retryable: false },
  precondition_failed: { title: 'A condition of the request is not met', retryable: false },
  range_not_satisfiable: { title: 'The range begins after the end', retryable: false },
  rendition_failed: { title: 'The rendition could not be made', retryable: false },
  rendition_conflict: {
    title: 'The image has a rendition with that name and other commands or output',
    retryable: false,
  },
  too_many_renditions: { title: 'The image has the most renditions that are allowed', retryable: false },
  idempotency_key_reused: { title: 'The Idempotency-Key was used for another request', retryable: false },
  idempotency_key_in_use: { title: 'A request with this Idempotency-Key is under way', retryable: true },
  request_timeout: { title: 'The request took too long to arrive', retryable: true },
  object_missing: { title: 'The bytes are not in the object store', retryable: false },
  object_damaged: { title: 'The stored bytes or records are damaged', retryable: false },
  storage_full: { title: 'There is no room for more images', retryable: true },
  service_unavailable: { title: 'A service that this one depends on does not answer', retryable: true },
  internal_error: { title: 'The service failed', retryable: true },
  crop_outside_image: { title: 'The crop reaches outside the image', retryable: false },
  command_not_applicable: { title: 'A command cannot be applied to this image', retryable: false },
  too_many_channels: { title: 'The image has more channels than allowed', retryable: false },
  output_over_max_bytes: { title: 'The result has too many bytes at any quality', retryable: false },
  rendition_too_costly: { title: 'The rendition would take more time or memory than allowed', retryable: false },
  output_too_large: { title: 'The result would be larger than allowed', retryable: false },
  watermark_not_found: { title: 'The watermark image does not exist or belongs to another owner', retryable: false },
  watermark_not_approved: { title: 'The watermark image was not approved', retryable: false },
  watermark_too_large: { title: 'The watermark image has more bytes than allowed', retryable: false },
  watermark_unreadable: { title: 'The watermark image cannot be decoded', retryable: false },
  processing_timeout: { title: 'Processing took longer than allowed', retryable: false },
  processing_memory: { title: 'Processing needed more memory than allowed', retryable: false },
  processing_crashed: { title: 'The process that worked on the image died', retryable: true },
  processing_failed: { title: 'Processing failed at every attempt', retryable: false },
} as const satisfies Record<string, { title: string; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** A field that is wrong: `path` as written in the request (`renditions[0].commands[1].width`, `query.limit`). */
interface FieldError {
  path: string;
  message: string;
}

/** Facts that an error may carry beside its sentence. All of them are safe to show to the client. */
export interface ErrorFacts {
  errors?: FieldError[];
  limit?: number;
  actual?: number;
  unit?: 'bytes' | 'pixels' | 'renditions' | 'seconds' | 'uploads' | 'requests' | 'images';
  /** The image that an upload has become, for `upload_completed`. */
  imageId?: string;
  /** Seconds after which trying again makes sense. */
  retryAfterSeconds?: number;
  /** The names of the policies in RateLimit-Policy that the request exceeds. */
  violatedPolicies?: string[];
  /** The methods that the path takes, for `method_not_allowed`. */
  allow?: string[];
  /** Headers that say which content would be accepted, for `unsupported_content_type`. */
  accepts?: Partial<Record<'accept' | 'accept-encoding', string>>;
  /** What `WWW-Authenticate` says, if that is not told by the code alone. */
  challenge?: string;
  /** The end of the request is not known, so that no other request can follow on its connection. */
  endsConnection?: true;
  /** Why a rendition failed or an upload was refused, for `rendition_failed` and `upload_rejected`. */
  failure?: Failure;
  cause?: unknown;
}

/** The reason of a failed rendition or a refused upload, as its record keeps it. */
export interface Failure {
  code: ErrorCode;
  detail: string;
}

/** The only class of errors whose text users and operators see. `detail` is public: it says what was wrong, where, and what to do. */
export class ImageServiceError extends Error {
  override readonly name = 'ImageServiceError';
  readonly code: ErrorCode;
  readonly facts: Omit<ErrorFacts, 'cause'>;

  constructor(code: ErrorCode, detail: string, { cause, ...facts }: ErrorFacts = {}) {
    super(detail, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** Code and detail for a body whose connection ended early. Several places notice that. */
export const INCOMPLETE_BODY = [
  'incomplete_body',
  'The connection ended before the body was complete. Send it again.',
] as const;

/** Whether a thrown value is an error with this code. */
export const hasCode = (error: unknown, code: ErrorCode): boolean =>
  error instanceof ImageServiceError && error.code === code;
