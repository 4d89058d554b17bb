import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openCdnInvalidations } from '../../../containers/sync-upload/cdn-invalidations.ts';
import { type INVALIDATION_TIMING, MOST_WAITING } from '../../../containers/sync-upload/invalidation-retries.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmulators } from '../../../scripts/local/emulators/emulators.ts';
import { imagePath } from '../../../shared/contracts/api/image-view.ts';
import type { CdnPurge } from '../../../shared/domain/image-record.ts';
import { createCloudFrontClient, createDocumentClient } from '../../../shared/runtime/clients.ts';
import { WILDCARDS_AT_ONCE } from '../../../shared/storage/cdn.ts';
import { provisionTable } from '../../../shared/storage/provisioning.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';
import { eventually } from '../../support/eventually.ts';
import { answerError, type CloudFront, startCloudFront } from '../../support/http/cloud-front.ts';
import { type LogLine, logInto, QUICK_INVALIDATIONS } from '../../support/services/services.ts';

const distributionId = 'E2QWRUHAPOMQZL';

const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
/** The purge of a deleted image. */
const purgeOf = (imageId: string): CdnPurge => ({
  imageId,
  owner: 'somebody',
  purgeId: '2026-01-02T03:04:05.678Z',
});
const pathsOf = (imageIds: string[]): string[] => imageIds.map((imageId) => `${imagePath(imageId)}*`);

