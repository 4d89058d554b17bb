import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import {
  IMAGE_TABLE,
  openUploadsCountSortKey,
  openUploadsPartition,
  TOMBSTONE_SECONDS,
  uploadPartition,
  uploadSortKey,
} from '../../../../shared/contracts/table.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import type { Tombstone } from '../../../../shared/domain/image-record.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import {
  recommendedPartSize,
  UPLOAD_STATUSES,
  UPLOAD_TRANSITIONS,
  type UploadRecord,
  type UploadStatus,
} from '../../../../shared/domain/multipart-upload.ts';
import { CLAIM_SECONDS } from '../../../../shared/storage/table/claim-expiry.ts';
import { listImageRecords } from '../../../../shared/storage/table/image-list.ts';
import type { ImageTable } from '../../../../shared/storage/table/image-table.ts';
import { countOpenUpload, readOpenUploads, uncountOpenUpload } from '../../../../shared/storage/table/open-uploads.ts';
import { listOpenUploads } from '../../../../shared/storage/table/owned-items.ts';
import {
  type CompletionClaim,
  claimCompletion,
  expireCompletionClaim,
  finishCompletion,
  markAssembled,
  rejectUpload,
  renewCompletion,
  reopenUpload,
} from '../../../../shared/storage/table/upload-completion.ts';
import {
  abortUploadRecord,
  createUploadRecord,
  type FoundUpload,
  markIrregular,
  markSigned,
  readUpload,
  writeUploadTombstone,
} from '../../../../shared/storage/table/upload-table.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';
import { renditionRequest } from '../../../support/storage/image-records.ts';

const FAILURE = { code: 'image_unreadable', detail: 'It cannot be decoded.' } as const;

const DAY_MS = 24 * 60 * 60 * 1000;

const uploadRecord = (facts: Partial<UploadRecord> = {}): UploadRecord => ({
  uploadId: randomUUID(),
  imageId: createImageId(),
  owner: 'local',
  status: 'open',
  contentType: 'image/jpeg',
  renditions: [],
  storeUploadId: `the store's own name of ${randomUUID()}`,
  partSize: recommendedPartSize(),
  createdAt: new Date().toISOString(),
  validUntil: new Date(Date.now() + 3 * DAY_MS).toISOString(),
  ...facts,
});

const now = () => Math.floor(Date.now() / 1000);

const itemKey = (uploadId: string) => ({
  [IMAGE_TABLE.partitionKey]: uploadPartition(uploadId),
  [IMAGE_TABLE.sortKey]: uploadSortKey,
});

async function readItem({ documents, tableName }: ImageTable, uploadId: string): Promise<Record<string, unknown>> {
  const { Item = {} } = await documents.send(
    new GetCommand({ TableName: tableName, Key: itemKey(uploadId), ConsistentRead: true }),
  );
  return Item;
}

async function writeAttribute(
  { documents, tableName }: ImageTable,
  uploadId: string,
  name: string,
  value: unknown,
): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: tableName,
      Key: itemKey(uploadId),
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
}

/** Puts the end of a claim into the past, as waiting would. */
const letLapse = (table: ImageTable, uploadId: string) => writeAttribute(table, uploadId, 'claimedUntil', now() - 5);

async function created(table: ImageTable, facts: Partial<UploadRecord> = {}): Promise<UploadRecord> {
  const upload = uploadRecord(facts);
  await createUploadRecord(table, upload);
  return upload;
}

async function found(table: ImageTable, uploadId: string): Promise<FoundUpload> {
  const read = await readUpload(table, uploadId);
  if (!read) throw new Error(`there is no upload ${uploadId}`);
  return read;
}

/** Claims an upload as it is now. */
async function claimed(table: ImageTable, uploadId: string, fingerprint = 'a list'): Promise<CompletionClaim> {
  const claim = await claimCompletion(table, (await found(table, uploadId)).upload, fingerprint);
  if (!claim) throw new Error(`the upload ${uploadId} cannot be claimed`);
  return claim;
}

/** Whatever only the holder of a claim may do. */
const BY_HOLDER: Record<string, (table: ImageTable, claim: CompletionClaim) => Promise<boolean>> = {
  renew: renewCompletion,
  'note its list': (table, claim) => markAssembled(table, claim, { partsFingerprint: 'another list' }),
  finish: (table, claim) => finishCompletion(table, claim),
  reject: (table, claim) => rejectUpload(table, claim, FAILURE),
  'give back': reopenUpload,
  'let go': expireCompletionClaim,
};

