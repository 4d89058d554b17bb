import { KEY_PREFIXES } from '../../../shared/domain/object-key.ts';
import { block, blocks, figure, strings, text, type Values } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';

const REPLICATION = ['aws_s3_bucket_replication_configuration'];
const PLAN = ['aws_backup_plan'];

const rulesOf = ({ values }: Resource): Values[] => blocks(values, 'rule');
const nameOf = ({ id, rule_name }: Values): string => `rule ${id ?? rule_name}`;
const isEnabled = (rule: Values, ...path: string[]): boolean => block(rule, ...path)?.status === 'Enabled';

/** What keeps the versions of the bucket that a configuration is for. */
function versioningOf({ values }: Resource, { inventory }: CheckContext): Resource | undefined {
  const bucket = inventory.named('aws_s3_bucket', values.bucket, 'bucket', 'id');
  return bucket && inventory.pointingAt(bucket, 'aws_s3_bucket_versioning', 'bucket', 'bucket', 'id')[0];
}

/** Days that a lock keeps each backup in a vault at least; undefined for a vault without one. */
function lockedDaysOf(vault: Resource | undefined, { inventory }: CheckContext): number | undefined {
  const lock =
    vault && inventory.pointingAt(vault, 'aws_backup_vault_lock_configuration', 'backup_vault_name', 'name', 'id')[0];
  return lock && (figure(lock.values.min_retention_days) ?? 0);
}

/** Copies of originals and of the table: whether they are made, kept and let go as they should. */
export const COPY_CHECKS: Check[] = [
  {
    id: 'IMG-COPY-008',
    of: REPLICATION,
    reason: 'S3 replicates versions only, and refuses the configuration of a bucket that keeps none.',
    remedy: 'give the bucket aws_s3_bucket_versioning with status Enabled, and depend on it.',
    find(replication, context) {
      const versioning = versioningOf(replication, context);
      if (!versioning || !isEnabled(versioning.values, 'versioning_configuration'))
        return 'its bucket keeps no versions';
      const depends = strings(replication.values.depends_on);
      return !depends.includes(versioning.address) && 'it does not wait for the versioning of its bucket';
    },
  },
  {
    id: 'IMG-COPY-009',
    of: REPLICATION,
    reason: 'What users delete would stay in the copy for ever, and nobody could tell it from what they have kept.',
    remedy: 'set delete_marker_replication.status to Enabled: it hides copies, and only the lifecycle there ends them.',
    find: (replication) =>
      rulesOf(replication)
        .filter((rule) => !isEnabled(rule, 'delete_marker_replication'))
        .map((rule) => `${nameOf(rule)} does not replicate delete markers`),
  },
  {
    id: 'IMG-COPY-010',
    of: REPLICATION,
    reason: 'Originals cannot be made again, so that each must be copied; renditions can, and their copies only cost.',
    remedy: `enable one rule with the filter prefix "${KEY_PREFIXES.originals}".`,
    find(replication) {
      const prefixes = rulesOf(replication)
        .filter(({ status }) => status === 'Enabled')
        .map((rule) => text(block(rule, 'filter')?.prefix));
      return (
        (prefixes.length !== 1 || prefixes[0] !== KEY_PREFIXES.originals) &&
        `what is enabled copies ${prefixes.map((prefix) => `"${prefix}"`).join(', ') || 'nothing'}`
      );
    },
  },
  {
    id: 'IMG-COPY-011',
    of: REPLICATION,
    reason:
      'Copies that fail, such as by a policy that the other account has changed, would be noticed when they are needed.',
    remedy: 'set destination.metrics.status to Enabled; the alarm of the platform looks at them.',
    find: (replication) =>
      rulesOf(replication)
        .filter((rule) => !isEnabled(rule, 'destination', 'metrics'))
        .map((rule) => `${nameOf(rule)} has no metrics`),
  },
  {
    id: 'IMG-COPY-012',
    of: ['aws_backup_vault'],
    reason: 'Whoever may delete backups could delete all of them.',
    remedy: 'give aws_backup_vault_lock_configuration with min_retention_days.',
    find: (vault, context) => !lockedDaysOf(vault, context) && 'nothing locks it',
  },
  {
    id: 'IMG-COPY-013',
    of: PLAN,
    reason: 'Backups without an end hold what users have deleted for ever; those that a lock keeps longer fail.',
    remedy: 'give lifecycle.delete_after from the settings, to the rule and to each copy_action.',
    find: (plan, context) =>
      rulesOf(plan).flatMap((rule) => {
        const vault = context.inventory.named('aws_backup_vault', rule.target_vault_name, 'name', 'id');
        const least = lockedDaysOf(vault, context) ?? 0;
        const kept = [rule, ...blocks(rule, 'copy_action')].map((each) =>
          figure(block(each, 'lifecycle')?.delete_after),
        );
        return kept
          .filter((days) => days === undefined || days < least)
          .map((days) => `${nameOf(rule)} keeps ${days === undefined ? 'for ever' : `${days} of ${least} days`}`);
      }),
  },
  {
    id: 'IMG-COPY-014',
    of: PLAN,
    reason: 'The plan would have nothing to back up, and nobody would be told.',
    remedy: 'give aws_backup_selection with the ARN of the table.',
    find: (plan, { inventory, names }) =>
      !inventory
        .pointingAt(plan, 'aws_backup_selection', 'plan_id', 'id')
        .some(({ values }) => strings(values.resources).some((arn) => arn.endsWith(`:table/${names?.table}`))) &&
      'it is for no table of the environment',
  },
];
