import { expect } from 'chai';
import fc from 'fast-check';
import { neutralSegment } from '../../../../shared/uploads/metadata/jpeg-metadata.ts';
import { MARK } from '../../../support/images/personal-metadata.ts';

const NAME = Buffer.from('urn:iso:std:iso:ts:21496:-1\0', 'latin1');

/** Whether a segment with this behind its name stays as it is; otherwise nothing may be left of it. */
function stays(block: Buffer): boolean {
  const body = Buffer.concat([NAME, block]);
  const { body: kept, kinds } = neutralSegment(0xe2, body, {});
  expect(kept).to.have.lengthOf(body.length);
  if (kept.equals(body)) return true;
  expect(kept.every((byte) => byte === 0)).to.equal(true);
  expect(kinds).to.deep.equal(['other']);
  return false;
}

const uint32 = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [place, number] of numbers.entries()) bytes.writeUInt32BE(number >>> 0, 4 * place);
  return bytes;
};
const VERSION = uint32(0);
const block = (flags: number, ...numbers: number[]): Buffer =>
  Buffer.concat([VERSION, Buffer.from([flags]), uint32(...numbers)]);

const ratios = (count: number, [numerator, denominator]: readonly [number, number] = [3, 2]): number[] =>
  Array.from({ length: count }, () => [numerator, denominator]).flat();

/** What libultrahdr and Skia write: 61 bytes for one channel, and 141 for three. */
const VALID: Record<string, Buffer> = {
  'of a first picture': VERSION,
  'of one channel': block(0x40, ...ratios(7)),
  'of one channel, with negative gains': block(
    0,
    ...ratios(2),
    ...ratios(2, [-3, 2]),
    ...ratios(1),
    ...ratios(2, [-1, 64]),
  ),
  'of three channels': block(0xc0, ...ratios(17)),
  'with one denominator': block(0x48, 64, ...Array(7).fill(64)),
  'of three channels with one denominator': block(0xcc, 64, ...Array(17).fill(64)),
};

const WRONG: Record<string, Buffer> = {
  'that is empty': Buffer.alloc(0),
  'of a half version': Buffer.alloc(3),
  'of another least version': Buffer.concat([uint32(0x10000), block(0x40, ...ratios(7)).subarray(4)]),
  'of another version of the writer': Buffer.concat([uint32(1), block(0x40, ...ratios(7)).subarray(4)]),
  'with a flag that is not known': block(0x60, ...ratios(7)),
  'of three channels with the numbers of one': block(0xc0, ...ratios(7)),
  'of one channel with the numbers of three': block(0x40, ...ratios(17)),
  'with a denominator of 0': block(0x40, ...ratios(6), 1, 0),
  'with a common denominator of 0': block(0x48, 0, ...Array(7).fill(64)),
  'that is brighter than anything': block(0x40, ...ratios(1, [1_000, 2]), ...ratios(6)),
  'with a gain as small as nothing': block(0x40, ...ratios(2), ...ratios(1, [-1_000, 2]), ...ratios(4)),
  'with a negative brightness': block(0x40, ...ratios(1, [-3, 2]), ...ratios(6)),
};

describe('The numbers of a gain map by ISO 21496-1', () => {
  for (const [what, numbers] of Object.entries(VALID)) {
    it(`stay: those ${what}, and with no byte more or less`, () => {
      expect(stays(numbers)).to.equal(true);
      for (const more of [Buffer.alloc(1), Buffer.alloc(4), Buffer.from(MARK)])
        expect(stays(Buffer.concat([numbers, more]))).to.equal(false);
      for (let length = 0; length < numbers.length; length += 1)
        if (length !== VERSION.length) expect(stays(numbers.subarray(0, length))).to.equal(false);
    });
  }

  for (const [what, numbers] of Object.entries(WRONG)) {
    it(`do not stay: something ${what}`, () => {
      expect(stays(numbers)).to.equal(false);
    });
  }

  it('are no text, wherever it begins and however it is filled up to their lengths', () => {
    for (const length of [4, 5, 37, 61, 77, 141, 142]) {
      for (let at = 0; at + MARK.length <= length; at += 1) {
        const bytes = Buffer.alloc(length);
        bytes.write(MARK, at, 'latin1');
        expect(stays(bytes)).to.equal(false);
      }
    }
  });

  it('are no bytes that somebody makes up', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        fc.pre(bytes.length !== 4 || bytes.some((byte) => byte !== 0));
        return !stays(Buffer.from(bytes));
      }),
      { numRuns: 1_000 },
    );
  });
});
