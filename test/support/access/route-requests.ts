import type { OperationId } from '../../../shared/contracts/api/routes.ts';
import type { UploadRecord } from '../../../shared/domain/multipart-upload.ts';
import { fileOfKey, renditionHash } from '../../../shared/domain/object-key.ts';
import type { Outgoing } from '../http/http-client.ts';
import type { MarkedImage, RenditionState } from '../images/marked-images.ts';
import { photograph } from '../images/photographs.ts';

const jpeg = await photograph('jpeg');

/** What requests are about, all of one owner. */
export interface Subject {
  image: MarkedImage;
  upload: UploadRecord;
  /** The rendition that is asked for, by its state. */
  state: RenditionState;
}

export interface RouteRequest {
  /** A request that works for whoever may make it. */
  request(subject: Subject): Outgoing;
  /** The answer to those. */
  status: number | ((state: RenditionState) => number);
  /** What it is about: an image as only its owner may see it, one of whatever owner, the bytes of one, an upload, what the caller has himself, or nobody's. */
  about: 'image' | 'any image' | 'bytes' | 'upload' | 'own' | 'nothing';
  /** Whether the table or the store are another afterwards. */
  writes?: true;
  /** Whether it tells the caller his own name. */
  tellsOwner?: true;
  /** Whether the state of a rendition plays a part. */
  ofRenditions?: true;
}

const json = (method: string, path: string, body: object): Outgoing => ({
  method,
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const imagePath = ({ image }: Subject, below = '') => `/v1/images/${image.record.imageId}${below}`;
const uploadPath = ({ upload }: Subject, below = '') => `/v1/uploads/${upload.uploadId}${below}`;

const RENDITION_STATUS: Record<RenditionState, number> = {
  ready: 200,
  queued: 202,
  processing: 202,
  failed: 422,
  absent: 404,
};

/** The path of a rendition's file, also while it has none. */
function fileOf({ image: { record, renditions }, state }: Subject): string {
  const rendition = renditions.find(({ name }) => name === state);
  if (!rendition) return `${'0'.repeat(32)}.webp`;
  return rendition.facts ? fileOfKey(rendition.facts.key) : `${renditionHash(record.checksumSha256, rendition)}.webp`;
}

/** A request for each route of the API: a route without one does not compile. */
export const ROUTE_REQUESTS: Record<OperationId, RouteRequest> = {
  uploadImage: {
    request: () => ({ method: 'POST', path: '/v1/images', body: jpeg }),
    ...{ status: 201, about: 'own', writes: true },
  },
  requestRenditions: {
    request: (subject) => json('POST', imagePath(subject, '/renditions'), { renditions: ['thumb'] }),
    ...{ status: 202, about: 'image', writes: true },
  },
  deleteImage: {
    request: (subject) => ({ method: 'DELETE', path: imagePath(subject) }),
    ...{ status: 204, about: 'image', writes: true },
  },
  changeImage: {
    request: (subject) => json('PATCH', imagePath(subject), { watermarkFor: 'everyone' }),
    ...{ status: 200, about: 'image', writes: true },
  },
  moderateImage: {
    request: (subject) => json('PUT', imagePath(subject, '/moderation'), { decision: 'approved' }),
    ...{ status: 200, about: 'any image', writes: true },
  },
  listPendingImages: { request: () => ({ path: '/v1/pending-images' }), status: 200, about: 'own' },
  createUploadToken: {
    request: () => json('POST', '/v1/upload-tokens', { maxBytes: 1 }),
    ...{ status: 201, about: 'own', writes: true },
  },
  // Nobody has this owner's images, so that nothing is another afterwards.
  eraseOwner: {
    request: () => ({ method: 'DELETE', path: '/v1/owners/nobody/images' }),
    ...{ status: 200, about: 'own' },
  },
  createUpload: {
    request: () => json('POST', '/v1/uploads', { contentType: 'image/jpeg' }),
    ...{ status: 201, about: 'own', writes: true },
  },
  getUpload: { request: (subject) => ({ path: uploadPath(subject) }), status: 200, about: 'upload' },
  uploadPart: {
    request: (subject) => ({ method: 'PUT', path: uploadPath(subject, '/parts/1'), body: jpeg }),
    ...{ status: 200, about: 'upload', writes: true },
  },
  listParts: { request: (subject) => ({ path: uploadPath(subject, '/parts') }), status: 200, about: 'upload' },
  createPartUrls: {
    request: (subject) =>
      json('POST', uploadPath(subject, '/part-urls'), { parts: [{ partNumber: 1, contentLength: 1 }] }),
    ...{ status: 200, about: 'upload', writes: true },
  },
  completeUpload: {
    request: (subject) => json('POST', uploadPath(subject, '/complete'), { parts: [{ partNumber: 1, eTag: 'a' }] }),
    // The upload is claimed before its parts are looked at.
    ...{ status: 400, about: 'upload', writes: true },
  },
  abortUpload: {
    request: (subject) => ({ method: 'DELETE', path: uploadPath(subject) }),
    ...{ status: 204, about: 'upload', writes: true },
  },
  listImages: { request: () => ({ path: '/v1/images?limit=100' }), status: 200, about: 'own' },
  getImage: { request: (subject) => ({ path: imagePath(subject) }), status: 200, about: 'image' },
  getOriginal: { request: (subject) => ({ path: imagePath(subject, '/original') }), status: 200, about: 'bytes' },
  getRendition: {
    request: (subject) => ({ path: imagePath(subject, `/renditions/${subject.state}`) }),
    status: (state) => RENDITION_STATUS[state],
    ...{ about: 'bytes', ofRenditions: true },
  },
  getFile: {
    request: (subject) => ({ path: imagePath(subject, `/files/${fileOf(subject)}`) }),
    status: (state) => RENDITION_STATUS[state],
    ...{ about: 'bytes', ofRenditions: true },
  },
  // The answer to GET goes on.
  getEvents: {
    request: (subject) => ({ method: 'HEAD', path: imagePath(subject, '/events') }),
    ...{ status: 200, about: 'image' },
  },
  createLink: {
    request: (subject) => json('POST', imagePath(subject, '/links'), { target: 'events' }),
    ...{ status: 201, about: 'image' },
  },
  getUsage: { request: () => ({ path: '/v1/usage' }), status: 200, about: 'own', tellsOwner: true },
  getLimits: { request: () => ({ path: '/v1/limits' }), status: 200, about: 'nothing' },
  getOpenApi: { request: () => ({ path: '/openapi.json' }), status: 200, about: 'nothing' },
  getFrontPage: { request: () => ({ path: '/' }), status: 200, about: 'nothing' },
  getFavicon: { request: () => ({ path: '/favicon.ico' }), status: 200, about: 'nothing' },
  getDocs: { request: () => ({ path: '/docs' }), status: 200, about: 'nothing' },
  getDocsAsset: { request: () => ({ path: '/docs/start.js' }), status: 200, about: 'nothing' },
};
