import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import { block, blocks, text, type Values } from './blocks.ts';
import type { Check } from './check.ts';
import {
  type Applied,
  type AppliedSetting,
  appliedToGroup,
  appliedToPolicy,
  appliedToTarget,
} from './compute/applied-scaling.ts';
import { APPLIED_COPIES } from './storage/applied-copies.ts';

const daysOf = (rules: readonly Values[], prefix: string, [action, argument]: [string, string]): unknown =>
  rules
    .filter((rule) => text(block(rule, 'filter')?.prefix) === prefix)
    .map((rule) => block(rule, action)?.[argument])
    .find((days) => days !== undefined);

const lifecycle: Applied = ({ values }, { storage, observability }, { inventory, names }) => {
  const bucket = inventory.named('aws_s3_bucket', values.bucket, 'bucket', 'id')?.values.bucket;
  const rules = blocks(values, 'rule');
  if (bucket === names?.logBucket)
    return [['observability.logDays', daysOf(rules, '', ['expiration', 'days']), observability.logDays]];
  if (bucket !== names?.bucket) return [];
  const { originals, renditions } = KEY_PREFIXES;
  const noncurrent: [string, string] = ['noncurrent_version_expiration', 'noncurrent_days'];
  return [
    [
      'storage.abortMultipartDays',
      daysOf(rules, '', ['abort_incomplete_multipart_upload', 'days_after_initiation']),
      storage.abortMultipartDays,
    ],
    ['storage.noncurrentDays', daysOf(rules, originals, noncurrent), storage.noncurrentDays],
    [
      'storage.renditionsExpireDays',
      daysOf(rules, renditions, ['expiration', 'days']) ?? 0,
      storage.renditionsExpireDays,
    ],
  ];
};

function logGroup(...[{ values }, { observability, network }, { names }]: Parameters<Applied>): AppliedSetting[] {
  const { name, retention_in_days: days } = values;
  if (name === names?.logGroup('flow-logs')) return [['network.flowLogDays', days, network.flowLogDays]];
  if (name === names?.auditLog) return [['observability.auditDays', days, observability.auditDays]];
  return [['observability.logDays', days, observability.logDays]];
}

const acl: Applied = ({ values }, { loadBalancer: { waf } }) => {
  const limits = blocks(values, 'rule').map((rule) => block(rule, 'statement', 'rate_based_statement'));
  return limits
    .filter((limit) => limit !== undefined && values.scope === 'REGIONAL')
    .map(
      (limit): AppliedSetting => ['loadBalancer.waf.requestsPerFiveMinutes', limit?.limit, waf.requestsPerFiveMinutes],
    );
};

/** The arguments that each type of resource takes from the settings. */
const APPLIED: Record<string, Applied> = {
  ...APPLIED_COPIES,
  aws_autoscaling_group: appliedToGroup,
  aws_appautoscaling_target: appliedToTarget,
  aws_appautoscaling_policy: appliedToPolicy,
  aws_s3_bucket_lifecycle_configuration: lifecycle,
  aws_cloudwatch_log_group: logGroup,
  aws_wafv2_web_acl: acl,
  aws_vpc: ({ values }, { network }) => [['network.cidr', values.cidr_block, network.cidr]],
  aws_lb: ({ values }, { loadBalancer }) => [
    ['loadBalancer.idleTimeoutSeconds', values.idle_timeout, loadBalancer.idleTimeoutSeconds],
  ],
  aws_cloudfront_distribution: ({ values }, { cdn }) => [
    ['cdn.priceClass', values.price_class, cdn.priceClass],
    ['cdn.domainNames', values.aliases ?? [], cdn.domainNames],
  ],
  aws_s3_bucket_cors_configuration: ({ values }, { api }) =>
    blocks(values, 'cors_rule').map(({ allowed_origins }) => ['api.corsOrigins', allowed_origins, api.corsOrigins]),
  aws_dynamodb_table: ({ values }, { storage }) => {
    const ceiling = block(values, 'on_demand_throughput');
    return [
      ['storage.maxReadUnits', ceiling?.max_read_request_units, storage.maxReadUnits],
      ['storage.maxWriteUnits', ceiling?.max_write_request_units, storage.maxWriteUnits],
    ];
  },
  aws_budgets_budget: ({ values }, { observability }) => [
    ['observability.monthlyBudget', Number(values.limit_amount), observability.monthlyBudget],
  ],
};

/** A setting must have the effect that its name promises, so resources must use its value. */
export const APPLIED_SETTINGS_CHECKS: Check[] = [
  {
    id: 'IMG-SET-101',
    of: Object.keys(APPLIED),
    reason: 'The setting has no effect, and misleads everybody who reads or changes it, finance included.',
    remedy: 'use the value of the setting in the construct.',
    find: (resource, context) => {
      const { settings } = context;
      const pairs = settings ? (APPLIED[resource.type]?.(resource, settings, context) ?? []) : [];
      return pairs
        .filter(([, actual, expected]) => JSON.stringify(actual) !== JSON.stringify(expected))
        .map(
          ([setting, actual, expected]) =>
            `${setting} is ${JSON.stringify(expected)}, but the resource has ${JSON.stringify(actual)}`,
        );
    },
  },
];
