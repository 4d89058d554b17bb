import { randomUUID } from 'node:crypto';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { IMAGE_TABLE, idempotencyPartition, idempotencySortKey } from '../../../../shared/contracts/table.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { CLAIM_SECONDS } from '../../../../shared/storage/table/claim-expiry.ts';
import {
  answerClaim,
  type Claim,
  claimKey,
  type IdempotencyKey,
  releaseClaim,
  renewClaim,
} from '../../../../shared/storage/table/idempotency.ts';
import type { ImageTable } from '../../../../shared/storage/table/image-table.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';

const newKey = (): IdempotencyKey => ({ owner: `owner-${randomUUID()}`, key: randomUUID() });

const itemKey = ({ owner, key }: IdempotencyKey) => ({
  [IMAGE_TABLE.partitionKey]: idempotencyPartition(owner, key),
  [IMAGE_TABLE.sortKey]: idempotencySortKey,
});

const now = () => Math.floor(Date.now() / 1000);

async function claimed(table: ImageTable, key: IdempotencyKey, imageId = createImageId()): Promise<Claim> {
  const found = await claimKey(table, key, imageId);
  if (found.state !== 'claimed') throw new Error(`the key is ${found.state}`);
  return found.claim;
}

/** Puts a time of a claim into the past, as waiting would. */
async function letPass(table: ImageTable, key: IdempotencyKey, time: 'claimedUntil' | 'removeAfter'): Promise<void> {
  await table.documents.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key: itemKey(key),
      UpdateExpression: 'SET #time = :past',
      ExpressionAttributeNames: { '#time': time },
      ExpressionAttributeValues: { ':past': now() - 5 },
    }),
  );
}

async function readItem(table: ImageTable, key: IdempotencyKey): Promise<Record<string, unknown>> {
  const { Item = {} } = await table.documents.send(
    new GetCommand({ TableName: table.tableName, Key: itemKey(key), ConsistentRead: true }),
  );
  return Item;
}

/** What Idempotency-Keys keep to on any DynamoDB endpoint. `open` is called once. */
export function describeIdempotency(label: string, open: () => Promise<OpenedTable>): void {
  describe(`idempotency: ${label}`, () => {
    let opened: OpenedTable;

    before(async () => {
      opened = await open();
    });

    after(() => opened?.close());

    describeClaims(() => opened.table);
    describeLapsedClaims(() => opened.table);
    describeKeys(() => opened.table);
    describe('with many at once', () => describeConcurrentClaims(() => opened));
  });
}

function describeClaims(table: () => ImageTable): void {
  it('gives a new key to the first request', async () => {
    const key = newKey();
    const imageId = createImageId();
    const claim = await claimed(table(), key, imageId);
    expect(claim).to.deep.equal({ ...key, imageId, token: claim.token, takenOver: false });
    const { claimedUntil, removeAfter } = await readItem(table(), key);
    expect(claimedUntil).to.be.closeTo(now() + CLAIM_SECONDS, 5);
    expect(removeAfter).to.be.closeTo(now() + LIMITS.idempotencySeconds, 5);
  });

  it('answers under-way to all other requests', async () => {
    const key = newKey();
    const before = now();
    const claim = await claimed(table(), key);
    const since = Number((await readItem(table(), key)).removeAfter) - LIMITS.idempotencySeconds;
    expect(since).to.be.within(before, now());
    await renewClaim(table(), claim);
    for (let time = 0; time < 2; time += 1) {
      expect(await claimKey(table(), key, createImageId())).to.deep.equal({ state: 'under-way', since });
    }
  });

  for (const made of [{}, { uploadId: randomUUID() }]) {
    it(`tells everybody what was made once it is there, an image${made.uploadId ? ' of an upload' : ''}`, async () => {
      const key = newKey();
      const claim = await claimed(table(), key);
      expect(await answerClaim(table(), claim, made)).to.equal(true);
      const answered = { state: 'answered', imageId: claim.imageId, ...made };
      expect(await claimKey(table(), key, createImageId())).to.deep.equal(answered);
      await letPass(table(), key, 'claimedUntil');
      expect(await claimKey(table(), key, createImageId())).to.deep.equal(answered);
    });
  }

  it('keeps names only of what was made, and nothing by which its bytes could be told', async () => {
    const key = newKey();
    await answerClaim(table(), await claimed(table(), key), { uploadId: randomUUID() });
    expect(Object.keys(await readItem(table(), key))).to.have.members([
      'pk',
      'sk',
      'token',
      'imageId',
      'uploadId',
      'isAnswered',
      'claimedUntil',
      'removeAfter',
    ]);
  });

  it('gives a released key to the next request', async () => {
    const key = newKey();
    await releaseClaim(table(), await claimed(table(), key));
    const imageId = createImageId();
    expect(await claimed(table(), key, imageId)).to.include({ imageId, takenOver: false });
  });

  it('releases a claim once more without taking the key from its next holder', async () => {
    const key = newKey();
    const first = await claimed(table(), key);
    await releaseClaim(table(), first);
    await releaseClaim(table(), first);
    const second = await claimed(table(), key);
    await releaseClaim(table(), first);
    expect(await renewClaim(table(), second)).to.equal(true);
    expect(await renewClaim(table(), first)).to.equal(false);
  });

  it('renews a claim for its full time', async () => {
    const key = newKey();
    const claim = await claimed(table(), key);
    await letPass(table(), key, 'claimedUntil');
    expect(await renewClaim(table(), claim)).to.equal(true);
    expect((await readItem(table(), key)).claimedUntil).to.be.closeTo(now() + CLAIM_SECONDS, 5);
    expect(await claimKey(table(), key, createImageId())).to.include({ state: 'under-way' });
  });
}

