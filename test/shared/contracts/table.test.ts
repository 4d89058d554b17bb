import { expect } from 'chai';
import {
  IMAGE_TABLE,
  idempotencyPartition,
  idempotencySortKey,
  imageIdOf,
  imagePartition,
  partClaimSortKey,
  partClaimSortKeyPrefix,
  recordSortKey,
  renditionSortKey,
  renditionSortKeyPrefix,
  uploadPartition,
  uploadSortKey,
} from '../../../shared/contracts/table.ts';

const IMAGE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';

/** DynamoDB's limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const KEY_BYTES = { partition: 2048, sort: 1024 };

const PAIRS: [name: string, one: [owner: string, key: string], other: [owner: string, key: string]][] = [
  ['a # in the owner', ['a#b', 'c'], ['a', 'b#c']],
  ['an owner that looks encoded', ['a%23b', 'c'], ['a#b', 'c']],
  ['owners that differ in case', ['A', 'c'], ['a', 'c']],
  ['keys that differ in case', ['a', 'C'], ['a', 'c']],
];

const { partitionKey, sortKey, timeToLiveAttribute, listIndex, failureIndex } = IMAGE_TABLE;
const INDEXES = [listIndex, failureIndex];
const names = [
  ...[partitionKey, sortKey, timeToLiveAttribute],
  ...INDEXES.flatMap((index) => [index.partitionKey, index.sortKey]),
];

describe('image table', () => {
  it('has different names for all attributes', () => {
    expect(new Set(names).size).to.equal(names.length);
  });

  it('has different index names that DynamoDB accepts', () => {
    for (const { name } of INDEXES) expect(name).to.match(/^[a-zA-Z0-9_.-]{3,255}$/);
    expect(new Set(INDEXES.map(({ name }) => name)).size).to.equal(INDEXES.length);
  });

  it('has names that need no alias in expressions, as the queries write them', () => {
    for (const name of names) expect(name).to.match(/^[a-z][A-Za-z0-9]*$/);
  });

  it('keeps an image and its renditions in one partition under different sort keys', () => {
    expect(imagePartition(IMAGE_ID)).to.equal(`IMAGE#${IMAGE_ID}`);
    expect(imageIdOf(imagePartition(IMAGE_ID))).to.equal(IMAGE_ID);
    expect(recordSortKey).to.equal('RECORD');
    expect(renditionSortKey('thumb')).to.equal('RENDITION#thumb');
    expect(recordSortKey.startsWith(renditionSortKeyPrefix)).to.equal(false);
  });

  it('keeps an upload and the claims of its parts in one partition under different sort keys', () => {
    expect(uploadPartition(IMAGE_ID)).to.equal(`UPLOAD#${IMAGE_ID}`);
    expect(partClaimSortKey(12, 'a')).to.equal('PART#12#a');
    expect(partClaimSortKey(12, 'a').startsWith(partClaimSortKeyPrefix)).to.equal(true);
    expect(uploadSortKey.startsWith(partClaimSortKeyPrefix)).to.equal(false);
  });

  it('keeps idempotency keys apart from images', () => {
    expect(idempotencyPartition('local', 'k-1')).to.equal('IDEMPOTENCY#local#k-1');
    expect(idempotencyPartition('x', IMAGE_ID).startsWith(imagePartition(''))).to.equal(false);
    expect(idempotencySortKey).to.not.equal(recordSortKey);
  });

  for (const [name, one, other] of PAIRS) {
    it(`keeps idempotency keys of two owners apart: ${name}`, () => {
      expect(idempotencyPartition(...one)).to.not.equal(idempotencyPartition(...other));
    });
  }

  it('has keys short enough for the longest names', () => {
    expect(Buffer.byteLength(renditionSortKey('x'.repeat(64)))).to.be.at.most(KEY_BYTES.sort);
    expect(Buffer.byteLength(idempotencyPartition('o'.repeat(256), 'k'.repeat(255)))).to.be.at.most(
      KEY_BYTES.partition,
    );
  });
});
