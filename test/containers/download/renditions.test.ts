import { Readable } from 'node:stream';
import { expect } from 'chai';
import { renditionKey } from '../../../shared/domain/object-key.ts';
import { readStoredImage } from '../../../shared/storage/table/image-table.ts';
import { failRendition, finishRendition, startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg');
const webp = await photograph('webp', 20, 20);

describe('GET /v1/images/{imageId}/renditions/{rendition}', () => {
  let services: Services;
  let rendition: { imageId: string; name: string };
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(async () => {
    const { imageId } = jsonOf(
      await send(services.upload, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg }),
    );
    rendition = { imageId, name: 'thumb' };
  });

  const get = (outgoing: Partial<Outgoing> = {}): Promise<Answered> =>
    send(services.download, { path: `/v1/images/${rendition.imageId}/renditions/thumb`, ...outgoing });

  /** Does what a worker does, including the record. */
  const make = async () => {
    await startRendition(services.table, rendition);
    const image = await readStoredImage(services.table, rendition.imageId);
    const [pipeline] = image.renditions;
    if (!pipeline) throw new Error('there is no rendition');
    const key = renditionKey(image.record, pipeline, 'webp');
    const stored = await services.objects.put(key, Readable.from([webp]), { contentType: 'image/webp' });
    const facts = { key, contentType: 'image/webp', ...stored, width: 20, height: 20 };
    await finishRendition(services.table, rendition, facts);
    return facts;
  };
  const fail = async () => {
    await startRendition(services.table, rendition);
    const failure = { code: 'crop_outside_image', detail: 'commands[0]: 90 is right of the image.' } as const;
    await failRendition(services.table, rendition, failure);
    return failure;
  };

  it('sends the bytes of a ready rendition with type, length and ETag', async () => {
    const { checksumSha256 } = await make();
    const answer = await get();
    expect(answer.status).to.equal(200);
    expect(answer.body.equals(webp)).to.equal(true);
    expect(answer.headers).to.include({
      'content-type': 'image/webp',
      'content-length': String(webp.length),
      etag: `"${Buffer.from(checksumSha256, 'base64').toString('hex')}"`,
    });
    const head = await get({ method: 'HEAD' });
    expect(head.headers).to.include({ 'content-length': String(webp.length), etag: answer.headers.etag });
    expect(head.body).to.have.length(0);
  });

  it('shows the facts of a ready rendition in the record, but not its key', async () => {
    const { key: _hidden, ...facts } = await make();
    const record = jsonOf(await send(services.download, { path: `/v1/images/${rendition.imageId}` }));
    expect(record.renditions[0]).to.include({ ...facts, status: 'ready', attempts: 1 });
    expect(JSON.stringify(record)).to.not.include(_hidden).and.not.include('"key"');
  });

  it('answers 422 with the reason if the rendition has failed', async () => {
    const failure = await fail();
    const problem = expectProblem(await get(), 'rendition_failed');
    expect(problem.failure).to.deep.equal(failure);
    expect(problem.detail).to.include(failure.detail);
    const record = jsonOf(await send(services.download, { path: `/v1/images/${rendition.imageId}` }));
    expect(record.renditions[0]).to.deep.include({ status: 'failed', failure });
  });

  it('answers rendition_not_found to an unknown name, and invalid_request to an invalid one', async () => {
    const path = `/v1/images/${rendition.imageId}/renditions`;
    expect(expectProblem(await get({ path: `${path}/small` }), 'rendition_not_found').detail).to.include('small');
    for (const name of ['.', '..%2foriginal', 'a.bmp', 'a.b.webp', '-a', 'x'.repeat(65), '%20']) {
      const answer = await get({ path: `${path}/${name}` });
      if (name === '.') expectProblem(answer, 'route_not_found');
      else expect(expectProblem(answer, 'invalid_request').errors?.[0]?.path).to.equal('params.rendition');
    }
  });
});
