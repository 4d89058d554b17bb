import { photograph } from '../../images/photographs.ts';
import type { Choices } from '../choices.ts';
import { type FuzzRequest, wire } from '../framing.ts';
import type { FuzzCase } from '../fuzz-run.ts';
import { MARK } from './secrets.ts';

const png = await photograph('png', 2, 2);

/** A request with which a credential is shown. */
interface Asked extends Pick<FuzzCase, 'service' | 'operation'> {
  request: FuzzRequest;
}

const json = (method: string, path: string, body: object): FuzzRequest => ({
  ...{ method, path, headers: [['content-type', 'application/json']] },
  body: Buffer.from(JSON.stringify(body)),
});
const get = (path: string): FuzzRequest => ({ method: 'GET', path, headers: [] });

/** Requests that need credentials, about an image that is private. */
export function askedOf(imageId: string): Asked[] {
  const image = `/v1/images/${imageId}`;
  const raw: FuzzRequest = { method: 'POST', path: '/v1/images', headers: [['content-type', 'image/png']], body: png };
  return [
    { service: 'download', operation: 'listImages', request: get('/v1/images?limit=2') },
    { service: 'download', operation: 'getImage', request: get(image) },
    { service: 'download', operation: 'getOriginal', request: get(`${image}/original`) },
    { service: 'download', operation: 'getUsage', request: get('/v1/usage') },
    { service: 'download', operation: 'createLink', request: json('POST', `${image}/links`, { target: 'original' }) },
    { service: 'sync-upload', operation: 'uploadImage', request: raw },
    { service: 'sync-upload', operation: 'changeImage', request: json('PATCH', image, { watermarkFor: 'everyone' }) },
    {
      ...{ service: 'sync-upload', operation: 'createUploadToken' },
      request: json('POST', '/v1/upload-tokens', { maxBytes: 9 }),
    },
    {
      ...{ service: 'async-upload', operation: 'createUpload' },
      request: json('POST', '/v1/uploads', { contentType: 'image/png' }),
    },
  ];
}

/** What proxies say of where a request comes from, and what clients make up. */
const FORWARDED = ['10.0.0.1', '::1', '2001:db8::1', '::ffff:1.2.3.4', ':::', '1:2:3:4:5:6:7:8:9', 'unknown', '"', ','];

const forwardedFor = (choices: Choices): [string, string][] =>
  choices.chance(0.2)
    ? [['x-forwarded-for', choices.of(FORWARDED)]]
    : [['x-forwarded-for', `6.6.6.6, 10.0.${choices.whole(0, 3)}.${choices.whole(1, 254)}`]];

const BESIDE: [string, string][] = [
  ['x-origin-verify', `${MARK}-of-nobody`],
  ['x-request-id', 'of-a-client'],
  ['idempotency-key', 'shown'],
  ['origin', 'https://example.com'],
];

/** Sends a request as one client of many. How bodies are framed is tried with other cases. */
export const wireAs = (request: FuzzRequest, headers: [string, string][], choices: Choices) =>
  wire(
    {
      ...request,
      headers: [
        ...request.headers,
        ...forwardedFor(choices),
        ...(choices.chance(0.1) ? [choices.of(BESIDE)] : []),
        ...headers,
      ],
    },
    choices,
    { wrongShare: 0.02, goneShare: 0.05 },
  );

/** A case that shows a credential with one of the requests that need some. */
export function shownCase(
  imageId: string,
  { headers, ...shown }: Pick<FuzzCase, 'about' | 'mustFail'> & { headers: [string, string][] },
  choices: Choices,
): FuzzCase {
  const { request, ...asked } = choices.of(askedOf(imageId));
  return { ...shown, ...asked, exchanges: [wireAs(request, headers, choices)] };
}
