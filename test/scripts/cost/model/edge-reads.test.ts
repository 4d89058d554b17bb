import { expect } from 'chai';
import fc from 'fast-check';
import { cacheControl } from '../../../../containers/download/cache-control.ts';
import { contextOf, linesOf } from '../../../../scripts/cost/model/cost-model.ts';
import { shareAtOrigin, shareMissedByEdges } from '../../../../scripts/cost/model/edge-reads.ts';
import { PRODUCT } from '../../../../scripts/cost/model/product.ts';
import { WORKLOADS } from '../../../../scripts/cost/workloads/all-workloads.ts';
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

  it('are all of private images, and those that edges lack of public ones', () => {
    // A quarter of 40,000,000 reads is private. Of the 30,000,000 others edges lack 3,000,000, of which Origin Shield has three quarters.
    const { traffic } = contextOf({
      ...{ environment: synthesised('prod'), workload: { ...SHIELDED, privateShare: 0.25 }, book: fixedPrices() },
      month: 13,
    });
    expect(traffic.reads.missedByEdges).to.be.closeTo(13_000_000, 1e-3);
    expect(traffic.reads.atOrigin).to.be.closeTo(10_750_000, 1e-3);
  });

  it('by name are asked about after a minute, by content never', () => {
    const asked = (readsByNameShare: number) => {
      const { traffic } = contextOf({
        ...{ environment: synthesised('prod'), workload: { ...SHIELDED, readsByNameShare }, book: fixedPrices() },
        month: 13,
      });
      return { atOrigin: traffic.reads.atOrigin - 1_000_000, notModified: traffic.operations.readNotModified };
    };
    expect(asked(0).notModified).to.equal(0);
    // Half of ten reads a month of each rendition are by name, 5 / 43,800 of them within a minute. Of 40,000,000 × 0.5 × 0.9 hits by name
    // 1 / (1 + 5 / 43,800) find their copy too old: 17,997,945 questions, which are answered 304.
    expect(asked(0.5).notModified).to.be.closeTo(17_997_945, 1);
    expect(asked(0.5).atOrigin).to.be.closeTo(17_997_945, 1);
    expect(asked(1).atOrigin).to.be.closeTo(40_000_000 * 0.9 * (1 / (1 + 10 / 43_800)), 1);
  });

  it('are asked about when the service says that copies end', () => {
    const { byName, byContent } = PRODUCT.edgeSeconds;
    expect(cacheControl('named', 'public')).to.match(new RegExp(`^public, max-age=${byName},`));
    // A year, and no image of a workload is read for longer.
    expect(byContent).to.equal(Number.POSITIVE_INFINITY);
    expect(cacheControl('immutable', 'public')).to.include(`max-age=${365 * 24 * 60 * 60}`);
    for (const { ageCurve } of Object.values(WORKLOADS)) expect(ageCurve.length).to.be.at.most(12);
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
