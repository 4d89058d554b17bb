import { expect } from 'chai';
import { contextOf, linesOf } from '../../../../scripts/cost/model/cost-model.ts';
import { type PeerUsage, peerUsage, peerUsdPerImage } from '../../../../scripts/cost/model/peer-prices.ts';
import { medium } from '../../../../scripts/cost/workloads/medium.ts';
import { readPriceBook } from '../../../../stacks/prices/price-book.ts';
import { synthesised } from '../../../support/cost/synthesised.ts';

/** Ten thousand images a month with four renditions of 20 KiB, a hundred thousand stored, and 3 TiB of a million reads. */
const usage: PeerUsage = {
  images: 10_000,
  transformations: 40_000,
  imagesStored: 100_000,
  gbStored: 300,
  storageUsd: 7,
  reads: 1_000_000,
  readsPastEdge: 300_000,
  gbDelivered: 3072,
  renditionBytes: 20 * 1024,
};

describe('the prices of other services for the same images', () => {
  const perImage = (changes: Partial<PeerUsage> = {}) => peerUsdPerImage({ ...usage, ...changes });

  it('equal the arithmetic of their published prices', () => {
    // 40 + 300 + 3,072 credits, at $249 for 600.
    expect(perImage().Cloudinary).to.be.closeTo((3412 * 249) / 600 / 10_000, 1e-9);
    // $5 for 100,000 stored and $1 for each 100,000 delivered.
    expect(perImage()['Cloudflare Images']).to.be.closeTo((5 + 10) / 10_000, 1e-9);
    // A seat; no requests beyond 10 million; 30,000 transformations at $0.05 a thousand; 900,000 − 600,000 reads of three units at $0.40 a million; nothing for 120,000 writes, which
    // are included; 2,048 GB at $0.15; storage as here.
    expect(perImage().Vercel).to.be.closeTo((20 + 1.5 + 0.12 + 307.2 + 7) / 10_000, 1e-9);
    // $9.50, 3,072 GB at $0.01, and storage as here.
    expect(perImage().Bunny).to.be.closeTo((9.5 + 30.72 + 7) / 10_000, 1e-9);
  });

  it('are those of the plan that is large enough', () => {
    const little = { transformations: 4000, gbStored: 20, gbDelivered: 100 };
    expect(perImage(little).Cloudinary * usage.images).to.be.closeTo(99, 1e-9);
    expect(perImage({ ...little, gbDelivered: 202 }).Cloudinary * usage.images).to.be.closeTo(249, 1e-9);
  });

  it('count what is beyond the allowances only', () => {
    const more = perImage({ reads: 12_000_000 }).Vercel - perImage({ reads: 10_000_000 }).Vercel;
    // Two million requests at $2.
    expect(more * usage.images).to.be.closeTo(4, 1e-9);
    expect(perImage({ reads: 10_000_000 }).Vercel).to.be.closeTo(perImage().Vercel, 1e-12);
  });

  it('have the cache that is written at Vercel, in units of 8 KB for each rendition', () => {
    const more = perImage({ transformations: 140_000 }).Vercel - perImage({ transformations: 40_000 }).Vercel;
    // 100,000 transformations at $0.05 a thousand. 140,000 of three units are 420,000 writes, 220,000 beyond the included ones, at $4 a million.
    expect(more * usage.images).to.be.closeTo(5 + 0.88, 1e-9);
  });

  it('never fall when there is more work', () => {
    const more = perImage({ gbDelivered: 4000, transformations: 50_000, gbStored: 400, imagesStored: 110_000 });
    for (const [name, usd] of Object.entries(perImage()))
      expect(more[name as keyof typeof more], name).to.be.least(usd);
  });

  it('are for the work that the cost model prices', function () {
    this.timeout(60_000);
    const context = contextOf({
      environment: synthesised('prod'),
      workload: medium,
      book: readPriceBook('us-east-1'),
      month: 13,
    });
    const { lines } = linesOf(context);
    const used = peerUsage(context, lines);
    // 100,000 images a day over a month of 730 hours; four renditions of each.
    expect(used.images).to.be.closeTo((100_000 * 730) / 24, 1e-6);
    expect(used.transformations / used.images).to.be.within(4, 4 + medium.laterRenditionsPerImage);
    // Thirteen months of images, of which one in a hundred goes each month.
    expect(used.imagesStored / used.images).to.be.closeTo((1 - 0.99 ** 13) / 0.01, 1e-6);
    expect(used.readsPastEdge / used.reads).to.be.closeTo(1 - medium.cacheHitRate, 1e-6);
    expect(used.storageUsd)
      .to.be.above(used.gbStored * 0.002)
      .and.below(used.gbStored * 0.03);
  });
});
