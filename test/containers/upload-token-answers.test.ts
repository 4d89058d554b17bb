import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { imagePartition, recordSortKey, renditionSortKey } from '../../shared/contracts/table.ts';
import type { ErrorCode } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import type { OwnerLimitValues } from '../../shared/domain/owner-limits.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import { addProcessing } from '../../shared/storage/table/day-usage.ts';
import { type Answered, expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { type MadeToken, madeToken, postWithToken, withToken } from '../support/services/upload-tokens.ts';

const jpeg = await photograph('jpeg');

/** What the owner alone knows. */
const SECRET = 'canary';
const LATER = '2031-02-03T04:05:06.789Z';

/** What the upload has decided, and an image is known by. */
type OfUpload =
  | 'imageId'
  | 'owner'
  | 'status'
  | 'fileName'
  | 'contentType'
  | 'contentLength'
  | 'checksumSha256'
  | 'uploadedChecksumSha256'
  | 'removed'
  | 'width'
  | 'height'
  | 'uploadId'
  | 'createdAt'
  | 'countedAs';

/** Everything else of a record as it may become. */
const BECOMES: Required<Omit<ImageRecord, OfUpload>> = {
  visibility: 'private',
  watermarkFor: 'everyone',
  moderation: 'rejected',
  moderationReason: `${SECRET}: looks like a fraud`,
  moderatorToldAt: LATER,
  placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI',
  dominantColor: '#c0ffee',
  metadata: { [SECRET]: SECRET },
  additions: 4_711,
  changedAt: LATER,
  purgeId: LATER,
  invalidationId: SECRET,
};

const OF_OWNER = [SECRET, LATER, 'everyone', 'rejected', 'failed', '"later', '1QcSHQ', 'c0ffee', '4711'];

describe('What the holder of an upload token is answered', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ owners: true });
  });
  after(() => services.stop());

  const bounds = async () => ({
    renditions: ['thumb', { name: 'marked', commands: [{ operation: 'watermark', imageId: await watermark() }] }],
    metadata: { order: SECRET },
  });

  async function watermark(): Promise<string> {
    const headers = await as('shop');
    const path = '/v1/images?visibility=private';
    return jsonOf(await send(services.upload, { method: 'POST', path, headers, body: jpeg })).imageId;
  }

  async function update(sk: string, imageId: string, attributes: object): Promise<void> {
    const entries = Object.entries(attributes);
    const { documents, tableName } = services.table;
    await documents.send(
      new UpdateCommand({
        ...{ TableName: tableName, Key: { pk: imagePartition(imageId), sk } },
        UpdateExpression: `SET ${entries.map((_, index) => `#${index} = :${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(entries.map(([name], index) => [`#${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], index) => [`:${index}`, value])),
        ConditionExpression: 'attribute_exists(pk)',
      }),
    );
  }

  /** Has everything happen to an image that may. */
  async function live({ imageId }: MadeToken): Promise<void> {
    const headers = { ...(await as('shop')), 'content-type': 'application/json' };
    const later = { renditions: [{ name: 'later', commands: [], output: { format: 'png' } }] };
    const path = `/v1/images/${imageId}/renditions`;
    const added = await send(services.upload, { method: 'POST', path, headers, body: JSON.stringify(later) });
    expect(added.status, added.body.toString()).to.equal(202);
    const failed: Partial<Rendition> = {
      ...{ status: 'failed', attempts: 3, updatedAt: LATER },
      failure: { code: 'watermark_not_found', detail: `The watermark ${SECRET} is not there.` },
    };
    for (const name of ['thumb', 'marked']) await update(renditionSortKey(name), imageId, failed);
    await update(recordSortKey, imageId, BECOMES);
    const seen = await send(services.download, { path: `/v1/images/${imageId}`, headers: await as('shop') });
    for (const word of ['fraud', 'later', 'failed', LATER]) expect(seen.body.toString()).to.include(word);
  }

  const told = ({ status, headers, body }: Answered) => {
    const { date: _date, 'x-request-id': _id, 'upload-limit': _untilThen, ...others } = headers;
    return { status, headers: others, body: body.toString() };
  };

  /** Asks, has everything happen to the image, asks again, and compares. */
  async function expectSame(made: MadeToken, ask: () => Promise<Answered[]>): Promise<void> {
    const before = (await ask()).map(told);
    for (const { status, body } of before) expect(status, body).to.be.within(200, 201);
    await live(made);
    const after = (await ask()).map(told);
    expect(after).to.deep.equal(before);
    for (const word of OF_OWNER) expect(JSON.stringify(after)).to.not.include(word);
  }

  it('to an upload in one request is the same for ever, whatever becomes of the image, and says nothing that the owner alone knows', async () => {
    const made = await madeToken(services, await bounds());
    await expectSame(made, async () => [
      await withToken(made, services.upload, { method: 'POST', path: '/v1/images', body: jpeg }),
    ]);
  });

  it('to an upload in parts is the same for ever too, at each of its routes', async () => {
    const made = await madeToken(services, await bounds());
    const begin = () => postWithToken(made, services.asyncUpload, '/v1/uploads', {});
    const begun = await begin();
    const path = `/v1/uploads/${jsonOf(begun).uploadId}`;
    const ask = (method: string, below: string, body?: Buffer) =>
      withToken(made, services.asyncUpload, { method, path: `${path}${below}`, ...(body && { body }) });
    const { eTag } = jsonOf(await ask('PUT', '/parts/1', jpeg));
    for (const answer of [begun, await ask('GET', ''), await ask('GET', '/parts')])
      expect(answer.body.toString()).to.not.include(SECRET);
    const parts = [{ partNumber: 1, eTag }];
    await expectSame(made, async () => [
      await postWithToken(made, services.asyncUpload, `${path}/complete`, { parts }),
      await begin(),
      await ask('GET', ''),
    ]);
  });
});

