import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { type CdnInvalidations, cdnInvalidationsFor } from '../../../containers/sync-upload/cdn-invalidations.ts';
import { workOnErasure } from '../../../containers/sync-upload/erasure.ts';
import { removeImage } from '../../../containers/sync-upload/remove-image.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import type { ImageRecord } from '../../../shared/domain/image-record.ts';
import { originalKey, receivedKey, renditionsPrefix } from '../../../shared/domain/object-key.ts';
import { addEntry } from '../../../shared/storage/table/counted-entries.ts';
import { addProcessing, countRenditions } from '../../../shared/storage/table/day-usage.ts';
import { epochSeconds, renditionKey } from '../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { countOpenUpload } from '../../../shared/storage/table/open-uploads.ts';
import { beginSending } from '../../../shared/storage/table/sending-uploads.ts';
import {
  announceLeaving,
  inEntry,
  reserveImage,
  settleImage,
  totalKey,
} from '../../../shared/storage/table/stored-usage.ts';
import {
  claimCompletion,
  expireCompletionClaim,
  finishCompletion,
} from '../../../shared/storage/table/upload-completion.ts';
import { eventually } from '../../support/eventually.ts';
import { answerError, type CloudFront, startCloudFront } from '../../support/http/cloud-front.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { erase, expectErased, stateOf } from '../../support/services/owned-state.ts';
import { as } from '../../support/services/owners.ts';
import { logInto, type Services, startServices } from '../../support/services/services.ts';
import { recordOf, rewriteUpload, writtenUpload } from '../../support/services/upload-items.ts';
import { type Failure, failingStorage } from '../../support/storage/failing-storage.ts';
import { changeRecord, imageRecord, rendition } from '../../support/storage/image-records.ts';
import { allItems } from '../../support/storage/table-items.ts';

const jpeg = await photograph('jpeg', 60, 40);
const TIMING = { work: 60_000, quiet: 5, pause: 5 };
const UNLIMITED = { images: null, storedBytes: null };

/** Writes what owners have, without the API. */
function furnisher(services: Services) {
  const { table, objects } = services;
  const put = (key: string) => objects.put(key, Readable.from([jpeg]), { contentType: 'image/jpeg' });

  async function image(owner: string, facts: Partial<ImageRecord> = {}): Promise<ImageRecord> {
    const size = { owner, imageId: createImageId(), contentLength: jpeg.length };
    const countedAs = String(await reserveImage(table, size, UNLIMITED));
    const record = imageRecord({ ...size, countedAs, ...facts });
    await put(originalKey(record.imageId));
    await put(`${renditionsPrefix(record.imageId)}a.webp`);
    await createImage(table, { record, renditions: [rendition('one'), rendition('two')] });
    await settleImage(table, owner, countedAs);
    return record;
  }

  async function openUpload(owner: string) {
    const upload = await writtenUpload(services, { owner });
    await countOpenUpload(table, upload, 100);
    const name = { key: originalKey(upload.imageId), storeUploadId: upload.storeUploadId };
    await objects.uploadPart(name, { partNumber: 1, contentLength: jpeg.length }, Readable.from([jpeg]));
    return upload;
  }

  /** An owner with everything, also what processes that died have left. Resolves to the ids of all images, those that never came to be too. */
  async function everything(owner: string): Promise<string[]> {
    const plain = await image(owner);
    const upload = await openUpload(owner);
    const claim = await claimCompletion(table, upload, 'a list');
    const whole = await image(owner, { imageId: upload.imageId, uploadId: upload.uploadId });
    // Its parts were joined.
    await objects.abortMultipartUpload({ key: originalKey(upload.imageId), storeUploadId: upload.storeUploadId });
    if (claim) await finishCompletion(table, claim);
    await put(receivedKey(upload.imageId));
    const open = await openUpload(owner);
    const leaving = await image(owner);
    await announceLeaving(table, leaving, String(leaving.countedAs));
    // It died before its record was written.
    const arriving = { imageId: createImageId(), contentLength: jpeg.length };
    await put(originalKey(arriving.imageId));
    const Item = { ...renditionKey(arriving.imageId, 'one'), ...rendition('one') };
    await table.documents.send(new PutCommand({ TableName: table.tableName, Item }));
    const value = `${arriving.imageId} ${jpeg.length} ${epochSeconds() - 600}`;
    const amounts = { images: 1, storedBytes: jpeg.length };
    await addEntry(table, { key: totalKey(owner), name: inEntry(randomUUID().slice(0, 8)), value, amounts });
    await countRenditions(table, { owner, count: 2 });
    await addProcessing(table, owner, 5);
    for (const pool of [{ owner }, { owner, senders: 'somebody' }])
      await beginSending(table, pool, { limit: 5, seconds: 60 });
    return [plain, whole, leaving, open, arriving].map(({ imageId }) => imageId);
  }

  return { image, openUpload, everything };
}

