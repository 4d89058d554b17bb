import { expect } from 'chai';
import { soak } from './support/soak/soak-run.ts';

const MINUTES = 5;

describe('npm start under a mixed load', function () {
  // What warms up and what returns to rest takes five minutes more.
  this.timeout((MINUTES + 8) * 60_000);

  it(`returns to where it was after ${MINUTES} minutes`, async () => {
    const { faults, counts } = await soak({ minutes: MINUTES, reads: 20_000 });
    expect(faults).to.deep.equal([]);
    for (const count of Object.values(counts)) expect(count).to.be.at.least(MINUTES);
  });
});
