import type { PriceBook } from '../../../../stacks/prices/price-book.ts';

/**
 * S3's prices in us-east-1 in August 2026 (https://aws.amazon.com/s3/pricing/), so that computations by hand stay right when prices change.
 * Standard has a second tier, unlike in the price book, from 500 GB.
 */
const USD: Record<string, number> = {
  's3.standard.storage': 0.023,
  's3.intelligent-tiering.frequent.storage': 0.023,
  's3.intelligent-tiering.infrequent.storage': 0.0125,
  's3.intelligent-tiering.archive-instant.storage': 0.004,
  's3.standard-ia.storage': 0.0125,
  's3.glacier-ir.storage': 0.004,
  's3.standard.get': 0.0004 / 1000,
  's3.intelligent-tiering.get': 0.0004 / 1000,
  's3.standard-ia.get': 0.001 / 1000,
  's3.glacier-ir.get': 0.01 / 1000,
  's3.intelligent-tiering.transition': 0.01 / 1000,
  's3.standard-ia.transition': 0.01 / 1000,
  's3.glacier-ir.transition': 0.02 / 1000,
  's3.intelligent-tiering.monitoring': 0.0025 / 1000,
  's3.standard-ia.retrieval': 0.01,
  's3.glacier-ir.retrieval': 0.03,
};

/** Storage in S3 Standard becomes cheaper from so many GB, as in the real book from 50 TB. */
export function augustPrices({ cheaperFromGb = Number.POSITIVE_INFINITY } = {}): PriceBook {
  const other = (): never => {
    throw new Error('Storage has no such price.');
  };
  return {
    ...{ region: 'us-east-1', oldest: '2026-08-01', newest: '2026-08-21', row: other, listUsd: other, instance: other },
    missing: [],
    usd: (name, { amount }) => {
      const usd = USD[name];
      if (usd === undefined) throw new Error(`There is no price of ${name}.`);
      const cheaper = name === 's3.standard.storage' ? Math.max(0, amount - cheaperFromGb) : 0;
      return amount * usd - cheaper * 0.001;
    },
  };
}
