import { expect } from 'chai';
import { parse } from 'content-disposition';
import { type Downloads, expectSameHead } from '../../support/downloads.ts';
import { expectProblem } from '../../support/http-client.ts';
import { photograph } from '../../support/photographs.ts';

const jpeg = await photograph('jpeg', 60, 40);
const webp = await photograph('webp', 20, 20);

/** A name that is asked for, and that a browser is told. */
const NAMES: [what: string, asked: string, told: string][] = [
  ['a plain name', 'photo.jpg', 'photo.jpg'],
  ['white space', 'my photo.jpg', 'my photo.jpg'],
  ['quotes', 'a "photo"; filename=b.exe', 'a "photo"; filename=b.exe'],
  ['a percent sign', '100%25.jpg', '100%25.jpg'],
  ['letters beyond ASCII', 'Größe.jpg', 'Größe.jpg'],
  ['letters beyond Latin 1', '写真 🖼.jpg', '写真 🖼.jpg'],
  ['a path', '../../etc/passwd', '.._.._etc_passwd'],
  ['a path of Windows', 'C:\\photo.jpg', 'C:_photo.jpg'],
  ['nothing but a path separator', '/', '_'],
  ['a line break', 'a\r\nSet-Cookie: b=c', 'a__Set-Cookie: b=c'],
  ['a zero byte', 'a\0.jpg', 'a_.jpg'],
  ['255 characters', 'x'.repeat(255), 'x'.repeat(255)],
];

/** RFC 6266. */
export function describeDisposition(open: () => Downloads): void {
  describe('to be saved', () => {
    let imageId: string;
    let original: string;
    let rendition: string;
    before(async () => {
      const image = await open().upload(jpeg, ['thumb']);
      ({ imageId } = image);
      original = image.links.original;
      rendition = `${image.links.self}/renditions/thumb`;
      await open().make({ imageId, name: 'thumb' }, { bytes: webp, format: 'webp' });
    });

    const dispositionOf = async (path: string) => {
      const answer = await open().get(path);
      expect(answer.status).to.equal(200);
      expectSameHead(await open().get(path, {}, 'HEAD'), answer);
      return String(answer.headers['content-disposition']);
    };

    it('only where that is asked for', async () => {
      for (const path of [original, rendition]) expect(await dispositionOf(path)).to.equal('undefined');
    });

    it('under a name that tells which image it is', async () => {
      for (const query of ['download', 'download=']) {
        expect(await dispositionOf(`${original}?${query}`)).to.equal(`attachment; filename=${imageId}.jpg`);
        expect(await dispositionOf(`${rendition}?${query}`)).to.equal(`attachment; filename=${imageId}-thumb.webp`);
      }
    });

    for (const [what, asked, told] of NAMES) {
      it(`under a name with ${what}`, async () => {
        const disposition = await dispositionOf(`${original}?download=${encodeURIComponent(asked)}`);
        expect(disposition).to.match(/^attachment; [\x20-\x7e]+$/);
        expect(parse(disposition)).to.deep.equal({ type: 'attachment', parameters: { filename: told } });
      });
    }

    it('not under a longer name, nor under two', async () => {
      for (const query of [`download=${'x'.repeat(256)}`, 'download=a&download=b']) {
        const problem = expectProblem(await open().get(`${original}?${query}`), 'invalid_request');
        expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['query.download']);
      }
    });

    it('with 304 as well as in part', async () => {
      const { headers } = await open().get(original);
      const unchanged = await open().get(`${original}?download=a.jpg`, { 'if-none-match': String(headers.etag) });
      const part = await open().get(`${original}?download=a.jpg`, { range: 'bytes=0-7' });
      expect([unchanged.status, part.status]).to.deep.equal([304, 206]);
      for (const answer of [unchanged, part]) {
        expect(answer.headers['content-disposition']).to.equal('attachment; filename=a.jpg');
      }
    });
  });
}
