import { photograph } from '../../images/photographs.ts';
import type { Choices } from '../choices.ts';
import { type FuzzRequest, scrambled } from '../framing.ts';
import type { CaseMaker, FuzzCase } from '../fuzz-run.ts';
import { uploadImage } from '../json-cases.ts';
import { beginUpload } from '../part-cases.ts';
import type { FuzzTarget } from '../target.ts';
import { createdUploadToken, type FuzzedUploadToken } from './callers.ts';
import { askedOf, wireAs } from './shown-credentials.ts';

const IMAGES = [await photograph('png', 2, 2), await photograph('jpeg', 8, 8)];

/** Tokens of each kind that there are at a time: each is good for one image. */
const TOKENS = 40;

interface Use extends Pick<FuzzCase, 'service' | 'operation'> {
  request: FuzzRequest;
}

const json = (method: string, path: string, body: object): FuzzRequest => ({
  ...{ method, path, headers: [['content-type', 'application/json']] },
  body: Buffer.from(JSON.stringify(body)),
});

/** What a browser does with a token, and what it may not do. */
function usesOf({ uploadId }: FuzzedUploadToken, privateImage: string, choices: Choices): Use[] {
  const upload = `/v1/uploads/${uploadId}`;
  const body = choices.of(IMAGES);
  const declaration = {
    ...{ contentType: choices.of(['image/png', 'image/jpeg', 'x']) },
    ...(choices.chance(0.3) && { contentLength: choices.of([1, 100, 100_000, -1]) }),
    ...(choices.chance(0.2) && { renditions: ['thumb'] }),
    ...(choices.chance(0.2) && { metadata: choices.of([{ filename: 'a' }, { owner: 'bob' }]) }),
    ...(choices.chance(0.2) && { visibility: choices.of(['public', 'private', 5]) }),
  };
  const image = { method: 'POST', headers: [['content-type', 'image/png']], body } satisfies Partial<FuzzRequest>;
  const inQuery = choices.of(['', '?visibility=public', '?rendition=thumb', '?rendition=none']);
  return [
    {
      service: 'sync-upload',
      operation: 'uploadImage',
      request: { ...image, path: `/v1/images${inQuery}` } as FuzzRequest,
    },
    { service: 'async-upload', operation: 'createUpload', request: json('POST', '/v1/uploads', declaration) },
    {
      ...{ service: 'async-upload', operation: 'uploadPart' },
      request: { method: 'PUT', path: `${upload}/parts/${choices.of([1, 2, 'x'])}`, headers: [], body },
    },
    { service: 'async-upload', operation: 'getUpload', request: { method: 'GET', path: upload, headers: [] } },
    {
      service: 'async-upload',
      operation: 'listParts',
      request: { method: 'GET', path: `${upload}/parts`, headers: [] },
    },
    {
      ...{ service: 'async-upload', operation: 'createPartUrls' },
      request: json('POST', `${upload}/part-urls`, { parts: [{ partNumber: 1, contentLength: body.length }] }),
    },
    {
      ...{ service: 'async-upload', operation: 'completeUpload' },
      request: json('POST', `${upload}/complete`, { parts: [{ partNumber: 1, eTag: choices.of(['a', '"b"', '']) }] }),
    },
    { service: 'async-upload', operation: 'abortUpload', request: { method: 'DELETE', path: upload, headers: [] } },
    choices.of(askedOf(privateImage)),
  ];
}

/** The operations that no upload token opens. */
const CLOSED = new Set([
  'listImages',
  'getImage',
  'getOriginal',
  'getUsage',
  'createLink',
  'changeImage',
  'createUploadToken',
]);

const inQuery = ({ path, ...request }: FuzzRequest, token: string): FuzzRequest => ({
  ...request,
  path: `${path}${path.includes('?') ? '&' : '?'}uploadToken=${encodeURIComponent(token)}`,
});

/** Upload tokens: right ones for what they allow and what they do not, ended ones, damaged ones; as headers, in queries, and several at once. */
export async function uploadTokenCases(target: FuzzTarget): Promise<CaseMaker> {
  const [privateImage, { table }] = [await uploadImage(target), target];
  const make = (bounds: Parameters<typeof createdUploadToken>[1]) =>
    Promise.all(Array.from({ length: TOKENS }, () => createdUploadToken(table, bounds)));
  const free = await make({});
  const bound = await make({
    maxBytes: 100,
    types: ['image/png'],
    renditions: [],
    visibility: 'public',
    metadata: { a: 'b' },
  });
  const ended = await make({ seconds: -1 });
  // Some have begun their upload in parts.
  for (const { credential } of [...free.slice(TOKENS / 2), ...bound.slice(TOKENS / 2)])
    await beginUpload({ ...target, authorization: { authorization: `Bearer ${credential}` } });
  return (choices) => {
    const token = choices.of([...free, ...bound, ...(choices.chance(0.1) ? ended : free)]);
    const { service, operation, request } = choices.of(usesOf(token, privateImage, choices));
    const isDamaged = choices.chance(0.15);
    const text = scrambled(Buffer.from(token.credential), choices)
      .toString('latin1')
      .replaceAll(/[\r\n\0]/g, '')
      .trim();
    const shown = isDamaged ? (text === token.credential ? `${text}x` : text) : token.credential;
    const isInQuery = choices.chance(0.25);
    const sent = isInQuery ? inQuery(request, shown) : request;
    const headers: [string, string][] = isInQuery ? [] : [['authorization', `Bearer ${shown}`]];
    const count = choices.chance(0.05) ? choices.whole(2, 4) : 1;
    return {
      ...{ service, operation, about: `${sent.method} ${sent.path} with the upload token ${shown}` },
      mustFail: isDamaged || ended.includes(token) || CLOSED.has(operation),
      exchanges: Array.from({ length: count }, () => wireAs(sent, headers, choices)),
    };
  };
}
