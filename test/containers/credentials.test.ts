import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { originalFile } from '../../shared/contracts/api/image-view.ts';
import { type OperationId, ROUTES, type Route } from '../../shared/contracts/api/routes.ts';
import { VISIBILITIES, type Visibility } from '../../shared/domain/image-record.ts';
import { fileOfKey, renditionHash } from '../../shared/domain/object-key.ts';
import { type Answered, type Outgoing, send } from '../support/http/http-client.ts';
import {
  type MarkedImage,
  markedImage,
  RENDITION_STATES,
  type RenditionState,
} from '../support/images/marked-images.ts';
import { photograph } from '../support/images/photographs.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { writtenUpload } from '../support/services/upload-items.ts';

const KEY = 'the-key-of-today';
const DIGEST = createHash('sha256').update(KEY).digest('hex');
const jpeg = await photograph('jpeg');

/** What a caller shows; only the first is right. */
const CREDENTIALS: Record<string, string | undefined> = {
  'the right key': `Bearer ${KEY}`,
  'no key': undefined,
  'a wrong key': 'Bearer the-key-of-tomorrow',
  'the digest of the key': `Bearer ${DIGEST}`,
  'another scheme': `Basic ${KEY}`,
  'a scheme without a key': 'Bearer ',
  'a key with more behind it': `Bearer ${KEY} more`,
  'a key of 5,000 characters': `Bearer ${'a'.repeat(5000)}`,
};
const RIGHT = 'the right key';

/** What a request is about, and the image that all others are made from. */
interface Subject {
  services: Services;
  image: MarkedImage;
  state: RenditionState;
}

type Made = Promise<Outgoing & { path: string }>;

interface Entry {
  /** A request that works if it is allowed; it may have to make something first. */
  request(subject: Subject): Made;
  /** With the right key, or of whoever may have the bytes. */
  status: number | ((state: RenditionState) => number);
  /** Whether the state of a rendition plays a part. */
  ofRenditions?: true;
}

