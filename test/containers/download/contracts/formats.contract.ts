import { expect } from 'chai';
import type { Answered } from '../../../support/http/http-client.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { type Downloads, expectSameHead, type Named, varyOf } from '../../../support/services/downloads.ts';

const jpeg = await photograph('jpeg', 60, 40);
const BYTES = {
  jpeg: await photograph('jpeg', 20, 20),
  webp: await photograph('webp', 20, 20),
  avif: await photograph('avif', 20, 20),
  gif: await photograph('gif', 20, 20),
};

const AUTO = { name: 'card', commands: [{ operation: 'resize', width: 20 }], output: { format: 'auto' } };

const CHROME = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';

const NAMED = 'public, max-age=60, stale-while-revalidate=600';
const INTERIM = 'public, max-age=2';

const CROWD = 50;

/** RFC 9110, section 12, for renditions of the format `auto`. */
export function describeFormats(open: () => Downloads): void {
  describe('for renditions of the format auto', () => {
    let card: Named;
    let path: string;
    beforeEach(async () => {
      const { imageId, links } = await open().upload(jpeg, [AUTO, 'thumb']);
      card = { imageId, name: 'card' };
      path = `${links.self}/renditions/card`;
    });

    const variant = (format: 'avif' | 'webp'): Named => ({ ...card, name: `card.${format}` });
    const make = (format: keyof typeof BYTES, named = card) => open().make(named, { bytes: BYTES[format], format });
    const get = async (accept?: string, extension = ''): Promise<Answered> => {
      const headers: Record<string, string> = accept === undefined ? {} : { accept };
      const answer = await open().get(`${path}${extension}`, headers);
      expectSameHead(await open().get(`${path}${extension}`, headers, 'HEAD'), answer);
      return answer;
    };
    const expectSent = (answer: Answered, format: keyof typeof BYTES, cacheControl = NAMED) => {
      expect(answer.status).to.equal(200);
      expect(answer.body.equals(BYTES[format]), String(answer.headers['content-type'])).to.equal(true);
      expect(answer.headers).to.include({ 'content-type': `image/${format}`, 'cache-control': cacheControl });
    };
    const expectNegotiated = (answer: Answered, format: keyof typeof BYTES, cacheControl = NAMED) => {
      expectSent(answer, format, cacheControl);
      expect(varyOf(answer)).to.deep.equal(['accept']);
    };
    /** The image with variants, made as a worker makes requested ones. */
    const makeAll = async () => {
      await make('jpeg');
      for (const format of ['avif', 'webp'] as const) {
        await get(`image/${format}`);
        await make(format, variant(format));
      }
    };

    it('sends the worker’s format until the variant, which many requests queue once, is made', async () => {
      await make('jpeg');
      const answers = await Promise.all(Array.from({ length: CROWD }, () => open().get(path, { accept: CHROME })));
      for (const answer of answers) expectNegotiated(answer, 'jpeg', INTERIM);
      expectNegotiated(await get(CHROME), 'jpeg', INTERIM);
      expect(open().timesQueued(variant('avif'))).to.equal(1);
      await make('avif', variant('avif'));
      expectNegotiated(await get(CHROME), 'avif');
      expect(open().timesQueued(variant('avif'))).to.equal(1);
      expect(open().timesQueued(variant('webp'))).to.equal(0);
    });

    it('chooses the format by Accept for each client', async () => {
      await makeAll();
      const expected: [accept: string | undefined, format: keyof typeof BYTES][] = [
        [undefined, 'jpeg'],
        ['*/*', 'jpeg'],
        [CHROME, 'avif'],
        ['image/webp', 'webp'],
        ['image/avif;q=0.5, image/webp', 'webp'],
        ['image/avif;q=0, image/webp;q=0, */*', 'jpeg'],
        ['image/jpeg, image/avif;q=0.9', 'jpeg'],
      ];
      for (const [accept, format] of expected) expectNegotiated(await get(accept), format);
    });

    it('gives each variant an ETag, ranges and preconditions of its own', async () => {
      await makeAll();
      const [avif, webp] = [await get('image/avif'), await get('image/webp')];
      expect(avif.headers.etag).to.not.equal(webp.headers.etag);
      const headers = { accept: 'image/avif', 'if-none-match': String(avif.headers.etag) };
      const unchanged = await open().get(path, headers);
      expect(unchanged.status).to.equal(304);
      expect(varyOf(unchanged)).to.deep.equal(['accept']);
      expect((await open().get(path, { ...headers, accept: 'image/webp' })).status).to.equal(200);
      const part = await open().get(path, { accept: 'image/avif', range: 'bytes=4-11' });
      expect(part.body.equals(BYTES.avif.subarray(4, 12))).to.equal(true);
      expect(varyOf(part)).to.deep.equal(['accept']);
    });

    it('sends the format of an extension in the path, whatever Accept says, without Vary', async () => {
      await makeAll();
      for (const [extension, format] of [
        ['.avif', 'avif'],
        ['.webp', 'webp'],
        ['.jpg', 'jpeg'],
        ['.png', 'jpeg'],
      ] as const) {
        for (const accept of [undefined, CHROME, 'image/jpeg', 'image/avif;q=0']) {
          const answer = await get(accept, extension);
          expectSent(answer, format);
          expect(varyOf(answer)).to.deep.equal([]);
        }
      }
    });

    it('queues the variant of an extension like that of Accept', async () => {
      await make('jpeg');
      const answer = await get(undefined, '.webp');
      expectSent(answer, 'jpeg', INTERIM);
      expect(varyOf(answer)).to.deep.equal([]);
      expect(open().timesQueued(variant('webp'))).to.equal(1);
    });

    it('names the downloaded file by the format that is sent', async () => {
      await makeAll();
      const { headers } = await open().get(`${path}?download`, { accept: 'image/avif' });
      expect(headers['content-disposition']).to.equal('attachment; filename="a photograph-card.avif"');
    });

    it('keeps the format of a rendition that names one, whatever path and Accept say', async () => {
      const thumb = { ...card, name: 'thumb' };
      await open().make(thumb, { bytes: BYTES.webp, format: 'webp' });
      for (const extension of ['', '.avif', '.jpg']) {
        const answer = await open().get(path.replace('card', `thumb${extension}`), { accept: 'image/avif' });
        expectSent(answer, 'webp');
        expect(varyOf(answer)).to.deep.equal([]);
      }
      expect(open().timesQueued({ ...card, name: 'thumb.avif' })).to.equal(0);
    });

    it('never sends AVIF for an animation, because it would keep only the first frame', async () => {
      await open().make(card, { bytes: BYTES.gif, format: 'gif', frames: 3 });
      expectNegotiated(await get('image/avif'), 'gif');
      expectSent(await get(undefined, '.avif'), 'gif', INTERIM);
      expectNegotiated(await get(CHROME), 'gif', INTERIM);
      expect(open().timesQueued(variant('avif'))).to.equal(0);
      expect(open().timesQueued(variant('webp'))).to.equal(1);
    });

    it('keeps sending the worker’s format if the variant has failed', async () => {
      await make('jpeg');
      await get('image/avif');
      await open().fail(variant('avif'));
      expectNegotiated(await get('image/avif'), 'jpeg');
      expect(open().timesQueued(variant('avif'))).to.equal(1);
    });

    it('sends the worker’s format while a variant is made again whose bytes have expired', async () => {
      await makeAll();
      await open().expire(variant('avif'));
      expectNegotiated(await get('image/avif'), 'jpeg', INTERIM);
      expect(open().timesQueued(variant('avif'))).to.equal(2);
      await make('avif', variant('avif'));
      expectNegotiated(await get('image/avif'), 'avif');
    });

    it('waits for the variant if the client asks for that', async () => {
      await make('jpeg');
      expectNegotiated(await get('image/avif'), 'jpeg', INTERIM);
      const waiting = open().get(path, { accept: 'image/avif', prefer: 'wait=5' });
      await make('avif', variant('avif'));
      expectNegotiated(await waiting, 'avif');
    });

    it('sends the worker’s format if the queue does not answer', async () => {
      await make('jpeg');
      const { middlewareStack } = open().services.queue.sqs;
      const down = () => async () => {
        throw new Error('the queue is down');
      };
      middlewareStack.add(down, { step: 'build', name: 'down' });
      try {
        expectNegotiated(await get('image/avif'), 'jpeg', INTERIM);
      } finally {
        middlewareStack.remove('down');
      }
      expect(open().timesQueued(variant('avif'))).to.equal(0);
      expectNegotiated(await get('image/avif'), 'jpeg', INTERIM);
      expect(open().timesQueued(variant('avif'))).to.equal(1);
    });
  });
}