const noInvalidations = ({ table }: Services): Promise<CdnInvalidations> =>
  cdnInvalidationsFor(
    { AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL_CLOUDFRONT: '', CDN_DISTRIBUTION_ID: '' },
    { table, logger: logInto([], 'test') },
  );

describe('an erasure that is interrupted', () => {
  let services: Services;
  let invalidations: CdnInvalidations;
  before(async () => {
    services = await startServices();
    invalidations = await noInvalidations(services);
  });
  after(() => services.stop());

  for (const failure of ['dies', 'fails'] as const satisfies Failure[]) {
    it(`goes on to its end when a process ${failure} at any of its writes, and touches nothing of another owner`, async function () {
      this.timeout(600_000);
      const furnish = furnisher(services);
      const { table, objects } = services;
      const other = `other ${failure}`;
      await furnish.everything(other);
      const before = await stateOf(services, other);
      let atWrite = 1;
      for (; ; atWrite += 1) {
        const owner = `owner ${failure} ${atWrite}`;
        const imageIds = await furnish.everything(owner);
        const storage = failingStorage({ table, objects }, { atWrite, failure });
        const first = workOnErasure(owner, { ...storage, invalidations }, { timing: TIMING });
        const outcome = await first.then(
          ({ status }) => status,
          (error: Error) => error.message,
        );
        if (!storage.hasFailed()) {
          expect(outcome).to.equal('done');
          break;
        }
        expect(outcome, `at write ${atWrite}`).to.be.oneOf(['dead', 'failed', 'done']);
        const { status } = await workOnErasure(owner, { table, objects, invalidations }, { timing: TIMING });
        expect(status, `after write ${atWrite}`).to.equal('done');
        await expectErased(services, owner, imageIds);
      }
      expect(atWrite, 'as many writes as it has').to.be.above(40);
      expect(await stateOf(services, other)).to.deep.equal(before);
    });
  }
});

describe('an erasure beside others', () => {
  let services: Services;
  let invalidations: CdnInvalidations;
  let furnish: ReturnType<typeof furnisher>;
  before(async () => {
    services = await startServices();
    invalidations = await noInvalidations(services);
    furnish = furnisher(services);
  });
  after(() => services.stop());

  const work = (owner: string, timing: Partial<typeof TIMING> = {}) =>
    workOnErasure(owner, { ...services, invalidations }, { timing: { ...TIMING, ...timing } });

  it('is not done while an upload that had its place before may still write, and that upload fails', async () => {
    const { table, objects, limits } = services;
    const record = imageRecord({ owner: 'slow' });
    const place = await limits.reserveImage(record);
    await objects.put(originalKey(record.imageId), Readable.from([jpeg]), { contentType: 'image/jpeg' });
    expect((await work('slow', { work: 300 })).status).to.equal('erasing');
    const image = { record: { ...record, countedAs: place.countedAs }, renditions: [rendition('one')] };
    expect(await rejectionOf(createImage(table, image))).to.include({ code: 'image_deleted' });
    expect((await work('slow', { work: 300 })).status, 'it may not know yet').to.equal('erasing');
    await place.giveBack();
    expect((await work('slow')).status).to.equal('done');
    await expectErased(services, 'slow', [record.imageId]);
  });

  it('waits for a completion that is under way, and ends the upload once nobody holds it', async () => {
    const upload = await furnish.openUpload('completing');
    const claim = await claimCompletion(services.table, upload, 'a list');
    const held = await work('completing', { work: 300 });
    expect(held).to.include({ status: 'erasing', uploads: 0 });
    expect((await recordOf(services.table, upload.uploadId)).status).to.equal('completing');
    if (claim) await expireCompletionClaim(services.table, claim);
    expect(await work('completing')).to.include({ status: 'done', uploads: 1 });
    await expectErased(services, 'completing', [upload.imageId]);
  });

  it('removes records that are damaged or have expired', async () => {
    const owner = 'damaged';
    const image = await furnish.image(owner);
    await changeRecord(services.table, image.imageId, { contentType: 'no type' });
    const [damaged, expired] = [await furnish.openUpload(owner), await furnish.openUpload(owner)];
    await rewriteUpload(services.table, damaged.uploadId, { partSize: 'no size' });
    await rewriteUpload(services.table, expired.uploadId, { removeAfter: 1 });
    expect(await work(owner)).to.include({ status: 'done', images: 1, uploads: 2 });
    const items = (await allItems(services.table)).filter((item) => item.owner === owner);
    expect(items.map(({ sk, status }) => [sk, status])).to.deep.equal([['RECORD', 'deleted']]);
  });

  it('ends for all who work on it at once, while the owner deletes images too', async () => {
    const owner = 'many';
    const before = await furnish.everything('beside');
    const other = await stateOf(services, 'beside');
    const records = await Promise.all(Array.from({ length: 40 }, () => furnish.image(owner)));
    const removing = records
      .filter((_, index) => index % 3 === 0)
      .map(({ imageId }) => removeImage(imageId, services, {}));
    const [ends] = await Promise.all([Promise.all([work(owner), work(owner), work(owner)]), ...removing]);
    expect(ends.map((end) => end.status)).to.deep.equal(['done', 'done', 'done']);
    expect((await work(owner)).images, 'nothing is left').to.equal(0);
    await expectErased(services, owner);
    expect(before).to.have.length(5);
    expect(await stateOf(services, 'beside')).to.deep.equal(other);
  });
});