/** What the records of uploads keep to on any DynamoDB endpoint. `open` is called once. */
export function describeUploadTable(label: string, open: () => Promise<OpenedTable>): void {
  describe(`upload table: ${label}`, () => {
    let opened: OpenedTable;

    before(async () => {
      opened = await open();
    });

    after(() => opened?.close());

    const table = () => opened.table;
    describeRecords(table);
    describeClaims(table);
    describeLapsedClaims(table);
    describeEnds(table);
    describeOpenUploads(table);
    describeTransitions(table);
    describe('with many at once', () => describeConcurrentWrites(() => opened));
  });
}

type GetTable = () => ImageTable;

function describeRecords(table: GetTable): void {
  for (const [what, facts] of [
    ['the least that is declared', {}],
    [
      'all that can be declared',
      {
        contentLength: 2 ** 40,
        checksumSha256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
        renditions: [renditionRequest('a'), renditionRequest('b')],
        metadata: { title: 'Ä 💡', empty: '' },
      },
    ],
    ['metadata without a name', { metadata: {} }],
  ] as [string, Partial<UploadRecord>][]) {
    it(`gives back an upload with ${what}`, async () => {
      const upload = await created(table(), facts);
      expect(await readUpload(table(), upload.uploadId)).to.deep.equal({ upload, isHeld: false });
    });
  }

  it('knows no upload that was not created', async () => {
    expect(await readUpload(table(), randomUUID())).to.equal(undefined);
  });

  it('keeps a record for a week beyond the end of its upload', async () => {
    const { uploadId, validUntil } = await created(table());
    const { [IMAGE_TABLE.timeToLiveAttribute]: removedAfter } = await readItem(table(), uploadId);
    expect(removedAfter).to.equal(Math.floor(Date.parse(validUntil) / 1000) + 7 * 24 * 60 * 60);
  });

  it('marks an upload irregular, and once more, and changes nothing else', async () => {
    const upload = await created(table());
    await markIrregular(table(), upload.uploadId);
    await markIrregular(table(), upload.uploadId);
    expect((await found(table(), upload.uploadId)).upload).to.deep.equal({ ...upload, irregular: true });
  });

  it('marks an upload irregular or signed, whichever comes first', async () => {
    const [one, another] = [await created(table()), await created(table())];
    expect(await markIrregular(table(), one.uploadId)).to.equal(true);
    expect(await markSigned(table(), one.uploadId)).to.equal(false);
    expect((await found(table(), one.uploadId)).upload).to.deep.equal({ ...one, irregular: true });
    expect(await markSigned(table(), another.uploadId)).to.equal(true);
    expect(await markIrregular(table(), another.uploadId)).to.equal(false);
    expect(await markSigned(table(), another.uploadId)).to.equal(true);
    expect((await found(table(), another.uploadId)).upload).to.deep.equal({ ...another, signed: true });
  });

  it('lists the uploads of an owner that have not ended, in pages, and none of another', async () => {
    const owner = `owner ${randomUUID()}`;
    const listed = async (of: string) => {
      const uploadIds: string[] = [];
      for await (const page of listOpenUploads(table(), of, 2)) uploadIds.push(...page);
      return uploadIds;
    };
    const [aborted, completed, rejected, deleted, reopened, claim] = await Promise.all(
      Array.from({ length: 6 }, () => created(table(), { owner })),
    );
    const other = await created(table(), { owner: `${owner}2` });
    const open = [aborted, completed, rejected, deleted, reopened, claim].map((upload) => upload?.uploadId);
    expect(await listed(owner)).to.have.members(open);
    const idOf = (upload: UploadRecord | undefined) => String(upload?.uploadId);
    await abortUploadRecord(table(), idOf(aborted));
    await finishCompletion(table(), await claimed(table(), idOf(completed)));
    await rejectUpload(table(), await claimed(table(), idOf(rejected)), FAILURE);
    const { uploadId, imageId } = deleted as UploadRecord;
    const tombstone = { imageId, owner, uploadId, status: 'deleted', deletedAt: new Date().toISOString() } as const;
    await writeUploadTombstone(table(), tombstone);
    await reopenUpload(table(), await claimed(table(), idOf(reopened)));
    await claimed(table(), idOf(claim));
    expect(await listed(owner)).to.have.members([idOf(reopened), idOf(claim)]);
    expect(await listed(`${owner}2`)).to.deep.equal([other.uploadId]);
    expect((await listImageRecords(table(), { owner, limit: 10 })).records).to.deep.equal([]);
  });

  it('makes no record of an upload that is not there', async () => {
    const upload = uploadRecord();
    const { uploadId } = upload;
    await markIrregular(table(), uploadId);
    expect(await abortUploadRecord(table(), uploadId)).to.equal(false);
    expect(await claimCompletion(table(), upload, 'a list')).to.equal(undefined);
    for (const change of Object.values(BY_HOLDER)) {
      expect(await change(table(), { uploadId, token: 'a token' })).to.equal(false);
    }
    expect(await readItem(table(), uploadId)).to.deep.equal({});
  });
}

