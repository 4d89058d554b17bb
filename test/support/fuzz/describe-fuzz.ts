import { expect } from 'chai';
import { CAN_SEE_PROCESSES } from '../processes.ts';
import { type CaseMaker, fuzz } from './fuzz-run.ts';
import { AUTH_FUZZ_KINDS, type AuthFuzzKind, FUZZ_KINDS, type FuzzKind } from './kinds.ts';
import { type FuzzTarget, startFuzzTarget } from './target.ts';

/** Milliseconds that a case may take on a busy machine. */
const CASE_MS = 200;

/** Defines tests with the given numbers of cases of each kind. Each run has a new seed, which is in the titles. */
export const describeFuzz = (cases: Partial<Record<FuzzKind, number>>): void =>
  describeKinds(FUZZ_KINDS, cases, { title: 'hostile input', auth: false });

/** The same with authentication on. */
export const describeAuthFuzz = (cases: Partial<Record<AuthFuzzKind, number>>): void =>
  describeKinds(AUTH_FUZZ_KINDS, cases, { title: 'hostile input with authentication on', auth: true });

function describeKinds<Kind extends string>(
  makers: Record<Kind, (target: FuzzTarget) => Promise<CaseMaker>>,
  cases: Partial<Record<Kind, number>>,
  { title, auth }: { title: string; auth: boolean },
): void {
  const kinds = Object.entries(cases) as [Kind, number][];
  const seed = Math.floor(Math.random() * 1_000_000);
  (CAN_SEE_PROCESSES ? describe : describe.skip)(title, () => {
    let target: FuzzTarget;
    before(async () => {
      target = await startFuzzTarget(['sync-upload', 'async-upload', 'download'], { auth });
    });
    after(() => target.stop());

    for (const [kind, count] of kinds) {
      it(`as ${count} ${kind} ends no service, is answered as documented, and leaves nothing${auth ? ', and no secret anywhere' : ''} (seed ${seed})`, async () => {
        const { faults, ...counts } = await fuzz(target, makers[kind], { seed, cases: count });
        expect(faults.join('\n')).to.equal('');
        expect(counts.cases).to.equal(count);
      }).timeout(60_000 + count * CASE_MS);
    }
  });
}
