import { expect } from 'chai';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import {
  checkNamedParts,
  checkPartOrder,
  isRegularPart,
  type NamedPart,
  recommendedPartSize,
  type StoredPart,
  UPLOAD_STATUSES,
  UPLOAD_TRANSITIONS,
  uploadBytes,
} from '../../../shared/domain/multipart-upload.ts';

const MiB = 1024 * 1024;

const refusalOf = (work: () => unknown): ImageServiceError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ImageServiceError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('the recommended part size', () => {
  for (const [contentLength, partSize] of [
    [undefined, 8 * MiB],
    [1, 8 * MiB],
    [LIMITS.asyncUploadBytes, 8 * MiB],
    [8 * MiB * 10_000, 8 * MiB],
    [8 * MiB * 10_000 + 1, 9 * MiB],
    [1024 ** 4, 105 * MiB],
  ] as const) {
    it(`is ${partSize / MiB} MiB for ${contentLength ?? 'an unknown number of'} bytes`, () => {
      expect(recommendedPartSize(contentLength)).to.equal(partSize);
    });
  }

  it('is allowed, and leads to no more parts than allowed', () => {
    for (let contentLength = 1; contentLength < 2 ** 45; contentLength = contentLength * 3 + 1) {
      const partSize = recommendedPartSize(contentLength);
      expect(partSize).to.be.at.least(LIMITS.minPartBytes);
      expect(Math.ceil(contentLength / partSize)).to.be.at.most(LIMITS.partsPerUpload);
    }
  });
});

describe('regular parts', () => {
  it('never exceed the size of their upload together', () => {
    let state = 11;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % below;
    };
    let accepted = 0;
    for (let round = 0; round < 300; round += 1) {
      const partSize = 1 + random(50);
      const upload = { contentLength: 1 + random(1000), partSize };
      let total = 0;
      for (let partNumber = 1; partNumber <= 60; partNumber += 1) {
        const sizes = Array.from({ length: 8 }, () => 1 + random(60));
        const regular = sizes.filter((size) => isRegularPart(upload, { partNumber, size }));
        accepted += regular.length;
        total += Math.max(0, ...regular);
      }
      expect(total).to.be.at.most(uploadBytes(upload));
    }
    expect(accepted).to.be.above(1000);
  });

  it('include all parts of a client that uses the recommended size', () => {
    const upload = { contentLength: 20 * MiB + 3, partSize: 8 * MiB };
    for (const [partNumber, size] of [
      [1, 8 * MiB],
      [2, 8 * MiB],
      [3, 4 * MiB + 3],
    ] as const) {
      expect(isRegularPart(upload, { partNumber, size })).to.equal(true);
    }
    expect(isRegularPart(upload, { partNumber: 3, size: 4 * MiB + 4 })).to.equal(false);
    expect(isRegularPart(upload, { partNumber: 4, size: 1 })).to.equal(false);
    expect(isRegularPart(upload, { partNumber: 1, size: 8 * MiB + 1 })).to.equal(false);
  });
});

describe('a list of parts', () => {
  const list = (...numbers: number[]): NamedPart[] => numbers.map((partNumber) => ({ partNumber, eTag: 'a' }));

  it('is accepted in ascending order, also with gaps', () => {
    for (const parts of [list(1), list(1, 2, 3), list(5, 700, 10_000)]) checkPartOrder(parts);
  });

  for (const [what, parts, path] of [
    ['a part twice', list(1, 2, 2), 'parts[2].partNumber'],
    ['a lower number after a higher one', list(3, 1), 'parts[1].partNumber'],
  ] as const) {
    it(`is refused with ${what}`, () => {
      const error = refusalOf(() => checkPartOrder(parts));
      expect(error.code).to.equal('invalid_part_order');
      expect(error.facts.errors?.map((field) => field.path)).to.deep.equal([path]);
    });
  }

  const stored = (...sizes: number[]): StoredPart[] =>
    sizes.map((size, index) => ({ partNumber: index + 1, eTag: 'a', size, lastModified: '2026-01-01T00:00:00Z' }));

  it('is compared with the stored parts, and gives the sum of their bytes', () => {
    expect(checkNamedParts(list(1, 3), stored(6 * MiB, 9, 5))).to.equal(6 * MiB + 5);
  });

  it('is refused with a part that is not stored, has another ETag, or is too small and not the last', () => {
    expect(refusalOf(() => checkNamedParts(list(1, 2), stored(6 * MiB))).code).to.equal('invalid_part');
    expect(refusalOf(() => checkNamedParts([{ partNumber: 1, eTag: 'b' }], stored(1))).code).to.equal('invalid_part');
    const small = refusalOf(() => checkNamedParts(list(1, 2), stored(LIMITS.minPartBytes - 1, 1)));
    expect(small.code).to.equal('part_too_small');
    expect(small.facts).to.include({ limit: LIMITS.minPartBytes, actual: LIMITS.minPartBytes - 1, unit: 'bytes' });
  });
});

describe('the statuses of an upload', () => {
  it('are all in the table of transitions, and final ones stay final', () => {
    const reached = Object.values(UPLOAD_TRANSITIONS).map(({ to }) => to);
    expect(new Set<string>(['open', ...reached])).to.deep.equal(new Set<string>(UPLOAD_STATUSES));
    const left = Object.values(UPLOAD_TRANSITIONS).flatMap(({ to, from }) => from.filter((status) => status !== to));
    expect(left).to.not.include.members(['completed']);
    expect(left).to.not.include.members(['rejected']);
    expect(left).to.not.include.members(['aborted']);
  });
});
