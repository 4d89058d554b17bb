import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { ImageView } from '../../../../shared/contracts/api/image-view.ts';
import type { Answered } from '../../../support/http/http-client.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { type Downloads, expectSameHead, varyOf } from '../../../support/services/downloads.ts';

const jpeg = await photograph('jpeg', 60, 40);
const webp = await photograph('webp', 20, 20);

/** The only origin that may read private images. */
export const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example.com';

const IMMUTABLE = 'max-age=31536000, immutable';
const NAMED = 'max-age=60, stale-while-revalidate=600';

/** Lifetimes by URL, below the path of the image. */
const LASTING: [what: string, pathOf: (image: ImageView) => string, lifetime: string][] = [
  ['an original by its name', ({ links }) => links.original, NAMED],
  ['a rendition by its name', ({ links }) => `${links.self}/renditions/thumb`, NAMED],
  ['an original by its content', ({ links }) => links.file, IMMUTABLE],
  ['a rendition by its content', ({ renditions }) => String(renditions?.[0]?.links.file), IMMUTABLE],
];

const ERRORS: [what: string, pathOf: (image: ImageView) => string, status: number, cacheControl: string][] = [
  ['a missing image', () => `/v1/images/${randomUUID()}/original`, 404, 'no-store'],
  ['a missing rendition', ({ links }) => `${links.self}/renditions/none`, 404, 'no-store'],
  ['a missing file', ({ links }) => `${links.self}/files/${'0'.repeat(32)}.jpg`, 404, 'no-store'],
  ['an invalid file name', ({ links }) => `${links.self}/files/original.jpg`, 400, 'no-store'],
  [
    'a request with two names for the download',
    ({ links }) => `${links.original}?download=a&download=b`,
    400,
    'no-store',
  ],
  ['a rendition that failed', ({ links }) => `${links.self}/renditions/social`, 422, 'no-store'],
  ['a rendition that is being made', ({ links }) => `${links.self}/renditions/small`, 202, 'no-store'],
];

