import { expect } from 'chai';
import { readSimulations, simulateAll } from '../../../stacks/docs/spot-page.ts';
import { synthesise } from '../../../stacks/docs/synthesis.ts';

describe('all simulations of docs/spot.md', function () {
  // They take a minute, and longer beside other work.
  this.timeout(1_200_000);

  it('are what the simulation gives again, to the last digit (npm run docs:infra -- --simulate)', () => {
    expect(readSimulations()).to.deep.equal(simulateAll(synthesise().stacks));
  });
});
