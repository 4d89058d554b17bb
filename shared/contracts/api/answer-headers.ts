interface HeaderFacts {
  description: string;
  example: string;
}

/** What answers carry beside what every answer does, by name; the OpenAPI document describes each. */
export const ANSWER_HEADERS = {
  'X-Request-Id': {
    description: 'Names the request in the logs; one that the client sends is kept.',
    example: '6f1c2a9e-0d0b-4f0e-9b39-1f1d2b7f6a10',
  },
  ETag: { description: 'The version of what is answered, for conditional requests.', example: '"9f86d081884c7d65"' },
  'Last-Modified': { description: 'When it last changed.', example: 'Sun, 29 Nov 2026 10:00:00 GMT' },
  'Cache-Control': { description: 'How long the answer may be kept, and by whom.', example: 'private, no-cache' },
  Location: {
    description: 'The path of what was made.',
    example: '/v1/images/0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11',
  },
  'Retry-After': { description: 'Seconds after which asking again makes sense.', example: '1' },
  'Accept-Ranges': { description: '`bytes`: ranges of it can be asked for.', example: 'bytes' },
  'Content-Range': { description: 'Which bytes of how many these are.', example: 'bytes 0-99/829183' },
  'Content-Disposition': {
    description: 'The name to save it under, where `download` asks for that.',
    example: 'attachment; filename="holiday.jpg"',
  },
  'Upload-Limit': {
    description: 'The limits of an upload, in the words of the IETF draft on resumable uploads.',
    example: 'max-size=5368709120, min-size=1',
  },
  'WWW-Authenticate': { description: 'How to show who one is.', example: 'Bearer' },
} as const satisfies Record<string, HeaderFacts>;

export type AnswerHeader = keyof typeof ANSWER_HEADERS;
