import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { renditionsPrefix } from '../../../shared/domain/object-key.ts';
import { expectProblem, jsonOf, send } from '../../support/http-client.ts';
import { photograph } from '../../support/photographs.ts';
import { type Services, startServices } from '../../support/services.ts';

const jpeg = await photograph('jpeg');

describe('DELETE /v1/images/{imageId}', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  const remove = (id: string) => send(services.upload, { method: 'DELETE', path: `/v1/images/${id}` });
  const upload = async (): Promise<string> => {
    const outgoing = { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg };
    const { imageId } = jsonOf(await send(services.upload, outgoing));
    const key = `${renditionsPrefix(imageId)}abc.webp`;
    await services.objects.put(key, Readable.from([Buffer.from('rendition')]), { contentType: 'image/webp' });
    return imageId;
  };
  const traces = async (imageId: string) => (await services.leftovers()).filter((name) => name.includes(imageId));

  it('removes the original, all renditions and all but a tombstone of the record', async () => {
    const [imageId, other] = [await upload(), await upload()];
    expect(await traces(imageId)).to.have.length(4);
    const answer = await remove(imageId);
    expect(answer.status).to.equal(204);
    expect(answer.body).to.have.length(0);
    expect(answer.headers['x-request-id']).to.be.a('string');
    expect(await traces(imageId)).to.deep.equal([`IMAGE#${imageId} RECORD`]);
    expect(await traces(other)).to.have.length(4);
  });

  it('answers the same when repeated, and ten times at once', async () => {
    const imageId = await upload();
    const answers = await Promise.all(Array.from({ length: 10 }, () => remove(imageId)));
    answers.push(await remove(imageId));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([204]));
  });

  it('makes every read of the image 410 and takes it off the list', async () => {
    const imageId = await upload();
    await remove(imageId);
    for (const path of ['', '/original', '/renditions/thumb', '/renditions/never']) {
      const answer = await send(services.download, { path: `/v1/images/${imageId}${path}` });
      expect(expectProblem(answer, 'image_deleted').detail).to.include(imageId);
    }
    const { images } = jsonOf(await send(services.download, { path: '/v1/images?limit=100' }));
    expect(images.map((image: { imageId: string }) => image.imageId)).to.not.include(imageId);
  });

  it('removes again what a late writer stored after the first time', async () => {
    const imageId = await upload();
    await remove(imageId);
    const late = Readable.from([Buffer.from('late')]);
    await services.objects.put(`${renditionsPrefix(imageId)}late.webp`, late, { contentType: 'image/webp' });
    await remove(imageId);
    expect(await traces(imageId)).to.deep.equal([`IMAGE#${imageId} RECORD`]);
  });

  it('refuses an unknown id', async () => {
    const imageId = randomUUID();
    expect(expectProblem(await remove(imageId), 'image_not_found').detail).to.include(imageId);
    expect(await traces(imageId)).to.deep.equal([]);
  });

  for (const id of [
    '1',
    'x'.repeat(36),
    '..',
    '%2e%2e%2f',
    '00000000-0000-0000-0000-000000000000',
    randomUUID().toUpperCase(),
  ]) {
    it(`refuses ${id}, which is no id`, async () => {
      const answer = await remove(id);
      if (id === '..') return void expectProblem(answer, 'route_not_found');
      const problem = expectProblem(answer, 'invalid_request');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['params.imageId']);
    });
  }

  it('refuses query parameters', async () => {
    expectProblem(await remove(`${await upload()}?force=true`), 'invalid_request');
  });
});
