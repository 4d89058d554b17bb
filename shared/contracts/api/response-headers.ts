interface HeaderFacts {
  description: string;
  example: string;
}

/** The headers of responses that the OpenAPI document describes, by name. */
export const RESPONSE_HEADERS = {
  'X-Request-Id': {
    description: 'Identifies the request in the logs. If the client sends one, it is kept.',
    example: '6f1c2a9e-0d0b-4f0e-9b39-1f1d2b7f6a10',
  },
  ETag: { description: 'The version of the response, for conditional requests.', example: '"9f86d081884c7d65"' },
  'Last-Modified': { description: 'When the content last changed.', example: 'Sun, 29 Nov 2026 10:00:00 GMT' },
  'Cache-Control': { description: 'How long the response may be cached, and by whom.', example: 'private, no-cache' },
  Location: {
    description: 'The path of what was created; of a 303 the page that is next.',
    example: '/v1/images/0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11',
  },
  'Retry-After': { description: 'Seconds after which another request makes sense.', example: '1' },
  'Accept-Ranges': { description: '`bytes`: ranges can be requested.', example: 'bytes' },
  'Content-Range': { description: 'The range of the bytes, and their total number.', example: 'bytes 0-99/829183' },
  'Content-Disposition': {
    description: 'The name for saving the file, if the request has `download`.',
    example: 'attachment; filename="holiday.jpg"',
  },
  'Upload-Limit': {
    description: 'The limits of an upload, with the names of the IETF draft on resumable uploads.',
    example: 'max-size=5368709120, min-size=1',
  },
  'RateLimit-Policy': {
    description:
      'How many requests of the `owner`, or without credentials and with upload tokens of the `address`, are allowed in how many seconds (IETF draft on RateLimit fields). Only where that is limited, and not on what shared caches may keep.',
    example: '"owner";q=6000;w=60',
  },
  RateLimit: {
    description: 'How many requests are left, and for how many seconds.',
    example: '"owner";r=5987;t=41',
  },
  'WWW-Authenticate': { description: 'How to authenticate.', example: 'Bearer' },
} as const satisfies Record<string, HeaderFacts>;

export type ResponseHeader = keyof typeof RESPONSE_HEADERS;
