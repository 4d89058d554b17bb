import { expect } from 'chai';
import fc from 'fast-check';
import { contextOf, linesOf } from '../../../../scripts/cost/model/cost-model.ts';
import { shareAtOrigin, shareMissedByEdges } from '../../../../scripts/cost/model/edge-reads.ts';
import type { Workload } from '../../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { type Changes, synthesised } from '../../../support/cost/synthesised.ts';

const SHIELDED: Workload = { ...PLAIN, originShieldHitRate: 0.75 };

function reads(changes: Changes) {
  const context = contextOf({
    ...{ environment: synthesised('prod', changes), workload: SHIELDED, book: fixedPrices(), month: 13 },
  });
  const shield = linesOf(context).lines.find(({ item }) => item === 'CloudFront: Origin Shield')?.usd.typical;
  return { atOrigin: context.traffic.reads.atOrigin, shield };
}

describe('reads that come through the CDN', () => {
  it('are fewer with Origin Shield, which is paid for all that edges lack', () => {
    // Of 40,000,000 reads edges lack 4,000,000, each of which Origin Shield charges at 0.0075 for 10,000; it has three quarters of them.
    const shielded = reads({});
    expect(shielded.atOrigin).to.be.closeTo(1_000_000, 1e-3);
    expect(shielded.shield).to.be.closeTo(3, 1e-9);
    const open = reads({ cdn: { originShield: false } });
    expect(open.atOrigin).to.be.closeTo(4_000_000, 1e-3);
    expect(open.shield).to.equal(undefined);
  });

  it('are all without a CDN, and never more with Origin Shield than without', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (cacheHitRate, originShieldHitRate) => {
        const workload = { ...PLAIN, cacheHitRate, originShieldHitRate };
        expect(shareAtOrigin(workload, { hasCdn: false, hasShield: true })).to.equal(1);
        const open = shareAtOrigin(workload, { hasCdn: true, hasShield: false });
        expect(open).to.equal(shareMissedByEdges(workload, { hasCdn: true }));
        expect(shareAtOrigin(workload, { hasCdn: true, hasShield: true })).to.be.at.most(open);
      }),
    );
  });
});