function describeClaims(table: GetTable): void {
  it('gives an open upload to the first request that claims it', async () => {
    const upload = await created(table());
    const claim = await claimed(table(), upload.uploadId, 'a list');
    expect(claim).to.deep.equal({ uploadId: upload.uploadId, token: claim.token });
    expect(await readUpload(table(), upload.uploadId)).to.deep.equal({
      upload: { ...upload, status: 'completing', partsFingerprint: 'a list' },
      isHeld: true,
    });
    const { claimedUntil } = await readItem(table(), upload.uploadId);
    expect(claimedUntil).to.be.closeTo(now() + CLAIM_SECONDS, 5);
  });

  it('gives a claimed upload to nobody else, whenever they read it', async () => {
    const upload = await created(table());
    const claim = await claimed(table(), upload.uploadId, 'a list');
    const { upload: held } = await found(table(), upload.uploadId);
    for (const read of [upload, held]) expect(await claimCompletion(table(), read, 'another list')).to.equal(undefined);
    expect((await found(table(), upload.uploadId)).upload.partsFingerprint).to.equal('a list');
    expect(await renewCompletion(table(), claim)).to.equal(true);
  });

  it('renews a claim for its full time', async () => {
    const { uploadId } = await created(table());
    const claim = await claimed(table(), uploadId);
    await letLapse(table(), uploadId);
    expect((await found(table(), uploadId)).isHeld).to.equal(false);
    expect(await renewCompletion(table(), claim)).to.equal(true);
    expect((await found(table(), uploadId)).isHeld).to.equal(true);
    expect((await readItem(table(), uploadId)).claimedUntil).to.be.closeTo(now() + CLAIM_SECONDS, 5);
  });

  it('gives a reopened upload to the next request, with the parts list of that request', async () => {
    const upload = await created(table());
    const first = await claimed(table(), upload.uploadId, 'a list');
    expect(await reopenUpload(table(), first)).to.equal(true);
    const { upload: open, isHeld } = await found(table(), upload.uploadId);
    expect({ open, isHeld }).to.deep.equal({ open: { ...upload, partsFingerprint: 'a list' }, isHeld: false });
    const second = await claimed(table(), upload.uploadId, 'another list');
    expect(second.token).to.not.equal(first.token);
    expect((await found(table(), upload.uploadId)).upload.partsFingerprint).to.equal('another list');
  });

  it('keeps an upload irregular through a claim', async () => {
    const { uploadId } = await created(table());
    await markIrregular(table(), uploadId);
    await reopenUpload(table(), await claimed(table(), uploadId));
    expect((await found(table(), uploadId)).upload).to.include({ irregular: true, status: 'open' });
  });
}