/** Cache-Control, and the headers that make bytes of strangers harmless but usable in pages. */
export function describeLifetimes(open: () => Downloads): void {
  describe('for caches and pages', () => {
    const images: Record<string, ImageView> = {};
    before(async () => {
      const { upload, get, make, fail } = open();
      for (const visibility of ['public', 'private']) {
        const { imageId, links } = await upload(jpeg, ['thumb', 'small', 'social'], `?visibility=${visibility}`);
        await make({ imageId, name: 'thumb' }, { bytes: webp, format: 'webp' });
        await fail({ imageId, name: 'social' });
        images[visibility] = JSON.parse((await get(links.self)).body.toString());
      }
    });

    const ask = async (
      pathOf: (image: ImageView) => string,
      visibility = 'public',
      headers = {},
    ): Promise<Answered> => {
      const path = pathOf(images[visibility] as ImageView);
      const answer = await open().get(path, headers);
      expectSameHead(await open().get(path, headers, 'HEAD'), answer);
      return answer;
    };

    for (const [what, pathOf, lifetime] of LASTING) {
      it(`${what} is for shared caches if it is public, with ${lifetime}`, async () => {
        const { status, headers } = await ask(pathOf);
        expect([status, headers['cache-control']]).to.deep.equal([200, `public, ${lifetime}`]);
      });

      it(`${what} is asked for each time if it is private, by the credentials of whoever asks, with 200, 206 and 304`, async () => {
        const whole = await ask(pathOf, 'private');
        const part = await open().get(pathOf(images.private as ImageView), { range: 'bytes=0-7' });
        const unchanged = await ask(pathOf, 'private', { 'if-none-match': whole.headers.etag });
        const answers = [whole, part, unchanged];
        expect(answers.map(({ status }) => status)).to.deep.equal([200, 206, 304]);
        for (const answer of answers) {
          expect(answer.headers['cache-control']).to.equal('private, no-cache');
          expect(varyOf(answer)).to.include('authorization');
        }
      });

      it(`${what} is harmless when opened as a page, and never taken for another type`, async () => {
        for (const visibility of ['public', 'private']) {
          const { headers } = await ask(pathOf, visibility);
          expect(headers).to.include({
            'x-content-type-options': 'nosniff',
            'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
          });
          expect(headers['content-type']).to.match(/^image\/(jpeg|webp)$/);
        }
      });

      it(`${what} can be drawn on a canvas by any page if it is public`, async () => {
        for (const origin of [{}, { origin: APP }, { origin: STRANGER }]) {
          const answer = await ask(pathOf, 'public', origin);
          expect(answer.headers).to.include({
            'access-control-allow-origin': '*',
            'cross-origin-resource-policy': 'cross-origin',
          });
          expect(varyOf(answer)).to.deep.equal([]);
        }
      });

      it(`${what} can be drawn on a canvas only by pages of the allowed origin if it is private`, async () => {
        const [own, other] = [
          await ask(pathOf, 'private', { origin: APP }),
          await ask(pathOf, 'private', { origin: STRANGER }),
        ];
        expect(own.headers['access-control-allow-origin']).to.equal(APP);
        expect(other.headers).to.not.have.any.keys('access-control-allow-origin', 'cross-origin-resource-policy');
        for (const answer of [own, other]) expect(varyOf(answer)).to.deep.equal(['origin', 'authorization']);
      });
    }

    for (const [what, pathOf, status, cacheControl] of ERRORS) {
      it(`${what} is ${status} with ${cacheControl}`, async () => {
        const answer = await ask(pathOf);
        expect([answer.status, answer.headers['cache-control']]).to.deep.equal([status, cacheControl]);
        expect(answer.headers['content-length']).to.equal(String(answer.body.length));
      });
    }

    it('all URLs of a deleted image answer 410, which no cache keeps', async () => {
      const image = await open().upload(jpeg, ['thumb']);
      await open().delete(image.imageId);
      const { links } = image;
      for (const path of [...Object.values(links), `${links.self}/renditions/thumb`]) {
        const { status, headers } = await open().get(path);
        expect([status, headers['cache-control']], path).to.deep.equal([410, 'no-store']);
      }
    });

    it('a record is revalidated each time, with 304 until it changes', async () => {
      const { imageId, links } = await open().upload(jpeg, ['thumb']);
      const first = await open().get(links.self);
      const headers = { 'if-none-match': String(first.headers.etag) };
      const again = await open().get(links.self, headers);
      expect([first.status, again.status, again.body.length]).to.deep.equal([200, 304, 0]);
      for (const answer of [first, again]) {
        expect(answer.headers).to.include({ 'cache-control': 'private, no-cache', etag: first.headers.etag });
        expect(varyOf(answer)).to.include('authorization');
      }
      expectSameHead(await open().get(links.self, {}, 'HEAD'), first);
      expectSameHead(await open().get(links.self, headers, 'HEAD'), again);
      await open().make({ imageId, name: 'thumb' }, { bytes: webp, format: 'webp' });
      const changed = await open().get(links.self, headers);
      expect(changed.status).to.equal(200);
      expect(changed.headers.etag).to.not.equal(first.headers.etag);
    });

    it('a compressed record has another ETag, and 304 for clients that accept that coding', async () => {
      const { links } = await open().upload(jpeg, ['thumb', 'small', 'medium', 'large']);
      const gzip = { 'accept-encoding': 'gzip' };
      const packed = await open().get(links.self, gzip);
      expect(packed.headers['content-encoding']).to.equal('gzip');
      expect(packed.headers.etag).to.match(/^"[\w-]{27}-gzip"$/);
      expect((await open().get(links.self)).headers.etag).to.equal(String(packed.headers.etag).replace('-gzip', ''));
      for (const [headers, status] of [[gzip, 304] as const, [{}, 200] as const]) {
        const answer = await open().get(links.self, { ...headers, 'if-none-match': String(packed.headers.etag) });
        expect([answer.status, varyOf(answer)]).to.deep.equal([status, ['origin', 'authorization', 'accept-encoding']]);
      }
    });
  });
}
