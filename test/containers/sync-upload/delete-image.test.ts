import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { deletionViewSchema } from '../../../shared/contracts/api/deletion-view.ts';
import { renditionsPrefix } from '../../../shared/domain/object-key.ts';
import { deleteImageRecord } from '../../../shared/storage/table/image-deletion.ts';
import { eventually } from '../../support/eventually.ts';
import { answerError, type CloudFront, startCloudFront } from '../../support/http/cloud-front.ts';
import { type Answered, expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

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

  it('answers repeated requests the same, ten at once too', async () => {
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

describe('DELETE /v1/images/{imageId} where a CDN is configured', () => {
  let services: Services;
  let cloudFront: CloudFront;
  before(async () => {
    cloudFront = await startCloudFront();
    services = await startServices({ cloudFrontEndpoint: cloudFront.url });
  });
  beforeEach(() => {
    cloudFront.refuse = () => false;
    cloudFront.asked.length = 0;
  });
  after(async () => {
    await services.stop();
    await cloudFront.stop();
  });

  const remove = (id: string) => send(services.upload, { method: 'DELETE', path: `/v1/images/${id}` });
  const upload = async (): Promise<string> =>
    jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg })).imageId;
  const purgeIn = (answer: Answered, imageId: string) => {
    expect(answer.status, answer.body.toString()).to.equal(202);
    expect(answer.headers['cache-control']).to.equal('no-store');
    const { error, value } = deletionViewSchema.validate(jsonOf(answer), { convert: false });
    expect(error).to.equal(undefined);
    expect(value).to.deep.include({ imageId });
    expect(value.purge.paths).to.deep.equal([`/v1/images/${imageId}*`]);
    return value.purge;
  };
  const expectDeleted = async (imageId: string) =>
    expectProblem(await send(services.download, { path: `/v1/images/${imageId}/original` }), 'image_deleted');

  it('answers a repeated DELETE with the invalidation that CloudFront has accepted, and asks for no other', async () => {
    const imageId = await upload();
    const first = purgeIn(await remove(imageId), imageId);
    expect(first).to.include({ status: 'requested' });
    expect(cloudFront.accepted.get(first.invalidationId ?? '')?.paths).to.deep.equal(first.paths);
    expect(purgeIn(await remove(imageId), imageId)).to.deep.equal(first);
    expect(cloudFront.asked).to.have.length(1);
  });

  it('asks again when a DELETE is repeated whose invalidation CloudFront has refused', async () => {
    cloudFront.refuse = (_, response) => answerError(response, 403, 'AccessDenied');
    const imageId = await upload();
    expect(purgeIn(await remove(imageId), imageId)).to.include({ status: 'failed' });
    cloudFront.refuse = () => false;
    expect(purgeIn(await remove(imageId), imageId)).to.include({ status: 'requested' });
  });

  it('asks again when a DELETE is repeated that a service left between the tombstone and the invalidation', async () => {
    const imageId = await upload();
    await deleteImageRecord(services.table, imageId);
    expect(purgeIn(await remove(imageId), imageId)).to.include({ status: 'requested' });
    expect(cloudFront.asked).to.have.length(1);
  });

  it('answers 204 for a private image and invalidates nothing, because no CDN stores its bytes, repeated or not', async () => {
    const outgoing = { method: 'POST', path: '/v1/images?visibility=private', body: jpeg };
    const { imageId } = jsonOf(await send(services.upload, outgoing));
    const read = { path: `/v1/images/${imageId}/original`, headers: { authorization: 'Bearer any' } };
    expect((await send(services.download, read)).headers['cache-control']).to.match(/^private, /);
    for (const answer of [await remove(imageId), await remove(imageId)]) {
      expect(answer.status, answer.body.toString()).to.equal(204);
      expect(answer.headers['cache-control']).to.equal('no-store');
    }
    expect(cloudFront.asked).to.deep.equal([]);
    await expectDeleted(imageId);
  });

  it('invalidates when nothing of the image is left, so that the CDN cannot fetch it again', async () => {
    const imageId = await upload();
    let left: string[] = [];
    cloudFront.refuse = async () => {
      left = await services.leftovers();
      return false;
    };
    purgeIn(await remove(imageId), imageId);
    expect(left.filter((name) => name.includes(imageId))).to.deep.equal([`IMAGE#${imageId} RECORD`]);
  });

  it('answers each of ten DELETEs at once with its own path and the invalidation that contains it', async () => {
    const imageIds = await Promise.all(Array.from({ length: 10 }, upload));
    const answers = await Promise.all(imageIds.map(remove));
    const told = answers.map((answer, index) => purgeIn(answer, imageIds[index] ?? ''));
    const paths = cloudFront.asked.flatMap((asked) => asked.paths);
    expect(paths).to.have.members(told.flatMap((purge) => purge.paths));
    for (const {
      invalidationId = '',
      paths: [path],
    } of told)
      expect(cloudFront.accepted.get(invalidationId)?.paths).to.include(path);
  });

  it('deletes the image when the CDN refuses, and says so without details of the account', async () => {
    cloudFront.refuse = (_, response) => answerError(response, 403, 'AccessDenied');
    const imageId = await upload();
    const answer = await remove(imageId);
    expect(purgeIn(answer, imageId)).to.include({ status: 'failed', detail: 'The CDN refuses (AccessDenied).' });
    expect(answer.body.toString()).to.not.include('arn:');
    await expectDeleted(imageId);
  });

  it('deletes the image when the CDN is silent, answers before it does, and continues to ask', async () => {
    const silence = Promise.withResolvers<boolean>();
    cloudFront.refuse = () => silence.promise;
    const impatient = await startServices({
      cloudFrontEndpoint: cloudFront.url,
      invalidationTiming: { answerWithin: 300 },
    });
    try {
      const { imageId } = jsonOf(await send(impatient.upload, { method: 'POST', path: '/v1/images', body: jpeg }));
      const path = `/v1/images/${imageId}`;
      const answer = await send(impatient.upload, { method: 'DELETE', path });
      expect(purgeIn(answer, imageId)).to.include({ status: 'deferred' });
      expectProblem(await send(impatient.download, { path: `${path}/original` }), 'image_deleted');
      silence.resolve(false);
      const isAccepted = () => [...cloudFront.accepted.values()].some(({ paths }) => paths[0]?.includes(imageId));
      await eventually('the purge', isAccepted);
    } finally {
      await impatient.stop();
    }
  });

  it('invalidates nothing when the id is unknown', async () => {
    expectProblem(await remove(randomUUID()), 'image_not_found');
    expect(cloudFront.asked).to.deep.equal([]);
  });
});