describe('an erasure behind a CDN', () => {
  let services: Services;
  let cloudFront: CloudFront;
  let furnish: ReturnType<typeof furnisher>;
  const open = async (manyPublic?: number) => {
    cloudFront = await startCloudFront();
    services = await startServices({
      ...{ owners: true, cloudFrontEndpoint: cloudFront.url, erasureTiming: { work: 3_000 } },
      ...(manyPublic !== undefined && { manyPublic }),
    });
    furnish = furnisher(services);
  };
  afterEach(async () => {
    await services.stop();
    await cloudFront.stop();
  });
  const paths = () => [...cloudFront.accepted.values()].flatMap((asked) => asked.paths);

  it('removes a thousand images in several requests, and asks once for all', async function () {
    this.timeout(300_000);
    await open();
    const other = await furnish.everything('bob');
    const before = await stateOf(services, 'bob');
    for (let made = 0; made < 1_050; made += 25) {
      const facts = (index: number): Partial<ImageRecord> =>
        made + index < 1_001 ? {} : { visibility: 'private' as const };
      await Promise.all(Array.from({ length: 25 }, (_, index) => furnish.image('alice', facts(index))));
    }
    const sum = await erase(services.upload, 'alice');
    expect(sum).to.include({ images: 1_050, uploads: 0, purges: 0 });
    expect(sum.requests).to.be.at.least(2);
    await expectErased(services, 'alice');
    expect(paths()).to.deep.equal(['/v1/images/*']);
    expect(await stateOf(services, 'bob')).to.deep.equal(before);
    expect(other).to.have.length(5);
  });

  it('asks for each of a few images that were public, and for none that was private', async () => {
    await open();
    const shown = [await furnish.image('alice'), await furnish.image('alice')];
    await furnish.image('alice', { visibility: 'private' });
    expect(await erase(services.upload, 'alice')).to.include({ images: 3, purges: 2 });
    await expectErased(services, 'alice');
    await eventually('the invalidations', () => paths().length >= shown.length);
    expect(paths()).to.have.members(shown.map(({ imageId }) => `/v1/images/${imageId}*`));
  });

  it('is not done before the CDN has accepted to purge all', async () => {
    await open(2);
    for (let count = 0; count < 3; count += 1) await furnish.image('alice');
    cloudFront.refuse = (_, response) => answerError(response, 400, 'TooManyInvalidationsInProgress');
    const headers = await as('operator', ['admin']);
    const ask = () => send(services.upload, { method: 'DELETE', path: '/v1/owners/alice/images', headers });
    const deferred = await ask();
    expect(deferred.status).to.equal(202);
    expect(jsonOf(deferred)).to.deep.include({ status: 'erasing', images: 3 });
    expect(jsonOf(deferred).purge).to.deep.include({ status: 'deferred', paths: ['/v1/images/*'] });
    const refused = await send(services.upload, {
      ...{ method: 'POST', path: '/v1/images', body: jpeg },
      headers: await as('alice'),
    });
    expectProblem(refused, 'owner_being_erased');
    cloudFront.refuse = () => false;
    const done = await ask();
    expect(done.status).to.equal(200);
    expect(jsonOf(done).purge.status).to.equal('requested');
    expect(paths()).to.deep.equal(['/v1/images/*']);
    expect(new Set(cloudFront.asked.map(({ callerReference }) => callerReference)).size).to.equal(1);
    await expectErased(services, 'alice');
  });
});