describe('CDN invalidations', () => {
  let cloudFront: CloudFront;
  let logs: LogLine[];
  let table: ImageTable;
  let emulators: Awaited<ReturnType<typeof startEmulators>>;
  before(async () => {
    Object.assign(process.env, LOCAL_CREDENTIALS);
    emulators = await startEmulators();
    const place = { AWS_REGION: LOCAL_REGION, AWS_ENDPOINT_URL_DYNAMODB: emulators.dynamoDbEndpoint };
    table = { documents: createDocumentClient(place), tableName: 'images' };
    await provisionTable(table.documents, table.tableName);
  });
  after(async () => {
    table.documents.destroy();
    await emulators.stop();
  });
  beforeEach(async () => {
    cloudFront = await startCloudFront();
    logs = [];
  });
  afterEach(() => cloudFront.stop());

  const open = async (timing: Partial<typeof INVALIDATION_TIMING> = {}) => {
    const client = await createCloudFrontClient({
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.url,
    });
    const dependencies = { cdn: { cloudFront: client, distributionId }, table, logger: logInto(logs, 'sync-upload') };
    const invalidations = openCdnInvalidations(dependencies, { ...QUICK_INVALIDATIONS, ...timing });
    return {
      invalidate: (imageId: string) => invalidations.invalidate(purgeOf(imageId)),
      finish: invalidations.finish,
    };
  };
  const refuseFirst = (times: number, status: number, code: string) => {
    cloudFront.refuse = (_, response) => cloudFront.asked.length <= times && answerError(response, status, code);
  };
  const messages = () => logs.map(({ msg }) => msg);

  it('send 40 images deleted at once in three invalidations of 15 paths at most, each image once', async () => {
    const imageIds = ids(40);
    const invalidations = await open();
    const told = await Promise.all(imageIds.map((imageId) => invalidations.invalidate(imageId)));
    expect(cloudFront.asked.map(({ paths }) => paths.length)).to.deep.equal([WILDCARDS_AT_ONCE, WILDCARDS_AT_ONCE, 10]);
    expect(cloudFront.asked.flatMap(({ paths }) => paths)).to.have.members(pathsOf(imageIds));
    expect(new Set(cloudFront.asked.map((asked) => asked.distributionId))).to.deep.equal(new Set([distributionId]));
    for (const [index, purge] of told.entries()) {
      expect(purge).to.deep.include({ status: 'requested', paths: pathsOf([imageIds[index] ?? '']) });
      expect(cloudFront.accepted.get(purge?.invalidationId ?? '')?.paths).to.include(purge?.paths[0]);
    }
  });

  it('gather deletions while an invalidation is under way, and send them when it has been answered', async () => {
    const answer = Promise.withResolvers<boolean>();
    cloudFront.refuse = () => answer.promise;
    const [first = '', ...others] = ids(6);
    const invalidations = await open();
    const asked = [invalidations.invalidate(first)];
    await eventually('the first request', () => cloudFront.asked.length === 1);
    for (const imageId of others) {
      asked.push(invalidations.invalidate(imageId));
      await sleep(QUICK_INVALIDATIONS.gather / 3);
    }
    await sleep(QUICK_INVALIDATIONS.gather);
    expect(cloudFront.asked).to.have.length(1);
    answer.resolve(false);
    await Promise.all(asked);
    expect(cloudFront.asked.map(({ paths }) => paths)).to.deep.equal([pathsOf([first]), pathsOf(others)]);
  });

  it('send one path for an image that is deleted twice', async () => {
    const [imageId = ''] = ids(1);
    const invalidations = await open();
    const told = await Promise.all([invalidations.invalidate(imageId), invalidations.invalidate(imageId)]);
    expect(cloudFront.asked.map(({ paths }) => paths)).to.deep.equal([pathsOf([imageId])]);
    expect(told[0]).to.deep.equal(told[1]);
  });

  it('send one path for an image that is deleted again while CloudFront defers the first invalidation', async () => {
    refuseFirst(3, 400, 'TooManyInvalidationsInProgress');
    const [imageId = ''] = ids(1);
    const invalidations = await open();
    expect(await invalidations.invalidate(imageId)).to.include({ status: 'deferred' });
    expect(await invalidations.invalidate(imageId)).to.include({ status: 'deferred' });
    await invalidations.finish(50_000);
    expect([...cloudFront.accepted.values()].map(({ paths }) => paths)).to.deep.equal([pathsOf([imageId])]);
  });

  for (const [status, code, detail] of [
    [400, 'TooManyInvalidationsInProgress', 'The CDN refuses (TooManyInvalidationsInProgress).'],
    [400, 'Throttling', 'The CDN refuses (Throttling).'],
    [503, 'ServiceUnavailable', 'The CDN does not answer.'],
  ] as const) {
    it(`are deferred after ${code}, and sent again with the same reference until they are accepted`, async () => {
      refuseFirst(4, status, code);
      const [first = '', second = ''] = ids(2);
      const invalidations = await open();
      const told = await invalidations.invalidate(first);
      const expected = { status: 'deferred', detail: `${detail} The service goes on asking.` };
      expect(told).to.deep.equal({ ...expected, paths: pathsOf([first]) });
      expect(await invalidations.invalidate(second)).to.deep.equal({ ...expected, paths: pathsOf([second]) });
      expect(cloudFront.asked.flatMap(({ paths }) => paths)).to.not.include.members(pathsOf([second]));
      await invalidations.finish(50_000);
      expect([...cloudFront.accepted.values()].map(({ paths }) => paths)).to.deep.equal([
        pathsOf([first]),
        pathsOf([second]),
      ]);
      expect(cloudFront.asked).to.have.length(6);
      expect(new Set(cloudFront.asked.map(({ callerReference }) => callerReference)).size).to.equal(2);
      expect(messages()).to.deep.equal(['purge deferred', 'purge requested', 'purge requested']);
    });
  }

  it('are sent again when their answer is lost, and count as one invalidation', async () => {
    cloudFront.refuse = (asked, response) => {
      if (cloudFront.asked.length > 1) return false;
      cloudFront.accept(asked);
      response.destroy();
      return true;
    };
    expect(await (await open()).invalidate(randomUUID())).to.include({ status: 'requested' });
    expect(cloudFront.asked).to.have.length(2);
    expect(cloudFront.accepted.size).to.equal(1);
  });

  for (const [status, code] of [
    [403, 'AccessDenied'],
    [404, 'NoSuchDistribution'],
  ] as const) {
    it(`fail at once after ${code}, with no more detail than that, and do not keep others from being sent`, async () => {
      refuseFirst(1, status, code);
      const [first = '', second = ''] = ids(2);
      const invalidations = await open();
      const detail = `The CDN refuses (${code}).`;
      expect(await invalidations.invalidate(first)).to.deep.equal({
        status: 'failed',
        detail,
        paths: pathsOf([first]),
      });
      expect(await invalidations.invalidate(second)).to.include({ status: 'requested' });
      expect(logs[0]).to.deep.include({ msg: 'purge given up', level: 50, paths: pathsOf([first]) });
    });
  }

  it('are deferred when the CDN is silent, within the time that an answer may wait', async () => {
    cloudFront.refuse = () => true;
    const invalidations = await open({ answerWithin: 300 });
    const begun = performance.now();
    const detail = 'The CDN has not answered yet. The service goes on asking.';
    expect(await invalidations.invalidate(randomUUID())).to.include({ status: 'deferred', detail });
    expect(performance.now() - begun).to.be.at.least(290);
    await invalidations.finish(1);
    expect(messages()).to.deep.equal(['purge given up']);
  });

  it('are given up when their time is over, and logged with their paths', async () => {
    refuseFirst(Number.POSITIVE_INFINITY, 400, 'TooManyInvalidationsInProgress');
    const [imageId = ''] = ids(1);
    const invalidations = await open({ giveUpAfter: 200 });
    await invalidations.invalidate(imageId);
    const given = await eventually('giving up', () => logs.find(({ msg }) => msg === 'purge given up'));
    expect(given).to.deep.include({ level: 50, paths: pathsOf([imageId]) });
    expect(given.err).to.include({ type: 'TooManyInvalidationsInProgress' });
    cloudFront.refuse = () => false;
    expect(await invalidations.invalidate(imageId)).to.include({ status: 'requested' });
  });

  it('are left to be asked for later when too many wait already', async () => {
    cloudFront.refuse = () => true;
    const invalidations = await open({ answerWithin: 300 });
    const waiting = ids(MOST_WAITING).map((imageId) => invalidations.invalidate(imageId));
    const [imageId = ''] = ids(1);
    const told = await invalidations.invalidate(imageId);
    expect(told).to.include({ status: 'deferred' });
    expect(told?.detail).to.include('too much to invalidate already');
    await Promise.all(waiting);
    await invalidations.finish(1);
    const paths = logs.flatMap((line) => (line.msg === 'purge given up' ? line.paths : []));
    expect(paths)
      .to.have.length(MOST_WAITING)
      .and.to.not.include.members(pathsOf([imageId]));
  });

  it('are all given up and logged at the deadline of a service that ends', async () => {
    refuseFirst(Number.POSITIVE_INFINITY, 400, 'TooManyInvalidationsInProgress');
    const imageIds = ids(20);
    const invalidations = await open({ answerWithin: 300 });
    await Promise.all(imageIds.map((imageId) => invalidations.invalidate(imageId)));
    const begun = performance.now();
    await invalidations.finish(500);
    expect(performance.now() - begun).to.be.at.least(490);
    const given = logs.filter(({ msg }) => msg === 'purge given up');
    expect(given.flatMap(({ paths }) => paths)).to.have.members(pathsOf(imageIds));
  });
});
