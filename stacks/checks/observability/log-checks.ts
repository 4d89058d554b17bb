import { LOG_PREFIXES } from '../../storage/log-bucket.ts';
import { readPolicy } from '../access/policy-statements.ts';
import { type Argument, argumentCheck, isOrAbsent } from '../argument-check.ts';
import { block, text, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const LOG_GROUP = 'aws_cloudwatch_log_group';

type Writer = keyof typeof LOG_PREFIXES;

const isBelow = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);

/** Describes the writers whose logs would be mixed with those under a prefix. */
const mixedWith = (prefix: unknown, writer: Writer): string[] => {
  const others = Object.entries(LOG_PREFIXES).filter(([name]) => name !== writer);
  const mixed = others.filter(([, other]) => isBelow(text(prefix), other)).map(([name]) => name);
  return mixed.map((name) => `the logs of ${writer} and ${name} are under the prefix ${JSON.stringify(prefix)}`);
};

const logPrefixCheck = (
  id: Check['id'],
  type: string,
  [writer, read]: [Writer, (values: Values) => Values | undefined],
): Check => ({
  id,
  of: [type],
  reason:
    'Mixed logs under one prefix cannot be read, and the policy of the bucket allows each writer only its own prefix.',
  remedy: `use LOG_PREFIXES.${writer}, which overlaps with no other prefix.`,
  find({ values }, { settings }) {
    const logging = settings && read(values);
    const prefix = logging?.target_prefix ?? logging?.prefix;
    if (!logging) return false;
    const other = prefix !== LOG_PREFIXES[writer] && `the prefix is ${JSON.stringify(prefix)}`;
    return other || mixedWith(prefix, writer);
  },
});

/** The services of AWS that write logs, which the policy of the bucket must name, and the settings that switch them on. */
const WRITERS = {
  'logdelivery.elasticloadbalancing.amazonaws.com': 'loadBalancer',
  'logging.s3.amazonaws.com': 'storage',
} as const;

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-LOG-101',
    of: LOG_GROUP,
    argument: 'log_group_class',
    must: isOrAbsent('STANDARD'),
    reason:
      'The infrequent-access class supports neither metric filters nor embedded metrics, so the alarms of the workers would have no data.',
  },
];

/** Log groups, and access logs: their prefixes in the bucket, and whether it allows writing them. */
export const LOG_CHECKS: Check[] = [
  {
    id: 'IMG-LOG-001',
    of: [LOG_GROUP],
    reason: 'Logs would be kept for ever, at $0.03 a GB and month.',
    remedy: 'set retention_in_days, from observability.logDays.',
    find: ({ values }) => !values.retention_in_days && 'retention_in_days is not set',
  },
  ...ARGUMENTS.map(argumentCheck),
  logPrefixCheck('IMG-LOG-102', 'aws_s3_bucket_logging', ['bucket', (values) => values]),
  logPrefixCheck('IMG-LOG-103', 'aws_lb', ['loadBalancer', (values) => block(values, 'access_logs')]),
  logPrefixCheck('IMG-LOG-104', 'aws_cloudfront_distribution', ['cdn', (values) => block(values, 'logging_config')]),
  {
    id: 'IMG-LOG-105',
    of: ['aws_s3_bucket_policy'],
    reason: '"Access Denied for bucket": AWS refuses to enable a log that it may not write.',
    remedy: 'allow s3:PutObject to the services whose logs the settings switch on.',
    find({ values }, { inventory, settings, names }) {
      const bucket = inventory.named('aws_s3_bucket', values.bucket, 'bucket', 'id');
      if (!settings || bucket?.values.bucket !== names?.logBucket) return false;
      const allowed = (readPolicy(values.policy, inventory) ?? []).filter(({ allows }) => allows);
      const writers = allowed.flatMap(({ principals }) => principals.flatMap(({ identifiers }) => identifiers));
      return Object.entries(WRITERS)
        .filter(([writer, part]) => settings[part].accessLogs && !writers.includes(writer))
        .map(([writer]) => `${writer} may not write`);
    },
  },
  {
    id: 'IMG-LOG-106',
    of: ['aws_s3_bucket_ownership_controls'],
    reason: 'CloudFront writes standard logs with an ACL, and refuses buckets without ACLs.',
    remedy: 'set object_ownership of the log bucket to BucketOwnerPreferred while the CDN writes logs.',
    find({ values }, { inventory, settings, names }) {
      const bucket = inventory.named('aws_s3_bucket', values.bucket, 'bucket', 'id');
      const isWritten = settings?.cdn.enabled && settings.cdn.accessLogs && bucket?.values.bucket === names?.logBucket;
      const { object_ownership } = block(values, 'rule') ?? {};
      return isWritten && object_ownership !== 'BucketOwnerPreferred' && `object_ownership is ${object_ownership}`;
    },
  },
];
