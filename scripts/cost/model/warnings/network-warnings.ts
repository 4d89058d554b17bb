import type { CostWarning } from '../../report/cost-report.ts';
import { type Priced, typicalUsd } from '../unit-prices.ts';

/** A gateway in each zone of an environment that may be destroyed with everything in it. */
export function natWarnings(priced: Priced): CostWarning[] {
  const gateways = priced.resources.filter(({ type }) => type === 'aws_nat_gateway').length;
  const isDisposable = priced.resources.some(
    ({ type, name, values }) => type === 'aws_s3_bucket' && name === 'image-bucket' && values.force_destroy === true,
  );
  if (gateways < 2 || !isDisposable) return [];
  const hours = typicalUsd(
    priced,
    ({ item }) => item === 'NAT gateway: hours' || item.startsWith('Public address of a NAT'),
  );
  const sentence = `There are ${gateways} NAT gateways, and everything in this environment may be destroyed: one is enough (network.egress nat-single).`;
  return [{ code: 'nat-per-zone', sentence, usd: (hours * (gateways - 1)) / gateways }];
}