/** Which limit of an owner is reached, and by what the holder of a token meets it. */
const REACHED: Partial<Record<ErrorCode, { limits: Partial<OwnerLimitValues>; bounds?: object; isBegun?: true }>> = {
  image_quota_reached: { limits: { images: 1 } },
  storage_quota_reached: { limits: { storedBytes: jpeg.length + 1 } },
  rendition_quota_reached: { limits: { renditionsPerDay: 1 }, bounds: { renditions: ['thumb', 'small'] } },
  processing_quota_reached: { limits: { processingSecondsPerDay: 10 }, bounds: { renditions: ['thumb'] } },
  too_many_uploads: { limits: { openUploads: 1 }, isBegun: true },
};

describe('What the holder of an upload token is told of the limits of its owner', () => {
  for (const [code, { limits, bounds, isBegun }] of Object.entries(REACHED)) {
    it(`is no figure, when it is ${code}`, async () => {
      const services = await startServices({ owners: true, ownerLimits: limits });
      try {
        const made = await madeToken(services, bounds);
        const headers = { ...(await as('shop')), 'content-type': 'application/json' };
        const own = { ...(await as('shop')), 'content-type': 'image/jpeg' };
        await send(services.upload, { method: 'POST', path: '/v1/images', headers: own, body: jpeg });
        await send(services.asyncUpload, { method: 'POST', path: '/v1/uploads', headers, body: '{}' });
        await addProcessing(services.table, 'shop', 10_001);
        const answer = isBegun
          ? await postWithToken(made, services.asyncUpload, '/v1/uploads', {})
          : await withToken(made, services.upload, { method: 'POST', path: '/v1/images', body: jpeg });
        const problem = expectProblem(answer, code as ErrorCode);
        expect(problem).to.not.have.any.keys('limit', 'actual', 'unit');
        expect(problem.detail).to.not.match(/\d/);
      } finally {
        await services.stop();
      }
    });
  }
});
