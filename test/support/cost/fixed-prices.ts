import type { PriceBook, PriceRow } from '../../../stacks/prices/price-book.ts';
import { PRICE_UNITS, type PriceName } from '../../../stacks/prices/price-units.ts';
import { usdOf } from '../../../stacks/prices/tiers.ts';

type Tiers = PriceRow['tiers'];

const free = (until: number, usd: number, ...others: { from: number; usd: number }[]): Tiers => [
  { from: 0, usd: 0, allowance: true },
  { from: until, usd },
  ...others,
];

/**
 * Prices of us-east-1 in August 2026, for so many units, so that computations by hand stay right when the price book changes. What a test does
 * not name costs nothing.
 */
const PRICES: Partial<Record<PriceName, { per?: number; usd: number | Tiers }>> = {
  'ebs.gp3.storage': { usd: 0.08 },
  'ec2.public-ipv4': { usd: 0.005 },
  'fargate.x86_64.vcpu': { usd: 0.04048 },
  'fargate.x86_64.memory': { usd: 0.004445 },
  'fargate.arm64.vcpu': { usd: 0.03238 },
  'fargate.arm64.memory': { usd: 0.00356 },
  'fargate-spot.x86_64.vcpu': { usd: 0.013 },
  'fargate-spot.x86_64.memory': { usd: 0.0015 },
  's3.standard.storage': { usd: 0.023 },
  's3.standard.put': { usd: 0.005, per: 1000 },
  's3.standard.get': { usd: 0.0004, per: 1000 },
  's3.intelligent-tiering.frequent.storage': { usd: 0.023 },
  's3.intelligent-tiering.infrequent.storage': { usd: 0.0125 },
  's3.intelligent-tiering.archive-instant.storage': { usd: 0.004 },
  's3.intelligent-tiering.monitoring': { usd: 0.0025, per: 1000 },
  's3.intelligent-tiering.get': { usd: 0.0004, per: 1000 },
  's3.intelligent-tiering.transition': { usd: 0.01, per: 1000 },
  's3.standard-ia.storage': { usd: 0.0125 },
  's3.standard-ia.get': { usd: 0.001, per: 1000 },
  's3.standard-ia.transition': { usd: 0.01, per: 1000 },
  's3.standard-ia.retrieval': { usd: 0.01 },
  's3.glacier-ir.storage': { usd: 0.004 },
  's3.glacier-ir.get': { usd: 0.01, per: 1000 },
  's3.glacier-ir.transition': { usd: 0.02, per: 1000 },
  's3.glacier-ir.retrieval': { usd: 0.03 },
  'transfer.out': { usd: free(100, 0.09, { from: 10_240, usd: 0.085 }) },
  'sqs.standard.request': { usd: free(1e6, 0.4), per: 1e6 },
  'dynamodb.on-demand.write': { usd: 0.625, per: 1e6 },
  'dynamodb.on-demand.read': { usd: 0.125, per: 1e6 },
  'dynamodb.provisioned.write': { usd: free(18_600, 0.00065) },
  'dynamodb.provisioned.read': { usd: free(18_600, 0.00013) },
  'dynamodb.storage': { usd: free(25, 0.25) },
  'dynamodb.pitr': { usd: 0.2 },
  'dynamodb.backup': { usd: 0.1 },
  'transfer.between-regions': { usd: 0.02 },
  's3.glacier-ir.put': { usd: 0.02, per: 1000 },
  'alb.hour': { usd: 0.0225 },
  'alb.lcu': { usd: 0.008 },
  'nat.hour': { usd: 0.045 },
  'nat.data': { usd: 0.045 },
  'endpoint.interface.hour': { usd: 0.01 },
  'endpoint.interface.data': { usd: 0.01 },
  'cloudfront.transfer': { usd: free(1024, 0.085, { from: 10_240, usd: 0.08 }, { from: 51_200, usd: 0.06 }) },
  'cloudfront.https': { usd: free(1e7, 0.01), per: 10_000 },
  'cloudfront.origin-shield': { usd: 0.0075, per: 10_000 },
  'cloudfront.function': { usd: free(2e6, 0.1), per: 1e6 },
  'cloudfront.invalidation': { usd: free(1000, 0.005) },
  'waf.acl': { usd: 5 },
  'waf.rule': { usd: 1 },
  'waf.request': { usd: 0.6, per: 1e6 },
  'cloudwatch.logs.ingest': { usd: free(5, 0.5) },
  'cloudwatch.logs.storage': { usd: 0.03 },
  'cloudwatch.vended-logs': { usd: 0.5 },
  'cloudwatch.container-insights.metric': { usd: 0.07 },
  'cloudwatch.metric': { usd: free(10, 0.3) },
  'cloudwatch.alarm.standard': { usd: free(10, 0.1) },
  'cloudwatch.alarm.high-resolution': { usd: 0.3 },
  'cloudwatch.alarm.composite': { usd: 0.5 },
  'cloudwatch.dashboard': { usd: free(3, 3) },
  'ecr.storage': { usd: 0.1 },
};

/** Dollars an hour on demand; spot costs 60 % less. */
const INSTANCES: Record<string, number> = {
  'c7g.large': 0.0725,
  'c8g.large': 0.07976,
  'c6g.large': 0.068,
  'c6g.xlarge': 0.136,
  'c7g.xlarge': 0.145,
  'c8g.xlarge': 0.15952,
  'c5.xlarge': 0.17,
  'c5a.xlarge': 0.154,
  'c6a.xlarge': 0.153,
  'c6i.xlarge': 0.17,
  'c7a.xlarge': 0.20528,
  'c7i.xlarge': 0.1785,
  'c5.large': 0.085,
  'c5a.large': 0.077,
  'c6a.large': 0.0765,
  'c6i.large': 0.085,
  'c7a.large': 0.10264,
  'c7i.large': 0.08925,
};

const READ = { source: 'https://aws.amazon.com/pricing/', date: '2026-08-01' };

const tiersOf = (usd: number | Tiers): Tiers => (typeof usd === 'number' ? [{ from: 0, usd }] : usd);

/** The book. Spot of some instances may cost more than on demand, to see that nobody pays it. */
export function fixedPrices({ spotShare = 0.4 } = {}): PriceBook {
  const found = (name: PriceName) => {
    const price = PRICES[name];
    if (!price) throw new Error(`The fixed prices have no ${name}.`);
    return { tiers: tiersOf(price.usd), per: price.per ?? 1 };
  };
  const usd: PriceBook['usd'] = (name, { amount }) => usdOf(found(name).tiers, found(name).per, amount);
  return {
    region: 'us-east-1',
    oldest: '2026-08-01',
    newest: '2026-08-01',
    missing: [],
    usd,
    listUsd: usd,
    row: (name) => ({
      ...found(name),
      unit: PRICE_UNITS[name],
      ...READ,
    }),
    instance(type) {
      const onDemand = INSTANCES[type];
      if (onDemand === undefined) throw new Error(`The fixed prices have no ${type}.`);
      const spot = onDemand * spotShare;
      return {
        onDemand,
        listOnDemand: onDemand,
        spot,
        saving: 1 - spotShare,
        interruptionBand: 1,
        assumed: false,
        read: { onDemand: READ, spot: READ },
      };
    },
  };
}
