import { arnsOf } from '../../../shared/contracts/names.ts';
import { deploymentOf } from '../../environments/deployment.ts';
import { block, blocks } from '../blocks.ts';
import type { Applied, AppliedSetting } from '../compute/applied-scaling.ts';

/** The settings that resources for copies apply, by type. */
export const APPLIED_COPIES: Record<string, Applied> = {
  aws_s3_bucket_replication_configuration({ values }, settings) {
    const { originalsReplica } = settings.storage;
    if (originalsReplica === 'off') return [['storage.originalsReplica', 'on', 'off']];
    const replica = arnsOf(deploymentOf(settings)).replicaBucket(originalsReplica.copyTo.accountId);
    return blocks(values, 'rule').map((rule): AppliedSetting => {
      const bucket = block(rule, 'destination')?.bucket;
      return ['storage.originalsReplica.copyTo', bucket, replica];
    });
  },
  aws_backup_plan({ values }, settings) {
    const { tableBackups } = settings.storage;
    if (tableBackups === 'off') return [['storage.tableBackups', 'on', 'off']];
    const { copyTo, keptDays } = tableBackups;
    const vaults = copyTo === 'none' ? [] : [arnsOf(deploymentOf(settings)).copyVault(copyTo)];
    return blocks(values, 'rule').flatMap((rule): AppliedSetting[] => {
      const copies = blocks(rule, 'copy_action');
      const days = [rule, ...copies].map((each) => block(each, 'lifecycle')?.delete_after);
      return [
        ['storage.tableBackups.copyTo', copies.map(({ destination_vault_arn }) => destination_vault_arn), vaults],
        ['storage.tableBackups.keptDays', days, days.map(() => keptDays)],
      ];
    });
  },
  aws_backup_vault_lock_configuration({ values }, { storage: { tableBackups } }) {
    if (tableBackups === 'off') return [['storage.tableBackups', 'on', 'off']];
    const lock = values.changeable_for_days === undefined ? 'governance' : 'compliance';
    return [['storage.tableBackups.lock', lock, tableBackups.lock]];
  },
};
