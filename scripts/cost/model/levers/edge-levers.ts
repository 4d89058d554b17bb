import { resourcesOf, type Values } from '../../../target-stack/synthesised-environment.ts';
import { editEach, type LeverRow, remove, withStacks } from './lever.ts';

/** The days for which the lever keeps logs. */
const LOG_DAYS = 30;

/** Where the storage must not be lost, losing a zone must not stop the service either: synth refuses a single gateway (IMG-SET-011). */
const oneNat: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform, storage }) => {
    if (resourcesOf(storage, 'aws_dynamodb_table').some((table) => table.deletion_protection_enabled)) return false;
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

/** Deletions stop asking the CDN to forget what it has. */
const withoutInvalidations: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform }) =>
    editEach(platform, 'aws_ecs_task_definition', (task) => {
      const containers = JSON.parse(task.container_definitions);
      const kept = containers.map((container: Values) => ({
        ...container,
        environment: (container.environment ?? []).filter(({ name }: Values) => name !== 'CDN_DISTRIBUTION_ID'),
      }));
      const text = JSON.stringify(kept);
      const isChanged = text.length < JSON.stringify(containers).length;
      task.container_definitions = text;
      return isChanged;
    }),
  );

const withoutShield: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform }) =>
    editEach(platform, 'aws_cloudfront_distribution', ({ origin = [] }) => {
      const shielded = origin.filter(({ origin_shield: shield }: Values) => [shield ?? {}].flat()[0]?.enabled);
      for (const each of shielded) delete each.origin_shield;
      return shielded.length > 0;
    }),
  );

const withoutEdgeAcl: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform }) => remove(platform, 'aws_wafv2_web_acl', (_, { scope }) => scope === 'CLOUDFRONT'));

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
  withStacks(input, ({ platform }) =>
    editEach(platform, 'aws_cloudwatch_log_group', (values) => {
      if (values.retention_in_days <= LOG_DAYS) return false;
      values.retention_in_days = LOG_DAYS;
      return true;
    }),
  );

export const EDGE_LEVERS: readonly LeverRow[] = [
  {
    change: 'Keep one NAT gateway for all zones (network.egress nat-single)',
    risk: 'When its zone fails, no task reaches the queue until there is another.',
    apply: oneNat,
  },
  {
    change: 'Do not invalidate deleted images at the CDN, for which there is no setting',
    risk: 'The CDN goes on serving what was deleted to those who know its URL, until its time there is over.',
    apply: withoutInvalidations,
  },
  {
    change: 'Switch Origin Shield off (cdn.originShield)',
    risk: 'Each edge region fetches what it does not have from the service, which then answers more requests.',
    apply: withoutShield,
  },
  {
    change: 'Remove the web ACL of the CDN (cdn.waf)',
    risk: 'Nothing keeps a flood of requests off the bill of the CDN.',
    apply: withoutEdgeAcl,
  },
  {
    change: 'Write no access logs of bucket and CDN (accessLogs)',
    risk: 'After an incident nobody can say who read what.',
    apply: withoutAccessLogs,
  },
  {
    change: `Keep logs for ${LOG_DAYS} days (observability.logDays)`,
    risk: 'Causes that are looked for later are gone.',
    apply: shorterLogs,
  },
];
