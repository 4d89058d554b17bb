import { expect } from 'chai';
import { parse } from 'content-disposition';
import { expectProblem, jsonOf, send } from '../../../support/http/http-client.ts';
import { photograph } from '../../../support/images/photographs.ts';
import { type Downloads, expectSameHead } from '../../../support/services/downloads.ts';

const jpeg = await photograph('jpeg', 60, 40);
const webp = await photograph('webp', 20, 20);
const SCRIPTED = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><script>alert(1)</script></svg>',
);

/** A requested name of a JPEG, and the name that a browser gets. */
const NAMES: [what: string, asked: string, told: string][] = [
  ['a plain name', 'photo.jpg', 'photo.jpg'],
  ['the other extension of the format', 'photo.JPEG', 'photo.JPEG'],
  ['white space', 'my photo.jpg', 'my photo.jpg'],
  ['quotes', 'a "photo"; filename=b.exe', 'a _photo_; filename=b.exe.jpg'],
  ['a percent sign', '100%25.jpg', '100%25.jpg'],
  ['letters beyond ASCII', 'Größe.jpg', 'Größe.jpg'],
  ['letters beyond Latin 1', '写真 🖼.jpg', '写真 🖼.jpg'],
  ['a path', '../../etc/passwd', '__.._etc_passwd.jpg'],
  ['a path of Windows', 'C:\\photo.jpg', 'C__photo.jpg'],
  ['a stream of Windows', 'a.html:.jpg', 'a.html_.jpg'],
  ['nothing but a path separator', '/', '_.jpg'],
  ['a line break', 'a\r\nSet-Cookie: b=c', 'a__Set-Cookie_ b=c.jpg'],
  ['ends of lines of Unicode', 'a\u2028b\u2029c.jpg', 'a_b_c.jpg'],
  ['a zero byte', 'a\0.jpg', 'a_.jpg'],
  ['half a character', 'a\ud800.jpg', 'a\ufffd.jpg'],
  ['no extension', 'photo', 'photo.jpg'],
  ['255 characters', `${'x'.repeat(251)}.jpg`, `${'x'.repeat(251)}.jpg`],
  ['255 characters without an extension', 'x'.repeat(255), `${'x'.repeat(251)}.jpg`],
  ['255 characters, of which the cut would halve one', `${'x'.repeat(250)}🖼xxx`, `${'x'.repeat(250)}.jpg`],
];

/** Names under which a saved SVG would be opened as another type. */
const DANGEROUS = [
  'x.html',
  'x.svg.html',
  'x.HTML',
  'x.hta',
  'x.js',
  'x.svg.exe',
  '.html',
  '.svg',
  '.SVG.',
  '..svg',
  'x.svg.html.',
  'x.html. . ',
  'x.svg\u2024html',
  'x.html\u00a0',
  'x.html\u3000',
  'x.\u202elmth.svg',
  'x.html\u200b',
  'x\uff0ehtml',
  'x.html\0.svg',
  'x.html:.svg',
  'x.html"; filename="y.html',
  "x.html'; filename*=UTF-8''y.html",
  'x.html/',
  'x.svg\n.html',
  'x.xhtml',
  'x.svgz',
  `${'x'.repeat(246)}.svg.html`,
  `${'x'.repeat(250)}.html`,
];

/** RFC 6266. */
export function describeDisposition(open: () => Downloads): void {
  describe('with ?download (Content-Disposition)', () => {
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

    it('has a Content-Disposition only if the query asks for it', async () => {
      for (const path of [original, rendition]) expect(await dispositionOf(path)).to.equal('undefined');
    });

    it('is saved under the name of the uploaded file', async () => {
      for (const query of ['download', 'download=']) {
        expect(await dispositionOf(`${original}?${query}`)).to.equal('attachment; filename="a photograph.jpg"');
        expect(await dispositionOf(`${rendition}?${query}`)).to.equal('attachment; filename="a photograph-thumb.webp"');
      }
    });

    for (const [what, asked, told] of NAMES) {
      it(`is saved under a name with ${what}`, async () => {
        const disposition = await dispositionOf(`${original}?download=${encodeURIComponent(asked.toWellFormed())}`);
        expect(disposition).to.match(/^attachment; [\x20-\x7e]+$/);
        expect(parse(disposition)).to.deep.equal({ type: 'attachment', parameters: { filename: told } });
      });
    }

    it('is never saved with an extension of another type, whichever form of the name a browser reads', async () => {
      const whole = { method: 'POST', path: '/v1/images', body: SCRIPTED };
      const { links } = jsonOf(await send(open().services.upload, whole));
      for (const asked of DANGEROUS) {
        const disposition = await dispositionOf(`${links.original}?download=${encodeURIComponent(asked)}`);
        expect(disposition, asked).to.match(/^attachment; [\x20-\x7e]+$/);
        const [, plain = '', , encoded = ''] =
          /^attachment; filename=("[^"\\]*"|[^";]*)(; filename\*=UTF-8''([^;]*))?$/.exec(disposition) ?? [];
        const names = [plain.replaceAll('"', ''), ...(encoded ? [decodeURIComponent(encoded)] : [])];
        for (const name of names) {
          expect(name, asked).to.match(/^[^.\s].*[^.\s]\.svg$/i);
          expect(name.length, asked).to.be.at.most(255);
        }
      }
    });

    it('is saved under the name of the uploaded file if nothing is left of the requested one', async () => {
      for (const asked of ['.', '...', ' ', '. .', '\u3000']) {
        const disposition = await dispositionOf(`${original}?download=${encodeURIComponent(asked)}`);
        expect(disposition, asked).to.equal('attachment; filename="a photograph.jpg"');
      }
    });

    it('refuses longer names, and two names', async () => {
      for (const query of [`download=${'x'.repeat(256)}`, 'download=a&download=b']) {
        const problem = expectProblem(await open().get(`${original}?${query}`), 'invalid_request');
        expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['query.download']);
      }
    });

    it('has the same Content-Disposition in 304 and 206 answers', async () => {
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