function describeLapsedClaims(table: GetTable): void {
  it('lets a claim that has lapsed be taken over, with its list until the new holder notes another', async () => {
    const { uploadId } = await created(table());
    const first = await claimed(table(), uploadId, 'a list');
    await letLapse(table(), uploadId);
    const second = await claimed(table(), uploadId, 'another list');
    expect(second.token).to.not.equal(first.token);
    expect(await found(table(), uploadId)).to.deep.include({ isHeld: true });
    expect((await found(table(), uploadId)).upload).to.include({ status: 'completing', partsFingerprint: 'a list' });
    expect(await markAssembled(table(), second, { partsFingerprint: 'another list' })).to.equal(true);
    expect((await found(table(), uploadId)).upload.partsFingerprint).to.equal('another list');
  });

  it('gives no lapsed claim to a request that read the upload while it was open', async () => {
    const upload = await created(table());
    await claimed(table(), upload.uploadId);
    await letLapse(table(), upload.uploadId);
    expect(await claimCompletion(table(), upload, 'another list')).to.equal(undefined);
  });

  it('lets an expired claim be taken over at once, still completing, with the parts list its object was made from', async () => {
    const upload = await created(table());
    const first = await claimed(table(), upload.uploadId, 'a list');
    expect(await markAssembled(table(), first)).to.equal(true);
    expect(await expireCompletionClaim(table(), first)).to.equal(true);
    const assembled = { ...upload, status: 'completing', partsFingerprint: 'a list', assembled: true };
    expect(await readUpload(table(), upload.uploadId)).to.deep.equal({ upload: assembled, isHeld: false });
    expect(await claimCompletion(table(), upload, 'another list')).to.equal(undefined);
    const second = await claimed(table(), upload.uploadId, 'another list');
    expect(await readUpload(table(), upload.uploadId)).to.deep.equal({ upload: assembled, isHeld: true });
    expect(await finishCompletion(table(), first)).to.equal(false);
    expect(await finishCompletion(table(), second)).to.equal(true);
  });

  for (const [what, change] of Object.entries(BY_HOLDER)) {
    it(`does not let a holder that lost its claim ${what}`, async () => {
      const { uploadId } = await created(table());
      const first = await claimed(table(), uploadId);
      await letLapse(table(), uploadId);
      const second = await claimed(table(), uploadId);
      const before = await readItem(table(), uploadId);
      expect(await change(table(), first)).to.equal(false);
      expect(await readItem(table(), uploadId)).to.deep.equal(before);
      expect(await change(table(), second)).to.equal(true);
    });

    it(`lets the holder of a lapsed claim ${what} as long as nobody has taken it over`, async () => {
      const { uploadId } = await created(table());
      const claim = await claimed(table(), uploadId);
      await letLapse(table(), uploadId);
      expect(await change(table(), claim)).to.equal(true);
    });

    it(`does not let a holder that gave its claim back ${what}`, async () => {
      const { uploadId } = await created(table());
      const claim = await claimed(table(), uploadId);
      await reopenUpload(table(), claim);
      const before = await readItem(table(), uploadId);
      expect(await change(table(), claim)).to.equal(false);
      expect(await readItem(table(), uploadId)).to.deep.equal(before);
    });
  }
}

/** An upload of which everything is there that can be. */
const FULL: Partial<UploadRecord> = {
  contentLength: 2 ** 20,
  checksumSha256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  renditions: [renditionRequest('a')],
  visibility: 'private',
  metadata: { customer: 'somebody@example.org' },
  declarationFingerprint: 'of all that',
  irregular: true,
};

/** What the item of one that has ended has no use for. */
const GOES = ['checksumSha256', 'renditions', 'metadata'];

const without = (upload: UploadRecord, names: string[]) =>
  Object.fromEntries(Object.entries(upload).filter(([name]) => !names.includes(name)));

const tombstoneOf = ({ uploadId, imageId, owner }: UploadRecord): Tombstone => ({
  ...{ uploadId, imageId, owner, status: 'deleted' },
  deletedAt: new Date().toISOString(),
});

