import { expect } from 'chai';
import { LIMITS } from '../../shared/domain/limits.ts';
import { FORM_TYPE, filePart, formBody } from '../support/http/form-body.ts';
import { expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { cutTo, having, heicFrom, mirrored, QUARTERS, turned } from '../support/images/heic-files.ts';
import { photograph } from '../support/images/photographs.ts';
import { type Services, startServices } from '../support/services/services.ts';

const HEIC = heicFrom([QUARTERS]);

const post = (services: Services, body: Buffer, type?: string) =>
  send(services.upload, { method: 'POST', path: '/v1/images', headers: type ? { 'content-type': type } : {}, body });
const postForm = (services: Services, body: Buffer) => post(services, formBody([filePart(body)]), FORM_TYPE);
const create = (services: Services, contentType: string) =>
  send(services.asyncUpload, {
    method: 'POST',
    path: '/v1/uploads',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ contentType })),
  });
const acceptedBy = async (services: Services): Promise<string[]> =>
  jsonOf(await send(services.download, { path: '/v1/limits' })).acceptedMediaTypes;

describe('HEIC=off', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  it('refuses a HEIC, however it comes, by a message that names the setting and what to send instead', async () => {
    for (const answer of [
      await post(services, HEIC, 'image/heic'),
      await post(services, HEIC, 'application/octet-stream'),
      await post(services, HEIC, 'image/jpeg'),
      await post(services, HEIC),
      await postForm(services, HEIC),
      await create(services, 'image/heic'),
      await create(services, 'image/heif'),
    ]) {
      const { detail } = expectProblem(answer, 'unsupported_image');
      expect(detail).to.match(/setting HEIC is off.*patented.*JPEG.*HEIC=on/);
    }
    expect(await services.leftovers()).to.deep.equal([]);
  });

  it('is what the limits tell', async () => {
    expect(await acceptedBy(services))
      .to.include('image/jpeg')
      .and.not.include('image/heic');
  });

  it('does not say that it would take one', async () => {
    const { detail } = expectProblem(await post(services, Buffer.from('no image')), 'unsupported_image');
    expect(detail).to.include('image/avif').and.not.include('image/heic');
  });

  it('says that it would take one with the setting alone, to who declares another type of an upload in parts', async () => {
    const { detail } = expectProblem(await create(services, 'image/bmp'), 'invalid_request');
    expect(detail).to.match(/one of image\/jpeg, .*, and image\/heic if the setting HEIC is on\.$/);
    expect(detail).to.not.match(/image\/heic,|image\/heif/);
  });
});

describe('HEIC=on', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ heic: true });
  });
  after(() => services.stop());

  it('takes a HEIC as it is shown, and gives it back byte for byte', async () => {
    const files: [Buffer, [number, number]][] = [
      [HEIC, [64, 64]],
      [heicFrom([having(QUARTERS, cutTo(40, 20))]), [40, 20]],
      [heicFrom([having(QUARTERS, cutTo(40, 20), turned(1))]), [20, 40]],
      [heicFrom([having(QUARTERS, cutTo(40, 20), turned(2), mirrored(1))]), [40, 20]],
    ];
    for (const [file, [width, height]] of files)
      for (const answer of [await post(services, file, 'image/heif'), await postForm(services, file)]) {
        expect(answer.status, String(answer.body)).to.equal(201);
        const image = jsonOf(answer);
        expect(image).to.include({ contentType: 'image/heic', width, height, contentLength: file.length });
        const original = await send(services.download, { path: image.links.original });
        expect(original.headers['content-type']).to.equal('image/heic');
        expect(original.body.equals(file)).to.equal(true);
      }
  });

  it('takes one of another brand, and refuses another image under its type', async () => {
    expect(
      (await post(services, heicFrom([QUARTERS], { brands: 'mif1\0\0\0\0mif1heicmiaf' }), 'image/heic')).status,
    ).to.equal(201);
    expectProblem(await post(services, await photograph('avif'), 'image/heic'), 'image_type_mismatch');
    expectProblem(await post(services, HEIC, 'image/avif'), 'image_type_mismatch');
  });

  it('refuses one of more pixels than allowed', async () => {
    const large = heicFrom([{ ...QUARTERS, size: [LIMITS.heicInputPixels / 1000 + 1, 1000] }]);
    const { detail } = expectProblem(await post(services, large), 'too_many_pixels');
    expect(detail).to.include(`the limit for HEIC is ${LIMITS.heicInputPixels}`);
  });

  it('begins uploads of it in parts, and is what the limits tell', async () => {
    expect((await create(services, 'image/heic')).status).to.equal(201);
    expect(await acceptedBy(services)).to.include('image/heic');
  });
});
