import { expect } from 'chai';
import { resetConnections } from './resets.ts';

/** So many resets as a test: by another seed each time, which stands in its title. */
export function describeResets(resets: number): void {
  const seed = Math.floor(Math.random() * 1_000_000);
  describe('npm start', () => {
    it(`lives through ${resets} reset connections, and loses no upload of another client (seed ${seed})`, async () => {
      const { faults, ...counts } = await resetConnections({ seed, resets });
      expect(faults.join('\n')).to.equal('');
      expect(counts.resets).to.equal(resets);
      expect(counts.images).to.be.at.least(5);
    }).timeout(60_000 + resets * 200);
  });
}
