import { expect } from 'chai';
import { FORM_TYPE, filePart, formBody, renditionsPart } from '../support/http/form-body.ts';
import { type Answered, expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../support/services/downloads.ts';
import { startServices } from '../support/services/services.ts';

const jpeg = await photograph('jpeg');
const CONTROL = { mode: 'listed' as const, widths: [320, 640], formats: ['webp' as const, 'auto' as const] };
const card = (width: number, format = 'webp') => ({
  name: 'card',
  commands: [{ operation: 'resize', width }],
  output: { format },
});

describe('TRANSFORMATIONS', () => {
  let downloads: Downloads;
  before(async () => {
    downloads = downloadsOf(await startServices({ transformations: CONTROL }));
  });
  after(() => downloads.services.stop());

  const post = (base: string, path: string, body: object): Promise<Answered> =>
    send(base, { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  /** Every way to ask for renditions. */
  const ways: Record<string, (renditions: unknown[]) => Promise<Answered>> = {
    'a form': (renditions) =>
      send(downloads.services.upload, {
        method: 'POST',
        path: '/v1/images',
        headers: { 'content-type': FORM_TYPE },
        body: formBody([filePart(jpeg), renditionsPart(renditions)]),
      }),
    'an image that is there': async (renditions) => {
      const { imageId } = await downloads.upload(jpeg);
      return post(downloads.services.upload, `/v1/images/${imageId}/renditions`, { renditions });
    },
    'an upload in parts': (renditions) => post(downloads.services.asyncUpload, '/v1/uploads', { renditions }),
    'an upload token': (renditions) =>
      post(downloads.services.upload, '/v1/upload-tokens', { maxBytes: 1_000, renditions }),
  };
  for (const [way, ask] of Object.entries(ways)) {
    it(`hold for ${way}`, async () => {
      for (const allowed of [['thumb'], [card(320)], [card(640, 'auto')]])
        expect((await ask(allowed)).status, JSON.stringify(allowed)).to.be.oneOf([201, 202]);
      await downloads.services.receiveAll();
      const { errors } = expectProblem(await ask(['thumb', card(321, 'avif')]), 'transformation_not_allowed');
      expect(errors?.map(({ path }) => path)).to.deep.equal([
        'renditions[1].commands[0].width',
        'renditions[1].output.format',
      ]);
      expect(await downloads.services.receiveAll()).to.deep.equal([]);
    });
  }

  it('let presets in the query through, and leave nothing of a form that they refuse', async () => {
    const before = (await downloads.services.leftovers()).length;
    expectProblem((await ways['a form']?.([card(321)])) as Answered, 'transformation_not_allowed');
    expect(await downloads.services.leftovers()).to.have.length(before);
    const path = '/v1/images?rendition=thumb';
    expect((await send(downloads.services.upload, { method: 'POST', path, body: jpeg })).status).to.equal(201);
  });

  it('are in the limits', async () => {
    const answer = await send(downloads.services.download, { path: '/v1/limits' });
    expect(jsonOf(answer).transformations).to.deep.equal(CONTROL);
  });

  it('keep a rendition of the format auto to formats that are listed', async () => {
    const auto = { name: 'photo', commands: [], output: { format: 'auto' } };
    const photo = { imageId: (await downloads.upload(jpeg, [auto])).imageId, name: 'photo' };
    await downloads.make(photo, { bytes: jpeg, format: 'jpeg' });
    const answer = await downloads.get(`/v1/images/${photo.imageId}/renditions/photo`, {
      accept: 'image/avif,image/webp;q=0.9,*/*;q=0.1',
    });
    expect(answer.headers['content-type']).to.equal('image/jpeg');
    expect(downloads.timesQueued({ ...photo, name: 'photo.avif' })).to.equal(0);
    expect(downloads.timesQueued({ ...photo, name: 'photo.webp' })).to.equal(1);
  });
});

describe('TRANSFORMATIONS of the mode presets', () => {
  let downloads: Downloads;
  before(async () => {
    downloads = downloadsOf(await startServices({ transformations: { mode: 'presets' } }));
  });
  after(() => downloads.services.stop());

  it('refuse all but presets, and name those', async () => {
    const { imageId } = await downloads.upload(jpeg, ['thumb']);
    const path = `/v1/images/${imageId}/renditions`;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ renditions: [{ name: 'photo', output: { format: 'auto' } }] });
    const answer = await send(downloads.services.upload, { method: 'POST', path, headers, body });
    expect(expectProblem(answer, 'transformation_not_allowed').detail).to.include('thumb, small, medium');
  });
});
