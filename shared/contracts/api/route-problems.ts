import type { ErrorCode } from '../../domain/errors.ts';

/** The error codes of every route. */
export const COMMON_PROBLEMS: ErrorCode[] = [
  'invalid_request',
  'precondition_failed',
  'malformed_request',
  'method_not_implemented',
  'coding_not_implemented',
  'version_not_supported',
  'expectation_failed',
  'headers_too_large',
  'incomplete_body',
  'request_timeout',
  'unauthenticated',
  'token_invalid',
  'token_expired',
  'too_many_requests',
  'too_many_requests_from_address',
  'forbidden',
  'host_not_allowed',
  'origin_not_allowed',
  'object_damaged',
  'internal_error',
  'service_unavailable',
];

export const LINK_PROBLEMS = ['link_invalid', 'link_expired'] as const satisfies ErrorCode[];

export const DOWNLOAD_PROBLEMS = [
  ...LINK_PROBLEMS,
  'route_not_found',
  'image_not_found',
  'image_deleted',
  'moderation_pending',
  'moderation_rejected',
  'object_missing',
  'range_not_satisfiable',
] as const satisfies ErrorCode[];

/** The error codes of routes by which an owner comes to have one image more. */
export const STORAGE_PROBLEMS = ['storage_quota_reached', 'image_quota_reached'] as const satisfies ErrorCode[];

/** The error codes of routes that have renditions made. */
export const WORK_PROBLEMS = ['rendition_quota_reached', 'processing_quota_reached'] as const satisfies ErrorCode[];

/** The error codes of every route below an upload. */
export const UPLOAD_PROBLEMS = ['upload_not_found', 'upload_expired', 'upload_aborted'] as const satisfies ErrorCode[];

/** The error codes of routes that need an open upload. */
export const OPEN_UPLOAD_PROBLEMS = [
  ...UPLOAD_PROBLEMS,
  'upload_completed',
  'upload_completing',
  'upload_rejected',
  'image_deleted',
] as const satisfies ErrorCode[];

/** The error codes of routes that begin an upload, for callers with an upload token. */
export const UPLOAD_TOKEN_PROBLEMS = ['upload_token_exceeded', 'upload_token_used'] as const satisfies ErrorCode[];

export const JSON_PROBLEMS = [
  'malformed_json',
  'unsupported_content_type',
  'payload_too_large',
] as const satisfies ErrorCode[];
