import { resourcesOf, type Stack, type Values } from '../../../target-stack/synthesised-environment.ts';
import { editEach, forgetCdn, type LeverRow, remove, withStacks } from './lever.ts';

/** The days for which the lever keeps logs. */
const LOG_DAYS = 30;

/** Where the storage must not be lost, synth refuses settings that risk the service: a single gateway (IMG-SET-011), or none of the web ACLs (IMG-SET-023). */
const isLasting = (storage: Stack): boolean =>
  resourcesOf(storage, 'aws_dynamodb_table').some((table) => table.deletion_protection_enabled);

const oneNat: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform, storage }) => {
    if (isLasting(storage)) return false;
    const first = Object.keys(platform.resource.aws_nat_gateway ?? {})[0];
    if (!first) return false;
    const address = platform.resource.aws_nat_gateway?.[first]?.allocation_id;
    remove(
      platform,
      'aws_eip',
      (name) => address !== `\${aws_eip.${name}.allocation_id}` && address !== `\${aws_eip.${name}.id}`,
    );
    return remove(platform, 'aws_nat_gateway', (name) => name !== first);
  });

const withoutShield: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform }) =>
    editEach(platform, 'aws_cloudfront_distribution', ({ origin = [] }) => {
      const shielded = origin.filter(({ origin_shield: shield }: Values) => [shield ?? {}].flat()[0]?.enabled);
      for (const each of shielded) delete each.origin_shield;
      return shielded.length > 0;
    }),
  );

const withoutAcl =
  (wanted: 'CLOUDFRONT' | 'REGIONAL'): LeverRow['apply'] =>
  (input) =>
    withStacks(input, ({ platform, storage }) =>
      wanted === 'REGIONAL' && isLasting(storage)
        ? false
        : remove(platform, 'aws_wafv2_web_acl', (_, { scope }) => scope === wanted),
    );

const withoutCdn: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform }) => {
    forgetCdn(platform);
    remove(platform, 'aws_wafv2_web_acl', (_, { scope }) => scope === 'CLOUDFRONT');
    for (const type of Object.keys(platform.resource).filter((name) => name.startsWith('aws_cloudfront_cache_policy')))
      remove(platform, type, () => true);
    return remove(platform, 'aws_cloudfront_distribution', () => true);
  });

const withoutAccessLogs: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform, storage }) => {
    const cdn = editEach(platform, 'aws_cloudfront_distribution', (values) => {
      const isLogging = values.logging_config !== undefined;
      delete values.logging_config;
      return isLogging;
    });
    return remove(storage, 'aws_s3_bucket_logging', () => true) || cdn;
  });

const shorterLogs: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform, storage }) => {
    const ofBucket = editEach(storage, 'aws_s3_bucket_lifecycle_configuration', ({ rule: [{ expiration }] }, name) =>
      name.startsWith('log-bucket') ? shorten(expiration[0], 'days') : false,
    );
    const ofServices = editEach(platform, 'aws_cloudwatch_log_group', (values) => shorten(values, 'retention_in_days'));
    return ofBucket || ofServices;
  });

function shorten(values: Values, days: string): boolean {
  if (values[days] <= LOG_DAYS) return false;
  values[days] = LOG_DAYS;
  return true;
}

export const EDGE_LEVERS: readonly LeverRow[] = [
  {
    change: 'Keep one NAT gateway for all zones (network.egress nat-single)',
    risk: 'When its zone fails, no task reaches the queue until there is another.',
    apply: oneNat,
  },
  {
    change: 'Serve images without the CDN (cdn.enabled)',
    risk: 'Images load more slowly far away, and every read reaches the services, which must be able to answer them all.',
    apply: withoutCdn,
  },
  {
    change: 'Switch Origin Shield off (cdn.originShield)',
    risk: 'Each edge region fetches what it does not have from the service, which then answers more requests.',
    apply: withoutShield,
  },
  {
    change: 'Remove the web ACL of the CDN (cdn.waf)',
    risk: 'Nothing keeps a flood of requests off the bill of the CDN.',
    apply: withoutAcl('CLOUDFRONT'),
  },
  {
    change: 'Remove the web ACL of the load balancer (loadBalancer.waf.enabled)',
    risk: 'One address may send as many requests as it likes.',
    apply: withoutAcl('REGIONAL'),
  },
  {
    change: 'Write no access logs of bucket and CDN (storage.accessLogs, cdn.accessLogs)',
    risk: 'After an incident nobody can say who read what.',
    apply: withoutAccessLogs,
  },
  {
    change: `Keep logs and access logs for ${LOG_DAYS} days (observability.logDays)`,
    risk: 'Causes that are looked for later are gone.',
    apply: shorterLogs,
  },
];
