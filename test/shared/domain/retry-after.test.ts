import { expect } from 'chai';
import { retryAfterSeconds } from '../../../shared/domain/retry-after.ts';

describe('the time to ask again', () => {
  const cases: [taken: number, seconds: number][] = [
    [-5_000, 1],
    [0, 1],
    [4_000, 1],
    [4_001, 2],
    [20_000, 5],
    [110_000, 28],
    [120_000, 30],
    [86_400_000, 30],
  ];
  for (const [taken, seconds] of cases) {
    it(`is in ${seconds} s for work that has taken ${taken} ms`, () => {
      expect(retryAfterSeconds(1_000_000, 1_000_000 + taken)).to.equal(seconds);
    });
  }
});
