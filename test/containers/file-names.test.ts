import { expect } from 'chai';
import { parse } from 'content-disposition';
import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import { FORM_TYPE, formBody } from '../support/http/form-body.ts';
import { expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { downloadsOf } from '../support/services/downloads.ts';
import { multipartClient } from '../support/services/multipart-client.ts';
import { type Services, startServices } from '../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** Names as clients give them, as the record has them (or not), and as the original is saved. */
const NAMES: [given: string, kept: string | undefined, saved?: string][] = [
  ['holiday.jpg', 'holiday.jpg'],
  ['holiday.JPEG', 'holiday.JPEG'],
  ['a photograph.jpg', 'a photograph.jpg'],
  ['Größe, größer.jpg', 'Größe, größer.jpg'],
  ['фото 📷.jpg', 'фото 📷.jpg'],
  ['holiday.png', 'holiday.png', 'holiday.jpg'],
  ['scan.2024', 'scan.2024', 'scan.2024.jpg'],
  ['👨‍👩‍👧 می‌خواهم.jpg', '👨‍👩‍👧 می‌خواهم.jpg'],
  ['photo', 'photo', 'photo.jpg'],
  ['page.html', 'page.html', 'page.html.jpg'],
  ['jpg', 'jpg', 'jpg.jpg'],
  ['.hidden', '.hidden', '_hidden.jpg'],
  ['/home/me/holiday.jpg', 'holiday.jpg'],
  ['../../etc/passwd', 'passwd', 'passwd.jpg'],
  ['line\u0085end\u202egpj.exe', 'lineendgpj.exe', 'lineendgpj.exe.jpg'],
  [`${'x'.repeat(300)}.jpg`, 'x'.repeat(255), `${'x'.repeat(251)}.jpg`],
  ['blob', undefined],
  ['..', undefined],
  [' ', undefined],
  ['', undefined],
];

describe('the name of an uploaded file', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  const client = multipartClient(() => services.asyncUpload);
  const post = async (headers: Record<string, string>, body: Buffer): Promise<ImageView> => {
    const answer = await send(services.upload, { method: 'POST', path: '/v1/images?visibility=public', headers, body });
    expect(answer.status, answer.body.toString()).to.equal(201);
    return jsonOf(answer);
  };
  // By fetch: Node's own client writes this header, and no other, in latin1.
  const postRaw = async (disposition: string): Promise<ImageView> => {
    const headers = { 'content-disposition': Buffer.from(disposition).toString('latin1') };
    const answer = await fetch(`${services.upload}/v1/images`, { method: 'POST', headers, body: new Uint8Array(jpeg) });
    expect(answer.status).to.equal(201);
    return (await answer.json()) as ImageView;
  };

  /** The ways by which a name comes. */
  const ways: Record<string, (name: string) => Promise<ImageView>> = {
    'in a form': (filename) =>
      post({ 'content-type': FORM_TYPE }, formBody([{ name: 'file', filename, content: jpeg }])),
    'in Content-Disposition as it is': (name) => postRaw(`attachment; filename="${name}"`),
    'in Content-Disposition, encoded': (name) =>
      postRaw(`attachment; filename=a.jpg; filename*=UTF-8''${encodeURIComponent(name)}`),
    'in the metadata of an upload in parts': async (filename) => {
      const { upload, parts } = await client.uploaded([jpeg], { metadata: { filename } });
      return client.completed(upload.uploadId, parts);
    },
  };

  const savedAs = async (path: string): Promise<string | undefined> => {
    const { headers } = await send(services.download, { path: `${path}?download` });
    return parse(String(headers['content-disposition'])).parameters.filename;
  };

  for (const [way, upload] of Object.entries(ways)) {
    it(`is kept and saved under where it comes ${way}`, async () => {
      for (const [given, kept, saved = kept] of NAMES) {
        const { imageId, fileName, links } = await upload(given);
        expect(fileName, given).to.equal(kept);
        expect(jsonOf(await send(services.download, { path: links.self })).fileName, given).to.equal(kept);
        expect(await savedAs(links.original), given).to.equal(saved ?? `${imageId}.jpg`);
      }
    });
  }

  it('is saved as that of the image where it is the extension of one and nothing else', async () => {
    for (const filename of ['.jpg', '..png', ' .JPEG', '. .webp']) {
      const { imageId, links } = await post(
        { 'content-type': FORM_TYPE },
        formBody([{ name: 'file', filename, content: jpeg }]),
      );
      expect(await savedAs(links.original), filename).to.equal(`${imageId}.jpg`);
      const asked = `${links.original}?download=${encodeURIComponent(filename)}`;
      const { headers } = await send(services.download, { path: asked });
      expect(parse(String(headers['content-disposition'])).parameters.filename, filename).to.equal(`${imageId}.jpg`);
    }
  });

  it('has its quotation marks, as browsers write them in a form', async () => {
    const form = formBody([{ name: 'file', filename: 'the %22old%22 house, 50% off.jpg', content: jpeg }]);
    expect(await post({ 'content-type': FORM_TYPE }, form)).to.have.property(
      'fileName',
      'the "old" house, 50% off.jpg',
    );
  });

  it('is that of what is made of it, with what that is', async () => {
    const downloads = downloadsOf(services);
    const expected = {
      'holiday.jpg': 'holiday-thumb.webp',
      'scan.2024': 'scan.2024-thumb.webp',
      jpg: 'jpg-thumb.webp',
      '.jpg': undefined,
      blob: undefined,
    };
    for (const [filename, saved] of Object.entries(expected)) {
      const parts = [
        { name: 'file', filename, content: jpeg },
        { name: 'renditions', content: '["thumb"]' },
      ];
      const { imageId, links } = await post({ 'content-type': FORM_TYPE }, formBody(parts));
      await downloads.make({ imageId, name: 'thumb' }, made);
      expect(await savedAs(`${links.self}/renditions/thumb`)).to.equal(saved ?? `${imageId}-thumb.webp`);
    }
  });

  it('is none where a Content-Disposition says none, or cannot be read', async () => {
    for (const disposition of [
      '',
      'inline',
      'attachment; filename',
      'attachment; filename="a',
      ';;',
      'filename=a.jpg',
    ]) {
      expect((await postRaw(disposition)).fileName, disposition).to.equal(undefined);
    }
  });

  it('makes no other request of the same with an Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'names' };
    const first = await post({ ...key, 'content-disposition': 'attachment; filename=a.jpg' }, jpeg);
    expect(await post({ ...key, 'content-disposition': 'attachment; filename=b.jpg' }, jpeg)).to.deep.equal(first);
  });

  it('goes with the image', async () => {
    const { links } = await postRaw('attachment; filename=secret.jpg');
    await send(services.upload, { method: 'DELETE', path: links.self });
    expectProblem(await send(services.download, { path: `${links.original}?download` }), 'image_deleted');
  });
});