function describeEnds(table: GetTable): void {
  it('removes from a completed upload what its image has', async () => {
    const upload = await created(table(), FULL);
    const claim = await claimed(table(), upload.uploadId, 'a list');
    expect(await finishCompletion(table(), claim)).to.equal(true);
    expect(await readUpload(table(), upload.uploadId)).to.deep.equal({
      upload: { ...without(upload, GOES), renditions: [], status: 'completed', partsFingerprint: 'a list' },
      isHeld: false,
    });
    expect(await readItem(table(), upload.uploadId)).to.not.have.any.keys(GOES);
  });

  it('keeps the failure of a rejected upload, and removes what was declared for its image', async () => {
    const upload = await created(table(), FULL);
    const claim = await claimed(table(), upload.uploadId, 'a list');
    expect(await rejectUpload(table(), claim, FAILURE)).to.equal(true);
    const left = without(upload, [...GOES, 'declarationFingerprint']);
    expect(await readUpload(table(), upload.uploadId)).to.deep.equal({
      upload: { ...left, renditions: [], status: 'rejected', partsFingerprint: 'a list', failure: FAILURE },
      isHeld: false,
    });
  });

  it('aborts an upload repeatedly, and removes what was declared for its image', async () => {
    const upload = await created(table(), FULL);
    expect(await abortUploadRecord(table(), upload.uploadId)).to.equal(true);
    expect(await abortUploadRecord(table(), upload.uploadId)).to.equal(true);
    const aborted = {
      ...without(upload, [...GOES, 'declarationFingerprint']),
      renditions: [],
      status: 'aborted',
    };
    expect(await readUpload(table(), upload.uploadId)).to.deep.equal({ upload: aborted, isHeld: false });
  });

  it('keeps the tombstone of an upload as long as that of its deleted image', async () => {
    const upload = await created(table(), FULL);
    await finishCompletion(table(), await claimed(table(), upload.uploadId));
    const tombstone = tombstoneOf(upload);
    for (let time = 0; time < 2; time += 1) {
      await writeUploadTombstone(table(), tombstone);
      expect(await readItem(table(), upload.uploadId)).to.deep.equal({
        ...itemKey(upload.uploadId),
        ...{ uploadId: upload.uploadId, imageId: upload.imageId, owner: upload.owner, status: 'completed' },
        removeAfter: Math.floor(Date.parse(tombstone.deletedAt) / 1000) + TOMBSTONE_SECONDS,
      });
    }
  });

  it('refuses the completion of an upload whose image was deleted meanwhile', async () => {
    const upload = await created(table(), FULL);
    const claim = await claimed(table(), upload.uploadId);
    await writeUploadTombstone(table(), tombstoneOf(upload));
    const before = await readItem(table(), upload.uploadId);
    for (const change of Object.values(BY_HOLDER)) expect(await change(table(), claim)).to.equal(false);
    expect(await readItem(table(), upload.uploadId)).to.deep.equal(before);
  });

  it('writes no tombstone for an upload that does not exist, or an image without one', async () => {
    const upload = uploadRecord();
    await writeUploadTombstone(table(), tombstoneOf(upload));
    const { uploadId: _uploadId, ...whole } = tombstoneOf(upload);
    await writeUploadTombstone(table(), whole);
    expect(await readItem(table(), upload.uploadId)).to.deep.equal({});
  });

  it('treats an expired upload as absent before DynamoDB has removed it', async () => {
    const { uploadId } = await created(table());
    await writeAttribute(table(), uploadId, IMAGE_TABLE.timeToLiveAttribute, now() - 5);
    expect(await readUpload(table(), uploadId)).to.equal(undefined);
  });
}

/** What counts of an upload that may take so many seconds. */
const begunAt = (owner: string, time = Date.now(), seconds: number = LIMITS.uploadSeconds) => ({
  owner,
  createdAt: new Date(time).toISOString(),
  validUntil: new Date(time + seconds * 1000).toISOString(),
});

/** Uploads of somebody new, so many begun each day, today last. */
async function begunBy(table: ImageTable, ...counts: number[]): Promise<UploadRecord[]> {
  const owner = `owner-${randomUUID()}`;
  const uploads: UploadRecord[] = [];
  for (const [index, count] of counts.entries()) {
    const createdAt = new Date(Date.now() - (counts.length - 1 - index) * DAY_MS).toISOString();
    for (let made = 0; made < count; made += 1) {
      const begun = begunAt(owner, Date.parse(createdAt));
      expect(await countOpenUpload(table, begun, Number.MAX_SAFE_INTEGER)).to.equal(true);
      uploads.push(await created(table, begun));
    }
  }
  return uploads;
}

