import { expect } from 'chai';
import { resetConnections } from './resets.ts';

/** Defines a test with the given number of resets. Each run has a new seed, which is in the title. */
export function describeResets(resets: number): void {
  const seed = Math.floor(Math.random() * 1_000_000);
  describe('npm start', () => {
    it(`survives ${resets} reset connections, and loses no upload of another client (seed ${seed})`, async () => {
      const { faults, ...counts } = await resetConnections({ seed, resets });
      expect(faults.join('\n')).to.equal('');
      expect(counts.resets).to.equal(resets);
      expect(counts.images).to.be.at.least(5);
    }).timeout(60_000 + resets * 200);
  });
}
