import { expect } from 'chai';
import { RateLimiter } from '../../../scripts/verify/rate-limiter.ts';

describe('RateLimiter', () => {
  it('lets the first caller through at once, and each later one after all before it', async () => {
    let time = 5000;
    const waits: number[] = [];
    const pace = new RateLimiter(100, { now: () => time, pause: async (ms) => void waits.push(ms) });
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