function describeOpenUploads(table: GetTable): void {
  /** Whether one more may be begun of so many, which is then not counted. */
  const hasRoom = async ({ owner }: Pick<UploadRecord, 'owner'>, limit: number): Promise<boolean> => {
    const begun = begunAt(owner);
    const isCounted = await countOpenUpload(table(), begun, limit);
    if (isCounted) await uncountOpenUpload(table(), begun);
    return isCounted;
  };
  const expectOpen = async (of: UploadRecord, count: number) => {
    expect(await hasRoom(of, count), `at least ${count} are open`).to.equal(false);
    expect(await hasRoom(of, count + 1), `no more than ${count} are open`).to.equal(true);
  };

  it('counts the open uploads of one owner over the days in which they can be open', async () => {
    const [first] = await begunBy(table(), 4, 2, 1, 1);
    await expectOpen(first as UploadRecord, 8);
    const [old] = await begunBy(table(), 4, 0, 0, 0, 1);
    await expectOpen(old as UploadRecord, 1);
  });

  const ENDS: Record<string, (upload: UploadRecord) => Promise<unknown>> = {
    aborted: ({ uploadId }) => abortUploadRecord(table(), uploadId),
    completed: async ({ uploadId }) => finishCompletion(table(), await claimed(table(), uploadId)),
    rejected: async ({ uploadId }) => rejectUpload(table(), await claimed(table(), uploadId), FAILURE),
    'forgotten while it is completed': async (upload) => {
      await claimed(table(), upload.uploadId);
      await writeUploadTombstone(table(), tombstoneOf(upload));
    },
  };
  for (const [how, end] of Object.entries(ENDS)) {
    it(`stops counting an upload that was ${how}, and only once`, async () => {
      const uploads = await begunBy(table(), 1, 2);
      const [first] = uploads as [UploadRecord];
      await end(first);
      await abortUploadRecord(table(), first.uploadId);
      await writeUploadTombstone(table(), tombstoneOf(first));
      await expectOpen(first, 2);
    });
  }

  it('begins just as many as may be when many begin at the same time', async () => {
    const begun = begunAt(`owner-${randomUUID()}`);
    const counted = await Promise.all(Array.from({ length: 40 }, () => countOpenUpload(table(), begun, 25)));
    expect(counted.filter(Boolean)).to.have.length(25);
    expect(await readOpenUploads(table(), begun.owner)).to.equal(25);
  });

  for (const [seconds, late] of [
    [60, 300],
    [900, 300],
    [3_600, 300],
    [3_601, 3_600],
    [86_400, 3_600],
    [LIMITS.uploadSeconds, 86_400],
  ] as const) {
    it(`counts an upload that nobody goes on with until it ends after ${seconds} s, and at most ${late} s longer`, async () => {
      const owner = `owner-${randomUUID()}`;
      const time = Date.now() - 10 * DAY_MS;
      const most = 3;
      for (let made = 0; made < most; made += 1)
        expect(await countOpenUpload(table(), begunAt(owner, time, seconds), most)).to.equal(true);
      const again = (after: number) => countOpenUpload(table(), begunAt(owner, time + after * 1000, seconds), most);
      expect(await again(seconds - 1)).to.equal(false);
      expect(await again(seconds + late)).to.equal(true);
      expect(await readOpenUploads(table(), owner)).to.equal(0);
    });
  }

  it('lets no upload that ends late keep those that end early', async () => {
    const owner = `owner-${randomUUID()}`;
    const time = Date.now() - 3_600_000;
    const long = begunAt(owner, time);
    expect(await countOpenUpload(table(), long, 100)).to.equal(true);
    for (const seconds of [60, 900, 1_200]) await countOpenUpload(table(), begunAt(owner, time, seconds), 100);
    expect(await readOpenUploads(table(), owner)).to.equal(1);
    expect(await countOpenUpload(table(), begunAt(owner), 2)).to.equal(true);
    await uncountOpenUpload(table(), long);
    expect(await readOpenUploads(table(), owner)).to.equal(1);
  });

  it('keeps little of periods that are over, however many there were', async () => {
    const owner = `owner-${randomUUID()}`;
    const begin = Date.now() - DAY_MS;
    for (let place = 0; place < 60; place += 1)
      await countOpenUpload(table(), begunAt(owner, begin + place * 600_000, 60), 100);
    const { Item = {} } = await table().documents.send(
      new GetCommand({
        TableName: table().tableName,
        Key: { pk: openUploadsPartition(owner), sk: openUploadsCountSortKey },
        ConsistentRead: true,
      }),
    );
    expect(Object.keys(Item).filter((name) => name.startsWith('until_'))).to.have.length.at.most(2);
  });

  it('begins just as many as may be when many begin at the same time after others have expired', async () => {
    const owner = `owner-${randomUUID()}`;
    const old = begunAt(owner, Date.now() - DAY_MS, 60);
    for (let made = 0; made < 25; made += 1) await countOpenUpload(table(), old, 25);
    const counted = await Promise.all(Array.from({ length: 40 }, () => countOpenUpload(table(), begunAt(owner), 25)));
    expect(counted.filter(Boolean).length).to.be.within(1, 25);
    expect(await readOpenUploads(table(), owner)).to.equal(counted.filter(Boolean).length);
  });

  it('goes on with what an earlier version has counted by the day of its creation', async () => {
    const owner = `owner-${randomUUID()}`;
    const dayOf = (time: number) => `day_${new Date(time).toISOString().slice(0, 10).replaceAll('-', '_')}`;
    const [today, over] = [Date.now(), Date.now() - 5 * DAY_MS];
    const Key = { pk: openUploadsPartition(owner), sk: openUploadsCountSortKey };
    const counted = {
      openUploads: 5,
      [dayOf(today)]: 2,
      [dayOf(over)]: 3,
      [IMAGE_TABLE.timeToLiveAttribute]: now() + 99,
    };
    await table().documents.send(new PutCommand({ TableName: table().tableName, Item: { ...Key, ...counted } }));
    expect(await readOpenUploads(table(), owner)).to.equal(2);
    await uncountOpenUpload(table(), begunAt(owner, today));
    expect(await countOpenUpload(table(), begunAt(owner), 2)).to.equal(true);
    expect(await countOpenUpload(table(), begunAt(owner), 2)).to.equal(false);
  });

  it('never counts below zero', async () => {
    const begun = begunAt(`owner-${randomUUID()}`);
    for (let time = 0; time < 3; time += 1) await uncountOpenUpload(table(), begun);
    expect(await hasRoom(begun, 1)).to.equal(true);
  });

  it('expires the counter when none of its uploads can be open', async () => {
    const [{ owner, createdAt }] = (await begunBy(table(), 1)) as [UploadRecord];
    const { Item = {} } = await table().documents.send(
      new GetCommand({
        TableName: table().tableName,
        Key: { pk: openUploadsPartition(owner), sk: openUploadsCountSortKey },
        ConsistentRead: true,
      }),
    );
    const removeAfter = Number(Item[IMAGE_TABLE.timeToLiveAttribute]);
    expect(removeAfter).to.be.within(
      Date.parse(createdAt) / 1000 + LIMITS.uploadSeconds + DAY_MS / 1000,
      Date.parse(createdAt) / 1000 + LIMITS.uploadSeconds + (3 * DAY_MS) / 1000,
    );
  });
}

