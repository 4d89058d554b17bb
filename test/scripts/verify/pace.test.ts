import { expect } from 'chai';
import { Pace } from '../../../scripts/verify/pace.ts';

describe('the pace of npm run verify', () => {
  it('lets the first through at once, and each later one after the time that all before it take', async () => {
    let time = 5000;
    const waits: number[] = [];
    const pace = new Pace(100, { now: () => time, pause: async (ms) => void waits.push(ms) });
    await pace.take(50);
    await pace.take(10);
    time += 550;
    await pace.take(1);
    await pace.take(0);
    time += 10_000;
    await pace.take(100);
    expect(waits).to.deep.equal([500, 50, 60]);
  });
});
