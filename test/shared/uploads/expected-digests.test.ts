import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'chai';
import { CHECKSUM_ALGORITHMS } from '../../../shared/contracts/api/checksums.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { expectedDigests } from '../../../shared/uploads/expected-digests.ts';
import { CHECKED_BYTES, CHECKSUMS, DIGEST_HEADERS } from '../../support/http/checksum-vectors.ts';
import { rejectionOf } from '../../support/rejection.ts';

/** Whether what the bytes have is what was promised, for each promise. */
async function kept(headers: IncomingHttpHeaders, ...chunks: Buffer[]): Promise<boolean[]> {
  const digests = await expectedDigests(headers);
  for (const chunk of chunks) for (const { hash } of digests) hash.update(chunk);
  return digests.map(({ hash, base64 }) => hash.digest() === base64);
}

/** Of no bytes and of `abc`, as the authors of the algorithms publish them, in hex. */
const PUBLISHED: Record<'xxhash64' | 'xxhash3' | 'xxhash128', [empty: string, abc: string]> = {
  xxhash64: ['ef46db3751d8e999', '44bc2cf5ad770999'],
  xxhash3: ['2d06800538d394c2', '78af5f94892f3950'],
  xxhash128: ['99aa06d3014798d86001c324468d497f', '06b05ab6733a618578af5f94892f3950'],
};

describe('expectedDigests', () => {
  it('finds none without headers that give one', async () => {
    expect(await expectedDigests({ 'content-type': 'image/png', etag: '"a"', 'x-amz-checksum': 'a' })).to.deep.equal(
      [],
    );
  });

  it('supports every algorithm of the contract, with values of its length', () => {
    expect(Object.keys(CHECKSUMS)).to.have.members(Object.keys(CHECKSUM_ALGORITHMS));
    for (const [name, { bytes }] of Object.entries(CHECKSUM_ALGORITHMS)) {
      expect(Buffer.from(CHECKSUMS[name as keyof typeof CHECKSUMS], 'base64'), name).to.have.length(bytes);
    }
  });

  for (const [name, right, other] of DIGEST_HEADERS) {
    it(`matches the ${name} of the bytes, in one piece and in many: ${right.slice(0, 30)}`, async () => {
      const promises = (await expectedDigests({ [name]: right })).length;
      const all = Array.from({ length: promises }, () => true);
      expect(await kept({ [name]: right }, CHECKED_BYTES)).to.deep.equal(all);
      const pieces = [...CHECKED_BYTES].map((byte) => Buffer.of(byte));
      expect(await kept({ [name]: right }, ...pieces)).to.deep.equal(all);
      expect(await kept({ [name]: other }, CHECKED_BYTES)).to.include(false);
      expect(await kept({ [name]: right }, CHECKED_BYTES.subarray(1))).to.not.include(true);
    });
  }

  for (const [name, [empty, abc]] of Object.entries(PUBLISHED)) {
    it(`computes the published values of ${name}`, async () => {
      const header = `x-amz-checksum-${name}`;
      const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
      expect(await kept({ [header]: base64(empty) })).to.deep.equal([true]);
      expect(await kept({ [header]: base64(abc) }, Buffer.from('abc'))).to.deep.equal([true]);
    });
  }

  it('computes several digests side by side, without sharing state', async () => {
    const headers = { 'x-amz-checksum-crc32': CHECKSUMS.crc32, 'x-amz-checksum-xxhash128': CHECKSUMS.xxhash128 };
    const several = await Promise.all(Array.from({ length: 8 }, () => expectedDigests(headers)));
    for (const half of [CHECKED_BYTES.subarray(0, 4), CHECKED_BYTES.subarray(4)]) {
      for (const digests of several) for (const { hash } of digests) hash.update(half);
    }
    const values = several.flatMap((digests) => digests.map(({ hash }) => hash.digest()));
    expect(new Set(values)).to.deep.equal(new Set([CHECKSUMS.crc32, CHECKSUMS.xxhash128]));
  });

  it('refuses an algorithm named like a property of every object', async () => {
    const error = await rejectionOf(expectedDigests({ 'x-amz-checksum-constructor': 'AAAA' }));
    expect(error).to.be.instanceOf(ImageServiceError).with.property('code', 'invalid_request');
  });

  for (const [name, value] of [
    ['x-amz-checksum-foo', 'AAAA'],
    ['content-digest', 'sha-256'],
    ['content-digest', 'sha-256=:'],
    ['content-digest', 'sha-256=abc'],
    ['content-digest', 'sha=:AAAA:'],
    ['content-digest', ''],
  ] as const) {
    it(`refuses a malformed ${name}: ${value || 'nothing'}`, async () => {
      const error = await rejectionOf(expectedDigests({ [name]: value }));
      expect(error).to.be.instanceOf(ImageServiceError).with.property('code', 'invalid_request');
      expect((error as ImageServiceError).facts.errors?.map(({ path }) => path)).to.deep.equal([
        `headers.${name.toLowerCase()}`,
      ]);
    });
  }
});
