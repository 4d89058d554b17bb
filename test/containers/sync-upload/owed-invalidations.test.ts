import { expect } from 'chai';
import { imagePath } from '../../../shared/contracts/api/image-view.ts';
import { deleteImageRecord } from '../../../shared/storage/table/image-deletion.ts';
import { eventually } from '../../support/eventually.ts';
import { answerError, type CloudFront, startCloudFront } from '../../support/http/cloud-front.ts';
import { jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg');

describe('owed invalidations', () => {
  let services: Services;
  let cloudFront: CloudFront;
  beforeEach(async () => {
    cloudFront = await startCloudFront();
    services = await startServices({
      cloudFrontEndpoint: cloudFront.url,
      invalidationTiming: { giveUpAfter: 100, owedAfter: 300 },
    });
  });
  afterEach(async () => {
    await services.stop();
    await cloudFront.stop();
  });

  const upload = async (): Promise<string> =>
    jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg })).imageId;
  const remove = (imageId: string) => send(services.upload, { method: 'DELETE', path: imagePath(imageId) });
  const acceptedPaths = () => [...cloudFront.accepted.values()].flatMap(({ paths }) => paths);
  const isAccepted = (imageId: string) =>
    eventually('the invalidation', () => acceptedPaths().includes(`${imagePath(imageId)}*`));

  it('are asked for by a service when another has ended right after it wrote the tombstone', async () => {
    const imageId = await upload();
    await deleteImageRecord(services.table, imageId, { owesInvalidation: true });
    await isAccepted(imageId);
    const repeated = jsonOf(await remove(imageId));
    expect(repeated.purge).to.include({ status: 'requested' });
    expect(acceptedPaths(), 'once').to.deep.equal([`${imagePath(imageId)}*`]);
  });

  it('are asked for until CloudFront has room, though the service has given up several times', async () => {
    cloudFront.refuse = (_, response) => answerError(response, 400, 'TooManyInvalidationsInProgress');
    const imageId = await upload();
    expect(jsonOf(await remove(imageId)).purge).to.include({ status: 'deferred' });
    const givenUp = () => services.logs.filter(({ msg }) => msg === 'purge given up').length;
    await eventually('giving up', () => givenUp() >= 2);
    cloudFront.refuse = () => false;
    await isAccepted(imageId);
  });

  it('are asked for when a role is corrected that refused them', async () => {
    cloudFront.refuse = (_, response) => answerError(response, 403, 'AccessDenied');
    const imageId = await upload();
    expect(jsonOf(await remove(imageId)).purge).to.include({ status: 'failed' });
    cloudFront.refuse = () => false;
    await isAccepted(imageId);
  });
});