const json = (method: string, path: string, body: object) => ({
  method,
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const pathOf = ({ record }: MarkedImage, below = '') => `/v1/images/${record.imageId}${below}`;
const uploadPath = async ({ services }: Subject, below = '') =>
  `/v1/uploads/${(await writtenUpload(services, { metadata: { 'name-of-metadata': 'customer@example.org' } })).uploadId}${below}`;

const RENDITION_STATUS: Record<RenditionState, number> = {
  ready: 200,
  queued: 202,
  processing: 202,
  failed: 422,
  absent: 404,
};

/** The path of a rendition's file, also while it has none. */
function fileOf({ record, renditions }: MarkedImage, state: RenditionState): string {
  const rendition = renditions.find(({ name }) => name === state);
  if (!rendition) return `${'0'.repeat(32)}.webp`;
  return rendition.facts ? fileOfKey(rendition.facts.key) : `${renditionHash(record.checksumSha256, rendition)}.webp`;
}

const ENTRIES: Record<OperationId, Entry> = {
  uploadImage: { request: async () => ({ method: 'POST', path: '/v1/images', body: jpeg }), status: 201 },
  requestRenditions: {
    request: async ({ image }) => json('POST', pathOf(image, '/renditions'), { renditions: ['thumb'] }),
    status: 202,
  },
  deleteImage: {
    request: async ({ services, image }) => {
      const { record } = await markedImage(services, image.record.visibility as Visibility);
      return { method: 'DELETE', path: `/v1/images/${record.imageId}` };
    },
    status: 204,
  },
  changeImage: {
    request: async ({ image }) => json('PATCH', pathOf(image), { visibility: image.record.visibility }),
    status: 200,
  },
  createUploadToken: { request: async () => json('POST', '/v1/upload-tokens', { maxBytes: 1 }), status: 201 },
  createUpload: { request: async () => json('POST', '/v1/uploads', { contentType: 'image/jpeg' }), status: 201 },
  getUpload: { request: async (subject) => ({ path: await uploadPath(subject) }), status: 200 },
  uploadPart: {
    request: async (subject) => ({ method: 'PUT', path: await uploadPath(subject, '/parts/1'), body: jpeg }),
    status: 200,
  },
  listParts: { request: async (subject) => ({ path: await uploadPath(subject, '/parts') }), status: 200 },
  createPartUrls: {
    request: async (subject) =>
      json('POST', await uploadPath(subject, '/part-urls'), { parts: [{ partNumber: 1, contentLength: 1 }] }),
    status: 200,
  },
  completeUpload: {
    request: async (subject) =>
      json('POST', await uploadPath(subject, '/complete'), { parts: [{ partNumber: 1, eTag: 'a' }] }),
    status: 400,
  },
  abortUpload: { request: async (subject) => ({ method: 'DELETE', path: await uploadPath(subject) }), status: 204 },
  listImages: { request: async () => ({ path: '/v1/images?limit=100' }), status: 200 },
  getImage: { request: async ({ image }) => ({ path: pathOf(image) }), status: 200 },
  getOriginal: { request: async ({ image }) => ({ path: pathOf(image, '/original?download') }), status: 200 },
  getRendition: {
    request: async ({ image, state }) => ({ path: pathOf(image, `/renditions/${state}?download`) }),
    status: (state) => RENDITION_STATUS[state],
    ofRenditions: true,
  },
  getFile: {
    request: async ({ image, state }) => ({ path: pathOf(image, `/files/${fileOf(image, state)}`) }),
    status: (state) => RENDITION_STATUS[state],
    ofRenditions: true,
  },
  getEvents: {
    request: async ({ image }) => ({ method: 'HEAD', path: pathOf(image, '/events') }),
    status: 200,
  },
  createLink: {
    request: async ({ image }) => json('POST', pathOf(image, '/links'), { target: 'events' }),
    status: 201,
  },
  getUsage: { request: async () => ({ path: '/v1/usage' }), status: 200 },
  getLimits: { request: async () => ({ path: '/v1/limits' }), status: 200 },
  getOpenApi: { request: async () => ({ path: '/openapi.json' }), status: 200 },
  getFrontPage: { request: async () => ({ path: '/' }), status: 200 },
  getFavicon: { request: async () => ({ path: '/favicon.ico' }), status: 200 },
  getDocs: { request: async () => ({ path: '/docs' }), status: 200 },
  getDocsAsset: { request: async () => ({ path: '/docs/start.js' }), status: 200 },
};

/** Whether a text has a secret in it. A number counts as one of its own only: the ids in every answer have digits by chance. */
const tells = (told: string, secret: string): boolean =>
  /^\d+$/.test(secret) ? new RegExp(`(?<![\\w-])${secret}(?![\\w-])`).test(told) : told.includes(secret);

/** Who may have the bytes of an image: with a key, of public ones, or past a CDN that has looked at the URL. */
const maySee = (credential: string, visibility: Visibility, signedUrls: boolean): boolean =>
  credential === RIGHT || visibility === 'public' || (signedUrls && credential === 'no key');

for (const signedUrls of [false, true]) {
  describe(`Credentials, SIGNED_URLS=${signedUrls ? 'on' : 'off'}`, () => {
    let services: Services;
    const images = {} as Record<Visibility, MarkedImage>;
    before(async () => {
      services = await startServices({ apiKeys: DIGEST, signedUrls });
      for (const visibility of VISIBILITIES) images[visibility] = await markedImage(services, visibility);
    });
    after(() => services.stop());

    it('are looked at for every route', () => {
      expect(Object.keys(ENTRIES)).to.have.members(Object.keys(ROUTES));
    });

    const ask = async (
      operationId: OperationId,
      subject: Subject,
      authorization: string | undefined,
      method?: string,
    ) => {
      const outgoing = await ENTRIES[operationId].request(subject);
      const headers = { ...outgoing.headers, ...(authorization !== undefined && { authorization }) };
      const base = services.baseOf(ROUTES[operationId].service);
      return send(base, { ...outgoing, ...(method && { method }), headers });
    };

    /** Nothing of the record, but of bytes that were given what they themselves tell. */
    function expectNoSecrets({ status, headers, body }: Answered, { secrets }: MarkedImage, what: string): void {
      const isBytes = status === 200 && /^image\//.test(String(headers['content-type']));
      const told = `${JSON.stringify(headers)}${body.toString('latin1')}`;
      for (const [where, secret] of Object.entries(secrets)) {
        const isOfBytes = isBytes && (/in hex$/.test(where) || where === 'the time of the upload');
        if (!isOfBytes) expect(tells(told, secret), `${what} tells ${where}: ${secret}`).to.equal(false);
      }
    }

    for (const [operationId, entry] of Object.entries(ENTRIES) as [OperationId, Entry][]) {
      const route: Route = ROUTES[operationId];
      const states = entry.ofRenditions ? RENDITION_STATES : (['ready'] as const);
      const isDownload = route.anonymous === true && route.service === 'download';
      for (const [credential, authorization] of Object.entries(CREDENTIALS)) {
        it(`${operationId} with ${credential} answers only what such a caller may be told`, async () => {
          for (const visibility of VISIBILITIES) {
            for (const state of states) {
              const subject = { services, image: images[visibility], state };
              const isAllowed =
                route.scope === 'public' ||
                (isDownload ? maySee(credential, visibility, signedUrls) : credential === RIGHT);
              const expected = typeof entry.status === 'number' ? entry.status : entry.status(state);
              for (const method of route.method === 'GET' && operationId !== 'getEvents'
                ? [undefined, 'HEAD']
                : [undefined]) {
                const answer = await ask(operationId, subject, authorization, method);
                const what = `${operationId} of a ${visibility} image, ${state}, ${method ?? ''}`;
                const refused = isDownload ? 404 : 401;
                expect(answer.status, what).to.equal(isAllowed ? expected : refused);
                if (!isAllowed && !isDownload)
                  expect(answer.headers['www-authenticate'], what).to.equal(
                    authorization ? 'Bearer error="invalid_token"' : 'Bearer',
                  );
                // What a public route answers is about no image.
                if (credential !== RIGHT && route.scope !== 'public') expectNoSecrets(answer, subject.image, what);
              }
            }
          }
        });
      }
    }

    for (const credential of Object.keys(CREDENTIALS).filter((name) => name !== RIGHT)) {
      it(`tell nothing of an image that was deleted, with ${credential}`, async () => {
        for (const visibility of VISIBILITIES) {
          const image = await markedImage(services, visibility);
          await send(services.upload, {
            method: 'DELETE',
            path: pathOf(image),
            headers: { authorization: CREDENTIALS[RIGHT] as string },
          });
          for (const operationId of ['getImage', 'getEvents', 'getOriginal', 'getRendition', 'getFile'] as const) {
            const subject = { services, image, state: 'ready' as const };
            const answer = await ask(operationId, subject, CREDENTIALS[credential]);
            const gone = maySee(credential, visibility, signedUrls) ? 410 : 404;
            expect(answer.status, operationId).to.equal('anonymous' in ROUTES[operationId] ? gone : 401);
            expectNoSecrets(answer, image, operationId);
          }
        }
      });
    }

    it('find in the answers to the right key what they look for in others', async () => {
      const subject: Subject = { services, image: images.private, state: 'failed' };
      const record = await ask('getImage', subject, CREDENTIALS[RIGHT]);
      const { 'the upload': _kept, 'the name of a field': _never, ...shown } = subject.image.secrets;
      const told = `${JSON.stringify(record.headers)}${record.body}`;
      const inHex = ['the checksum of the original in hex', 'the checksum of the rendition in hex'];
      for (const [where, secret] of Object.entries(shown)) {
        if (!inHex.includes(where)) expect(told, where).to.include(secret);
      }
      expect(told).to.include(originalFile(subject.image.record));
      expect((await ask('getRendition', subject, CREDENTIALS[RIGHT])).body.toString()).to.include(
        shown['the watermark'],
      );
    });
  });
}
