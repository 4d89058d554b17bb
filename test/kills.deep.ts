import { expect } from 'chai';
import { killAgainAndAgain } from './support/kills/kill-run.ts';
import { CAN_SEE_PROCESSES } from './support/processes.ts';

describe('npm start that is killed again and again', function () {
  this.timeout(600_000);

  it('loses nothing that it has answered for, and says what damage has cost', async function () {
    if (!CAN_SEE_PROCESSES) this.skip();
    const seed = Date.now() % 1_000_000;
    const { faults, damages } = await killAgainAndAgain({ kills: 12, damaged: 4, seed });
    expect(faults, `seed ${seed}`).to.deep.equal([]);
    expect(damages).to.have.length(4);
  });
});