/** Every verb under the name of its transition, and whether it went through. */
const VERBS: Record<
  keyof typeof UPLOAD_TRANSITIONS,
  (table: ImageTable, upload: UploadRecord, claim: CompletionClaim) => Promise<boolean>
> = {
  claim: async (table, upload) => (await claimCompletion(table, upload, 'a list')) !== undefined,
  reopen: (table, _, claim) => reopenUpload(table, claim),
  finish: (table, _, claim) => finishCompletion(table, claim),
  reject: (table, _, claim) => rejectUpload(table, claim, FAILURE),
  abort: (table, { uploadId }) => abortUploadRecord(table, uploadId),
};

/** An upload whose claim has lapsed counts as open. */
const LAPSES: { claim: string; lapsed: boolean; refused: string[]; allowed: string[] }[] = [
  { claim: 'held', lapsed: false, refused: ['claim'], allowed: [] },
  { claim: 'lapsed', lapsed: true, refused: [], allowed: ['abort'] },
];

function describeTransitions(table: GetTable): void {
  /** An upload of that status, with a claim whose token is still the last. */
  async function inStatus(status: UploadStatus, lapsed: boolean) {
    const { uploadId } = await created(table());
    const claim = await claimed(table(), uploadId);
    if (lapsed) await letLapse(table(), uploadId);
    await writeAttribute(table(), uploadId, 'status', status);
    return { claim, upload: (await found(table(), uploadId)).upload };
  }

  for (const [name, verb] of Object.entries(VERBS)) {
    const { to, from } = UPLOAD_TRANSITIONS[name as keyof typeof VERBS];
    for (const status of UPLOAD_STATUSES) {
      for (const { claim: how, lapsed, refused, allowed } of LAPSES) {
        const isListed = (from as readonly UploadStatus[]).includes(status);
        const isCompleting = status === 'completing';
        const passes = isCompleting ? (isListed && !refused.includes(name)) || allowed.includes(name) : isListed;
        it(`${passes ? 'allows' : 'refuses'} ${status} → ${to} by ${name}, the last claim ${how}`, async () => {
          const { upload, claim } = await inStatus(status, lapsed);
          const before = await readItem(table(), upload.uploadId);
          expect(await verb(table(), upload, claim)).to.equal(passes);
          const after = await readItem(table(), upload.uploadId);
          if (passes) expect(after).to.include({ status: to });
          else expect(after).to.deep.equal(before);
        });
      }
    }
  }

  for (const status of UPLOAD_STATUSES.filter((name) => name !== 'completing')) {
    it(`refuses a claim of an upload that is ${status} to who has read it as completing`, async () => {
      const { upload } = await inStatus(status, true);
      const before = await readItem(table(), upload.uploadId);
      expect(await claimCompletion(table(), { ...upload, status: 'completing' }, 'a list')).to.equal(undefined);
      expect(await readItem(table(), upload.uploadId)).to.deep.equal(before);
    });
  }

  for (const [what, mark, attribute] of [
    ['irregular', markIrregular, 'irregular'],
    ['signed', markSigned, 'signed'],
  ] as const) {
    for (const status of UPLOAD_STATUSES.filter((name) => name !== 'open')) {
      for (const lapsed of [true, false]) {
        const passes = status === 'completing' && lapsed;
        it(`marks ${passes ? 'an' : 'no'} upload ${what} that is ${status}, the last claim ${lapsed ? 'lapsed' : 'held'}`, async () => {
          const { upload } = await inStatus(status, lapsed);
          expect(await mark(table(), upload.uploadId)).to.equal(passes);
          expect(attribute in (await found(table(), upload.uploadId)).upload).to.equal(passes);
        });
      }
    }
  }
}

