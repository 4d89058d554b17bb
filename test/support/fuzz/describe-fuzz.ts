import { expect } from 'chai';
import { CAN_SEE_PROCESSES } from '../processes.ts';
import { fuzz } from './fuzz-run.ts';
import { FUZZ_KINDS, type FuzzKind } from './kinds.ts';
import { type FuzzTarget, startFuzzTarget } from './target.ts';

/** Milliseconds that a case may take on a busy machine. */
const CASE_MS = 200;

/** Defines tests with the given numbers of cases of each kind. Each run has a new seed, which is in the titles. */
export function describeFuzz(cases: Partial<Record<FuzzKind, number>>): void {
  const kinds = Object.entries(cases) as [FuzzKind, number][];
  const seed = Math.floor(Math.random() * 1_000_000);
  (CAN_SEE_PROCESSES ? describe : describe.skip)('hostile input', () => {
    let target: FuzzTarget;
    before(async () => {
      target = await startFuzzTarget(['sync-upload', 'async-upload', 'download']);
    });
    after(() => target.stop());

    for (const [kind, count] of kinds) {
      it(`as ${count} ${kind} ends no service, is answered as documented, and leaves nothing (seed ${seed})`, async () => {
        const { faults, ...counts } = await fuzz(target, FUZZ_KINDS[kind], { seed, cases: count });
        expect(faults.join('\n')).to.equal('');
        expect(counts.cases).to.equal(count);
      }).timeout(60_000 + count * CASE_MS);
    }
  });
}
