import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { jsonOf, send } from '../http/http-client.ts';
import { photograph } from '../images/photographs.ts';
import type { Choices } from './choices.ts';
import { scrambled, wire } from './framing.ts';
import type { CaseMaker, FuzzCase } from './fuzz-run.ts';
import { beginUpload } from './part-cases.ts';
import type { FuzzTarget } from './target.ts';

const png = await photograph('png', 2, 2);

/** Uploads an image. */
export async function uploadImage(target: FuzzTarget, body: Buffer = png): Promise<string> {
  const base = `http://127.0.0.1:${target.programs['sync-upload'].port}`;
  const answer = await send(base, {
    ...{ method: 'POST', path: '/v1/images?rendition=thumb', body },
    headers: target.authorization,
  });
  if (answer.status !== 201) throw new Error(`an image cannot be uploaded: ${answer.body}`);
  return jsonOf(answer).imageId;
}

interface JsonRoute extends Pick<FuzzCase, 'service' | 'operation'> {
  /** POST if absent. */
  method?: string;
  path: string;
  /** A body that the route can read, with a valid or invalid request. */
  body: object;
}

const RENDITIONS = [
  'thumb',
  { name: 'own', commands: [{ operation: 'resize', width: 5 }], output: { format: 'webp', quality: 9 } },
];

const JUNK = [
  'null',
  '[]',
  '{}',
  '""',
  '-1',
  '1e999',
  'true',
  '"x"',
  '[null]',
  '{"__proto__":1}',
  '{"constructor":{}}',
  '9007199254740993',
];

/** Replaces one value in a body, after a colon or between commas. */
function withJunk(text: string, choices: Choices): string {
  const values = [...text.matchAll(/(?<=[:[,])("[^"]*"|-?\d+|true|false|null|\[\]|\{\})(?=[,\]}])/g)];
  if (values.length === 0) return choices.of(JUNK);
  const { 0: value, index } = choices.of(values);
  return text.slice(0, index) + choices.of(JUNK) + text.slice(index + value.length);
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** A body with or without something wrong in it. */
export function someBody(body: object, choices: Choices): Buffer {
  const text = JSON.stringify(body);
  const kind = choices.whole(0, 9);
  if (kind <= 1) return Buffer.from(text);
  if (kind <= 5) return Buffer.from(withJunk(choices.chance(0.3) ? withJunk(text, choices) : text, choices));
  if (kind <= 7) return scrambled(Buffer.from(text), choices);
  if (kind === 8) return Buffer.from(text).subarray(0, choices.whole(0, text.length));
  return choices.of([
    () => Buffer.from(choices.of(JUNK)),
    () => Buffer.alloc(0),
    () => Buffer.from(nested(choices.whole(1, 20_000))),
    () => Buffer.from(`{"a":${nested(10_000)}}`),
    () => Buffer.from(`${text}${' '.repeat(LIMITS.jsonBytes)}`),
    () => Buffer.from(`\ufeff${text}`),
    () => Buffer.from(text, 'utf16le'),
  ])();
}

const TYPES = [
  'application/json',
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/JSON',
  'x',
  '',
];

/** JSON bodies to every route that takes one. */
export async function jsonCases(target: FuzzTarget): Promise<CaseMaker> {
  const [imageId, { uploadId }] = [await uploadImage(target), await beginUpload(target)];
  const declaration = {
    contentType: 'image/png',
    contentLength: 10,
    renditions: RENDITIONS,
    visibility: 'private',
    metadata: { a: 'b' },
  };
  const routes: JsonRoute[] = [
    {
      service: 'sync-upload',
      operation: 'requestRenditions',
      path: `/v1/images/${imageId}/renditions`,
      body: { renditions: RENDITIONS },
    },
    {
      service: 'sync-upload',
      operation: 'changeImage',
      method: 'PATCH',
      path: `/v1/images/${imageId}`,
      body: { visibility: 'private', watermarkFor: 'everyone' },
    },
    {
      service: 'sync-upload',
      operation: 'moderateImage',
      method: 'PUT',
      path: `/v1/images/${imageId}/moderation`,
      body: { decision: 'rejected', reason: 'It shows a face.' },
    },
    {
      service: 'sync-upload',
      operation: 'createUploadToken',
      path: '/v1/upload-tokens',
      body: {
        maxBytes: 100,
        types: ['image/png'],
        renditions: RENDITIONS,
        visibility: 'private',
        expiresInSeconds: 60,
      },
    },
    {
      service: 'download',
      operation: 'createLink',
      path: `/v1/images/${imageId}/links`,
      body: { target: 'rendition', name: 'thumb', expiresInSeconds: 60 },
    },
    { service: 'async-upload', operation: 'createUpload', path: '/v1/uploads', body: declaration },
    {
      service: 'async-upload',
      operation: 'createPartUrls',
      path: `/v1/uploads/${uploadId}/part-urls`,
      body: {
        parts: [
          { partNumber: 1, contentLength: 5 },
          { partNumber: 2, contentLength: 5 },
        ],
        expiresIn: 60,
      },
    },
    {
      service: 'async-upload',
      operation: 'completeUpload',
      path: `/v1/uploads/${uploadId}/complete`,
      body: {
        parts: [
          { partNumber: 1, eTag: 'a' },
          { partNumber: 2, eTag: '"b"' },
        ],
      },
    },
  ];
  return (choices, index) => {
    const { service, operation, method = 'POST', path, body } = choices.of(routes);
    const given = someBody(body, choices);
    const encoding = choices.whole(0, 39);
    const headers: [string, string][] = [['content-type', choices.of(TYPES)]];
    if (encoding <= 1) headers.push(['content-encoding', choices.of(['gzip', 'deflate', 'br', 'x'])]);
    if (operation === 'createUpload' && choices.chance(0.3)) {
      headers.push(['idempotency-key', `json-${index - choices.whole(0, 3)}`]);
    }
    const sent = encoding === 0 ? gzipSync(given) : given;
    const exchange = wire({ method, path, headers, body: sent }, choices);
    return { about: `JSON: ${given.toString('utf8', 0, 200)}`, service, operation, exchanges: [exchange] };
  };
}