function describeConcurrentWrites(opened: () => OpenedTable): void {
  beforeEach(function () {
    if (!opened().atomic) this.skip();
  });

  const table = () => opened().table;
  const several = <Answer>(work: (index: number) => Promise<Answer>) =>
    Promise.all(Array.from({ length: 5 }, (_, index) => work(index)));

  it('gives an open upload to exactly one of many that ask at once, with its list', async () => {
    for (let round = 0; round < 5; round += 1) {
      const upload = await created(table());
      const claims = await several((index) => claimCompletion(table(), upload, `list ${index}`));
      const winner = claims.findIndex((claim) => claim !== undefined);
      expect(claims.filter((claim) => claim !== undefined)).to.have.length(1);
      expect((await found(table(), upload.uploadId)).upload.partsFingerprint).to.equal(`list ${winner}`);
      expect((await readItem(table(), upload.uploadId)).token).to.equal(claims[winner]?.token);
    }
  });

  it('marks an upload irregular or signed, never both, when both are requested at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { uploadId } = await created(table());
      const marked = await Promise.all([markIrregular(table(), uploadId), markSigned(table(), uploadId)]);
      expect(marked.filter(Boolean)).to.have.length(1);
    }
  });

  it('enforces the limit of open uploads when many begin at once', async () => {
    const begun = begunAt(`owner-${randomUUID()}`);
    const counted = await Promise.all(Array.from({ length: 12 }, () => countOpenUpload(table(), begun, 5)));
    expect(counted.filter(Boolean).length).to.be.at.most(5);
    const more = await Promise.all(Array.from({ length: 5 }, () => countOpenUpload(table(), begun, 5)));
    expect([...counted, ...more].filter(Boolean).length).to.be.at.most(5);
  });

  it('gives a lapsed claim to exactly one of many that ask at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { uploadId } = await created(table());
      await claimed(table(), uploadId);
      await letLapse(table(), uploadId);
      const { upload } = await found(table(), uploadId);
      const claims = await several(() => claimCompletion(table(), upload, 'a list'));
      expect(claims.filter((claim) => claim !== undefined)).to.have.length(1);
    }
  });

  it('either claims or aborts an upload when both are requested at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const upload = await created(table());
      const [claim, aborted] = await Promise.all([
        claimCompletion(table(), upload, 'a list'),
        abortUploadRecord(table(), upload.uploadId),
      ]);
      expect(aborted).to.equal(claim === undefined);
      expect((await found(table(), upload.uploadId)).upload.status).to.equal(aborted ? 'aborted' : 'completing');
    }
  });

  it('either takes over or aborts an upload with a lapsed claim when both are requested at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { uploadId } = await created(table());
      await claimed(table(), uploadId);
      await letLapse(table(), uploadId);
      const { upload } = await found(table(), uploadId);
      const [claim, aborted] = await Promise.all([
        claimCompletion(table(), upload, 'a list'),
        abortUploadRecord(table(), uploadId),
      ]);
      expect(aborted).to.equal(claim === undefined);
    }
  });

  it('ends an upload once when the old and the new holder end it at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { uploadId } = await created(table());
      const first = await claimed(table(), uploadId);
      await letLapse(table(), uploadId);
      const { upload } = await found(table(), uploadId);
      const [finished, rejected] = await Promise.all([
        finishCompletion(table(), first),
        claimCompletion(table(), upload, 'a list').then((claim) => claim && rejectUpload(table(), claim, FAILURE)),
      ]);
      expect([finished, rejected ?? false].filter(Boolean)).to.have.length(1);
      const { upload: ended } = await found(table(), uploadId);
      expect(ended.status).to.equal(finished ? 'completed' : 'rejected');
    }
  });
}
