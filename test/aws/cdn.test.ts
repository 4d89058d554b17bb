import { randomUUID } from 'node:crypto';
import {
  type CloudFrontClient,
  CreateDistributionCommand,
  DeleteDistributionCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
} from '@aws-sdk/client-cloudfront';
import { expect } from 'chai';
import { openCdnInvalidations } from '../../containers/sync-upload/cdn-invalidations.ts';
import { imagePath } from '../../shared/contracts/api/image-view.ts';
import type { CdnPurge } from '../../shared/domain/image-record.ts';
import { createCloudFrontClient } from '../../shared/runtime/clients.ts';
import { invalidate, isRetryable } from '../../shared/storage/cdn.ts';
import { rejectionOf } from '../support/rejection.ts';
import { type LogLine, logInto } from '../support/services/services.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

/** The purge of a deleted image. */
const purgeOf = (imageId: string): CdnPurge => ({
  imageId,
  owner: 'somebody',
  purgeId: new Date().toISOString(),
});

/** The distribution is disabled, so that it can be removed again. */
const distributionConfig = () => ({
  CallerReference: randomUUID(),
  Comment: 'of the tests',
  Enabled: false,
  Origins: {
    Quantity: 1,
    Items: [
      {
        Id: 'downloads',
        DomainName: 'downloads.example.com',
        CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' as const },
      },
    ],
  },
  DefaultCacheBehavior: { TargetOriginId: 'downloads', ViewerProtocolPolicy: 'redirect-to-https' as const },
});

describe('CDN on CloudFront', () => {
  let cloudFront: CloudFrontClient;
  let distributionId: string;
  let eTag: string | undefined;
  const never = new AbortController().signal;

  before(async () => {
    const url = process.env.AWS_ENDPOINT_URL;
    if (!url) throw new Error('AWS_ENDPOINT_URL is not set. Run these tests by: npm run test:aws');
    cloudFront = await createCloudFrontClient({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_CLOUDFRONT: url });
    const created = await cloudFront.send(new CreateDistributionCommand({ DistributionConfig: distributionConfig() }));
    distributionId = created.Distribution?.Id ?? '';
    eTag = created.ETag;
  });
  after(async () => {
    await cloudFront?.send(new DeleteDistributionCommand({ Id: distributionId, IfMatch: eTag }));
    cloudFront?.destroy();
  });

  it('creates one invalidation of all paths, with the id that it returns', async () => {
    const paths = ['/v1/images/a*', '/v1/images/b*'];
    const callerReference = randomUUID();
    const Id = await invalidate({ cloudFront, distributionId }, { paths, callerReference }, never);
    const { Invalidation } = await cloudFront.send(new GetInvalidationCommand({ DistributionId: distributionId, Id }));
    expect(Invalidation?.InvalidationBatch).to.deep.equal({
      CallerReference: callerReference,
      Paths: { Quantity: 2, Items: paths },
    });
  });

  it('rejects without retries where the distribution does not exist', async () => {
    const absent = { cloudFront, distributionId: 'E0000000000000' };
    const error = await rejectionOf(invalidate(absent, { paths: ['/a*'], callerReference: randomUUID() }, never));
    expect(error).to.be.instanceOf(Error).with.property('name', 'NoSuchDistribution');
    expect(isRetryable(error as Error)).to.equal(false);
  });

  it('invalidates many images that are deleted at once with few invalidations', async () => {
    const count = async () => {
      const { InvalidationList } = await cloudFront.send(
        new ListInvalidationsCommand({ DistributionId: distributionId }),
      );
      return InvalidationList?.Quantity ?? 0;
    };
    const before = await count();
    const logs: LogLine[] = [];
    const { table, close } = await openAwsTable();
    const invalidations = openCdnInvalidations({
      cdn: { cloudFront, distributionId },
      table,
      logger: logInto(logs, 'sync-upload'),
    });
    const imageIds = Array.from({ length: 40 }, () => randomUUID());
    const told = await Promise.all(imageIds.map((imageId) => invalidations.invalidate(purgeOf(imageId))));
    await close();
    expect(told.map((purge) => purge?.status)).to.deep.equal(imageIds.map(() => 'requested'));
    expect(await count()).to.equal(before + 3);
    const sent = logs.flatMap(({ msg, paths }) => (msg === 'purge requested' ? (paths as string[]) : []));
    expect(sent).to.have.members(imageIds.map((imageId) => `${imagePath(imageId)}*`));
  });
});