function describeLapsedClaims(table: () => ImageTable): void {
  it('lets a claim that has lapsed be taken over, with the image id it had', async () => {
    const key = newKey();
    const first = await claimed(table(), key);
    await letPass(table(), key, 'claimedUntil');
    const second = await claimed(table(), key, createImageId());
    expect(second).to.include({ ...key, imageId: first.imageId, takenOver: true });
    expect(second.token).to.not.equal(first.token);
    expect(await claimKey(table(), key, createImageId())).to.include({ state: 'under-way' });
    expect(await answerClaim(table(), second)).to.equal(true);
  });

  it('refuses every change by a holder that lost its claim', async () => {
    const key = newKey();
    const first = await claimed(table(), key);
    await letPass(table(), key, 'claimedUntil');
    const second = await claimed(table(), key);
    expect(await renewClaim(table(), first)).to.equal(false);
    expect(await answerClaim(table(), first)).to.equal(false);
    await releaseClaim(table(), first);
    expect(await renewClaim(table(), second)).to.equal(true);
    expect(await claimKey(table(), key, createImageId())).to.include({ state: 'under-way' });
  });

  it('lets a claim that has lapsed be answered as long as nobody has taken it over', async () => {
    const key = newKey();
    const claim = await claimed(table(), key);
    await letPass(table(), key, 'claimedUntil');
    expect(await answerClaim(table(), claim)).to.equal(true);
    expect(await claimKey(table(), key, createImageId())).to.include({ state: 'answered' });
  });

  it('forgets a key that has expired, with its answer', async () => {
    const key = newKey();
    await answerClaim(table(), await claimed(table(), key));
    await letPass(table(), key, 'removeAfter');
    const imageId = createImageId();
    expect(await claimed(table(), key, imageId)).to.include({ imageId, takenOver: false });
    expect(await claimKey(table(), key, createImageId())).to.include({ state: 'under-way' });
  });
}

function describeKeys(table: () => ImageTable): void {
  for (const [one, another] of [
    [
      { owner: 'a', key: 'b#c' },
      { owner: 'a#b', key: 'c' },
    ],
    [
      { owner: 'a#b', key: 'c' },
      { owner: 'a%23b', key: 'c' },
    ],
    [
      { owner: 'a', key: '#c' },
      { owner: 'a#', key: 'c' },
    ],
    [
      { owner: 'a', key: 'c' },
      { owner: 'b', key: 'c' },
    ],
    [
      { owner: 'a', key: 'c' },
      { owner: 'a', key: 'C' },
    ],
    [
      { owner: 'a', key: 'c' },
      { owner: 'a', key: 'c#ANSWER' },
    ],
  ] as const) {
    it(`keeps ${one.key} of ${one.owner} and ${another.key} of ${another.owner} apart`, async () => {
      const suffix = randomUUID();
      const keys = [one, another].map(({ owner, key }) => ({ owner, key: `${key}${suffix}` }));
      for (const key of keys) expect((await claimKey(table(), key, createImageId())).state).to.equal('claimed');
    });
  }
}

function describeConcurrentClaims(opened: () => OpenedTable): void {
  beforeEach(function () {
    if (!opened().atomic) this.skip();
  });

  const table = () => opened().table;

  it('gives a key to exactly one of many that ask at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = newKey();
      const found = await Promise.all(Array.from({ length: 5 }, () => claimKey(table(), key, createImageId())));
      expect(found.map(({ state }) => state).sort()).to.deep.equal(['claimed', ...Array(4).fill('under-way')]);
    }
  });

  it('gives a lapsed claim to exactly one of many that ask at once', async () => {
    const key = newKey();
    await claimed(table(), key);
    await letPass(table(), key, 'claimedUntil');
    const found = await Promise.all(Array.from({ length: 5 }, () => claimKey(table(), key, createImageId())));
    expect(found.map(({ state }) => state).sort()).to.deep.equal(['claimed', ...Array(4).fill('under-way')]);
  });
}
