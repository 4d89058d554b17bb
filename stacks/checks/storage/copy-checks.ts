import { KEY_PREFIXES } from '../../../shared/domain/object-key.ts';
import { block, blocks, strings, text, toNumber, type Values } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';

const REPLICATION = ['aws_s3_bucket_replication_configuration'];
const PLAN = ['aws_backup_plan'];

const rulesOf = ({ values }: Resource): Values[] => blocks(values, 'rule');
const nameOf = ({ id, rule_name }: Values): string => `rule ${id ?? rule_name}`;
const isEnabled = (rule: Values, ...path: string[]): boolean => block(rule, ...path)?.status === 'Enabled';

/** The versioning of the bucket that a configuration is for. */
function versioningOf({ values }: Resource, { inventory }: CheckContext): Resource | undefined {
  const bucket = inventory.named('aws_s3_bucket', values.bucket, 'bucket', 'id');
  return bucket && inventory.pointingAt(bucket, 'aws_s3_bucket_versioning', 'bucket', 'bucket', 'id')[0];
}

/** The minimum days that the lock of a vault keeps each backup; undefined for a vault without a lock. */
function lockedDaysOf(vault: Resource | undefined, { inventory }: CheckContext): number | undefined {
  const lock =
    vault && inventory.pointingAt(vault, 'aws_backup_vault_lock_configuration', 'backup_vault_name', 'name', 'id')[0];
  return lock && (toNumber(lock.values.min_retention_days) ?? 0);
}

/** Copies of originals and of the table: whether they are made, kept and deleted as they should be. */
export const COPY_CHECKS: Check[] = [
  {
    id: 'IMG-COPY-008',
    of: REPLICATION,
    reason: 'S3 replicates versions, and refuses replication for a bucket without versioning.',
    remedy: 'add aws_s3_bucket_versioning with status Enabled to the bucket, and depend on it.',
    find(replication, context) {
      const versioning = versioningOf(replication, context);
      if (!versioning || !isEnabled(versioning.values, 'versioning_configuration'))
        return 'its bucket is not versioned';
      const depends = strings(replication.values.depends_on);
      return !depends.includes(versioning.address) && 'it does not wait for the versioning of its bucket';
    },
  },
  {
    id: 'IMG-COPY-009',
    of: REPLICATION,
    reason:
      'Images that users delete would stay in the copy for ever, and nobody could tell them from those that still exist.',
    remedy:
      'set delete_marker_replication.status to Enabled: it only hides copies until the lifecycle of the replica deletes them.',
    find: (replication) =>
      rulesOf(replication)
        .filter((rule) => !isEnabled(rule, 'delete_marker_replication'))
        .map((rule) => `${nameOf(rule)} does not replicate delete markers`),
  },
  {
    id: 'IMG-COPY-010',
    of: REPLICATION,
    reason: 'Originals cannot be made again, so each must be copied; renditions can, so copies of them are a waste.',
    remedy: `enable exactly one rule, with the filter prefix "${KEY_PREFIXES.originals}".`,
    find(replication) {
      const prefixes = rulesOf(replication)
        .filter(({ status }) => status === 'Enabled')
        .map((rule) => text(block(rule, 'filter')?.prefix));
      return (
        (prefixes.length !== 1 || prefixes[0] !== KEY_PREFIXES.originals) &&
        `its enabled rules copy ${prefixes.map((prefix) => `"${prefix}"`).join(', ') || 'nothing'}`
      );
    },
  },
  {
    id: 'IMG-COPY-011',
    of: REPLICATION,
    reason:
      'Failing copies, such as after a change of policy in the other account, would be noticed only when they are needed.',
    remedy: 'set destination.metrics.status to Enabled; an alarm of the platform watches these metrics.',
    find: (replication) =>
      rulesOf(replication)
        .filter((rule) => !isEnabled(rule, 'destination', 'metrics'))
        .map((rule) => `${nameOf(rule)} has no metrics`),
  },
  {
    id: 'IMG-COPY-012',
    of: ['aws_backup_vault'],
    reason: 'Without a lock, anybody with permission to delete backups could delete all of them.',
    remedy: 'add aws_backup_vault_lock_configuration with min_retention_days.',
    find: (vault, context) => !lockedDaysOf(vault, context) && 'it is not locked',
  },
  {
    id: 'IMG-COPY-013',
    of: PLAN,
    reason:
      'Backups that never expire keep images that users have deleted, and a backup that expires before its lock fails.',
    remedy: 'set lifecycle.delete_after from the settings, for the rule and for each copy_action.',
    find: (plan, context) =>
      rulesOf(plan).flatMap((rule) => {
        const vault = context.inventory.named('aws_backup_vault', rule.target_vault_name, 'name', 'id');
        const least = lockedDaysOf(vault, context) ?? 0;
        const kept = [rule, ...blocks(rule, 'copy_action')].map((each) =>
          toNumber(block(each, 'lifecycle')?.delete_after),
        );
        return kept
          .filter((days) => days === undefined || days < least)
          .map(
            (days) =>
              `${nameOf(rule)} keeps backups ${days === undefined ? 'for ever' : `for ${days} days, and the lock for ${least}`}`,
          );
      }),
  },
  {
    id: 'IMG-COPY-014',
    of: PLAN,
    reason: 'The plan would back up nothing, and nobody would notice.',
    remedy: 'add aws_backup_selection with the ARN of the table.',
    find: (plan, { inventory, names }) =>
      !inventory
        .pointingAt(plan, 'aws_backup_selection', 'plan_id', 'id')
        .some(({ values }) => strings(values.resources).some((arn) => arn.endsWith(`:table/${names?.table}`))) &&
      'it does not select the table of the environment',
  },
];
