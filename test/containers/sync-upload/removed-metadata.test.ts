import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { IMAGE_FORMATS, sniffFormat } from '../../../shared/domain/formats/image-format.ts';
import { FORM_TYPE, filePart, formBody } from '../../support/http/form-body.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { MARK, personalFiles } from '../../support/images/personal-metadata.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const files = await personalFiles();
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');
const typeOf = (bytes: Buffer): string => IMAGE_FORMATS[sniffFormat(bytes) ?? 'jpeg'].mediaType;

const drawing = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert('${MARK}')</script><rect width="9" height="9" onclick="alert()"/></svg>`,
);
const [someJpeg = Buffer.alloc(0)] = Object.values(files).filter((file) => sniffFormat(file) === 'jpeg');

describe('Uploads whose originals are stored without personal metadata', () => {
  let services: Services;
  before(async () => {
    services = await startServices({
      heic: true,
      ingestion: { ORIGINAL_METADATA: 'strip-public', SVG_SANITIZING: 'public' },
    });
  });
  after(() => services.stop());

  const upload = (
    body: Buffer,
    { query = '', headers = {} }: { query?: string; headers?: Record<string, string> } = {},
  ) =>
    send(services.upload, {
      method: 'POST',
      path: `/v1/images${query}`,
      headers: { 'content-type': typeOf(body), ...headers },
      body,
    });
  const originalOf = async (imageId: string): Promise<Buffer> =>
    (await send(services.download, { path: `/v1/images/${imageId}/original` })).body;

  for (const [name, file] of Object.entries(files)) {
    it(`store ${name} without them if it is public, with the digest of what is stored and of what was uploaded`, async () => {
      const answer = await upload(file, { headers: { 'x-amz-checksum-sha256': sha256(file) } });
      expect(answer.status).to.equal(201);
      const image = jsonOf(answer);
      const stored = await originalOf(image.imageId);
      expect(stored.includes(MARK)).to.equal(false);
      expect(stored).to.have.lengthOf(file.length);
      expect(image.checksumSha256).to.equal(sha256(stored));
      expect(image.uploadedChecksumSha256).to.equal(sha256(file));
      expect(image.removed).to.include('other');
    });

    it(`store ${name} as it is if it is private`, async () => {
      const image = jsonOf(await upload(file, { query: '?visibility=private' }));
      expect(image).to.not.have.any.keys('removed', 'uploadedChecksumSha256');
      expect((await originalOf(image.imageId)).equals(file)).to.equal(true);
    });
  }

  it('leave nothing behind but the originals', async () => {
    const kept = await services.leftovers();
    expect(kept.filter((each) => each.includes('received/'))).to.deep.equal([]);
  });

  it('store an SVG without its programs', async () => {
    const image = jsonOf(await upload(drawing, { headers: { 'content-type': 'image/svg+xml' } }));
    const stored = await originalOf(image.imageId);
    expect(stored.toString()).to.not.match(/script|onclick/);
    expect(image).to.include({ checksumSha256: sha256(stored), uploadedChecksumSha256: sha256(drawing) });
    expect(image.contentLength).to.equal(stored.length);
    expect(image.removed).to.include('script');
  });

  it('take a form, and say that nothing was found where nothing was', async () => {
    const body = formBody([filePart(someJpeg)]);
    const first = jsonOf(await upload(body, { headers: { 'content-type': FORM_TYPE } }));
    const stored = await originalOf(first.imageId);
    expect(stored.includes(MARK)).to.equal(false);
    const second = jsonOf(await upload(stored, { headers: { 'content-type': 'image/jpeg' } }));
    expect(second.removed).to.deep.equal([]);
    expect(second).to.not.have.property('uploadedChecksumSha256');
  });

  it('answer a repeated Idempotency-Key by what was uploaded, and refuse other bytes', async () => {
    const headers = { 'idempotency-key': 'the-same-upload' };
    const first = jsonOf(await upload(someJpeg, { headers }));
    expect(jsonOf(await upload(someJpeg, { headers })).imageId).to.equal(first.imageId);
    // What is stored are other bytes than were uploaded.
    expectProblem(await upload(await originalOf(first.imageId), { headers }), 'idempotency_key_reused');
  });

  it('refuse a file of which they cannot be removed, and store nothing of it', async () => {
    const before = await services.leftovers();
    for (const [name, file] of Object.entries(files)) {
      const cut = file.subarray(0, file.length - 9);
      const answer = await upload(cut, { headers: { 'content-type': typeOf(file) } });
      // A cut trailer is one that may be removed: then nothing of it may be left.
      if (answer.status === 201)
        expect((await originalOf(jsonOf(answer).imageId)).includes(MARK), name).to.equal(false);
      else expectProblem(answer, 'image_unreadable');
    }
    const objects = (await services.leftovers()).filter((each) => !before.includes(each));
    expect(objects.filter((each) => each.includes('received/'))).to.deep.equal([]);
  });
});

describe('Uploads whose originals are stored as they are', () => {
  it('keep everything by default, and say nothing of what was removed', async () => {
    const services = await startServices();
    try {
      const answer = await send(services.upload, {
        method: 'POST',
        path: '/v1/images',
        headers: { 'content-type': 'image/jpeg' },
        body: someJpeg,
      });
      const image = jsonOf(answer);
      expect(image).to.not.have.any.keys('removed', 'uploadedChecksumSha256');
      const { body } = await send(services.download, { path: `/v1/images/${image.imageId}/original` });
      expect(body.equals(someJpeg)).to.equal(true);
    } finally {
      await services.stop();
    }
  });
});
