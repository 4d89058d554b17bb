import type { Request } from '@hapi/hapi';
import { expect } from 'chai';
import { patienceOf } from '../../../containers/download/patience.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { ImageTable } from '../../../shared/storage/image-table.ts';

const { waitSeconds } = LIMITS;

/** A request as far as patience looks at it, of a client that may have gone. */
const requestOf = (prefer: string | undefined, closed = false): Request =>
  ({ raw: { req: { headers: { prefer } }, res: { closed } } }) as unknown as Request;

const NO_TABLE = {} as ImageTable;

/** RFC 7240, sections 2 and 4.3. */
const ROWS: [prefer: string | undefined, seconds: number | undefined][] = [
  [undefined, undefined],
  ['', undefined],
  ['wait=5', 5],
  ['wait=0', 0],
  ['wait="5"', 5],
  ['wait = 5', 5],
  ['Wait=5', 5],
  ['respond-async, wait=5', 5],
  ['wait=5, wait=7', 5],
  [`wait=${waitSeconds}`, waitSeconds],
  [`wait=${waitSeconds + 1}`, waitSeconds],
  [`wait=${'9'.repeat(1000)}`, waitSeconds],
  ['wait', undefined],
  ['wait=', undefined],
  ['wait=soon', undefined],
  ['wait=-1', undefined],
  ['await=5', undefined],
  ['max-wait=5', undefined],
  ['waiting=5', undefined],
  ['=5,;"', undefined],
];

describe('the patience of a client', () => {
  for (const [prefer, seconds] of ROWS) {
    it(`is ${seconds ?? 'none'} for Prefer: ${prefer?.slice(0, 40)}`, () => {
      const patience = patienceOf(requestOf(prefer), NO_TABLE);
      expect(patience.seconds).to.equal(seconds);
      expect(patience.isOver()).to.equal(!seconds);
    });
  }

  it('is over when it is gone', () => {
    expect(patienceOf(requestOf('wait=5', true), NO_TABLE).isOver()).to.equal(true);
  });
});
